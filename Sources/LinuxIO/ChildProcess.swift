internal import CLinux
internal import Glibc
internal import Primitives
internal import Synchronization

/// A process that this one started and has to reap.
///
/// It starts with an empty signal mask, default dispositions, and no descriptor but 0, 1, 2 and
/// those it is given. Letting go of the object neither kills nor reaps the process. All methods may
/// be called from any thread.
package final class ChildProcess: Sendable {
    /// Names this child until `wait` or `tryWait` has returned its status.
    package let pid: Int32
    /// Non-`nil` once the child is reaped. The lock is held while reaping, so that no signal is
    /// sent to a number that meanwhile belongs to another process.
    private let ended = Mutex<ExitStatus?>(nil)
    private let pidfdOwner: OwnedDescriptor

    /// Readable from the moment the process has ended and can be reaped. Owned by this object.
    package var pidfd: Int32 { pidfdOwner.raw }

    private init(pid: Int32, pidfd: consuming OwnedDescriptor) {
        self.pid = pid
        self.pidfdOwner = pidfd
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: A path, or a name that is looked up in `PATH`.
    ///   - arguments: Those after the program's own name.
    ///   - environment: Variables added to this process's own, or replacing them.
    ///   - descriptors: Number in the child to number here. 0, 1 and 2 are inherited unless named.
    ///     The caller goes on owning its descriptors.
    ///   - newProcessGroup: Makes the child the leader of a group of its own, for `killGroup`, and
    ///     keeps the terminal's signals away from it.
    ///   - newSession: Makes it the leader of a session of its own, without a terminal: setsid(2).
    /// - Throws: The reason why the program could not be started, a missing file included.
    package static func spawn(
        _ program: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        descriptors: [Int32: Int32] = [:],
        newProcessGroup: Bool = false,
        newSession: Bool = false
    ) throws(SystemError) -> ChildProcess {
        let plan = try SpawnPlan(
            descriptors: descriptors,
            newProcessGroup: newProcessGroup,
            newSession: newSession
        )
        let pid = try plan.start(program, arguments, environment: environment)
        return try watched(pid, program)
    }

    /// Starts a program that is trusted with nothing: as the user nobody where this process is
    /// root, else without its capabilities; in a group of its own, with /dev/null as its input and
    /// output. It is killed when the calling thread ends.
    ///
    /// - Parameters:
    ///   - program: An absolute path.
    ///   - environment: All of it.
    package static func spawnUnprivileged(
        _ program: String,
        _ arguments: [String] = [],
        environment: [String: String]
    ) throws(SystemError) -> ChildProcess {
        let variables = environment.map { "\($0.key)=\($0.value)" }
        let pid = unsafe SpawnPlan.withCStrings([program] + arguments) { argv in
            unsafe SpawnPlan.withCStrings(variables) { envp in
                unsafe hb_spawn_unprivileged(program, argv, envp)
            }
        }
        guard pid > 0 else { throw SystemError("execve", program, errno: -pid) }
        return try watched(pid, program)
    }

    private static func watched(
        _ pid: Int32,
        _ program: String
    ) throws(SystemError) -> ChildProcess {
        let pidfd = hb_pidfd_open(pid)
        guard pidfd >= 0 else {
            let failure = SystemError.last("pidfd_open", program)
            // Nobody could watch it any more; it is unreaped, so the number is still its own.
            _ = Glibc.kill(pid, SIGKILL)
            _ = waitpid(pid, nil, 0)
            throw failure
        }
        return ChildProcess(pid: pid, pidfd: OwnedDescriptor(adopting: pidfd))
    }

    /// The status if the process has ended, else `nil`. Never blocks.
    package func tryWait() -> ExitStatus? {
        ended.withLock { ended in
            if let ended { return ended }
            var status: Int32 = 0
            let reaped = unsafe waitpid(pid, &status, WNOHANG)
            guard reaped != 0 else { return nil }
            precondition(reaped == pid, "somebody else reaped a child of ours")
            ended = ExitStatus(waitStatus: status)
            return ended
        }
    }

    /// Waits until the process has ended and reaps it; `nil` if it still runs after `timeout`.
    package func wait(timeout: Duration) -> ExitStatus? {
        let deadline = Instant.now + timeout
        while true {
            if let status = tryWait() { return status }
            guard Instant.now < deadline else { return nil }
            Poll.wait(of: [pidfd], until: deadline)
        }
    }

    /// Waits until the process has ended and reaps it.
    @discardableResult
    package func wait() -> ExitStatus {
        while true {
            if let status = tryWait() { return status }
            Poll.wait(of: [pidfd], until: nil)
        }
    }

    /// Sends a signal; one to a process that has already ended does nothing.
    package func kill(_ signal: Int32) {
        _ = hb_pidfd_send_signal(pidfd, signal)
    }

    /// Sends a signal to the child's group, which `spawn` must have made, unless the child is
    /// reaped.
    package func killGroup(_ signal: Int32) {
        ended.withLock { ended in
            if ended == nil { _ = Glibc.kill(-pid, signal) }
        }
    }
}
