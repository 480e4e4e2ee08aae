internal import CLinux
internal import Glibc

/// A named thread of the operating system, for a loop that must not share a pool with anything.
///
/// Who starts it joins it; a thread that nobody joins keeps its stack.
package struct Thread: ~Copyable, @unchecked Sendable {
    private let handle: pthread_t

    /// Runs `body` on a new thread with all signals blocked: they belong to the main thread.
    /// - Parameter name: at most 15 bytes, as `ps -L` and `top -H` show it
    /// - Throws: `EAGAIN` when the limit of threads is reached
    package static func start(
        name: String,
        _ body: @escaping @Sendable () -> Void
    ) throws(SystemError) -> Thread {
        precondition(name.utf8.count <= 15, "the kernel keeps 15 bytes of a thread's name")
        let box = unsafe Unmanaged.passRetained(ThreadBody(name: name, body))
        var old = sigset_t()
        var all = sigset_t()
        unsafe sigfillset(&all)
        // Blocked before the creation, so that the new thread never had them open.
        unsafe pthread_sigmask(SIG_BLOCK, &all, &old)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &old, nil) }
        var handle = pthread_t()
        let error = unsafe pthread_create(&handle, nil, runThreadBody, box.toOpaque())
        guard error == 0 else {
            unsafe box.release()
            throw SystemError("pthread_create", name, errno: error)
        }
        return Thread(handle: handle)
    }

    /// Waits until the thread has returned.
    package consuming func join() {
        let error = pthread_join(handle, nil)
        precondition(error == 0, "joined a thread twice, or from itself")
    }

    private init(handle: pthread_t) {
        self.handle = handle
    }
}

private final class ThreadBody: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, _ body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }

    func run() {
        unsafe hb_name_this_thread(name)
        body()
    }
}

// A function, not a closure: a closure written in main.swift would be isolated to the main actor
// and die on another thread.
private func runThreadBody(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    // `start` passes a retained ThreadBody and nothing else.
    if let context = unsafe context {
        unsafe Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run()
    }
    return nil
}
