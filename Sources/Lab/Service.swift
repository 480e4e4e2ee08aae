internal import LinuxIO
internal import Synchronization

/// A thread of the lab that runs until it is told to stop: at the latest when its owner lets go of
/// it.
final class Service: Sendable {
    /// How the thread is spoken to. It must not hold on to the service itself.
    final class Control: Sendable {
        /// Readable when the thread has something to look at: a request, or that it must stop.
        let wake: EventDescriptor
        private let stopping = Atomic<Bool>(false)

        var isStopping: Bool { stopping.load(ordering: .acquiring) }

        init() throws(SystemError) {
            wake = try EventDescriptor()
        }

        func stop() {
            stopping.store(true, ordering: .releasing)
            wake.signal()
        }
    }

    let control: Control
    private let thread: Mutex<Thread?>

    /// - Parameter host: where the thread lives; `nil` for the machine's own network.
    init(
        name: String,
        on host: LabHost?,
        _ body: @escaping @Sendable (Control) -> Void
    ) throws(SystemError) {
        let control = try Control()
        self.control = control
        if let host {
            thread = Mutex(try host.startThread(name: name) { body(control) })
        } else {
            thread = Mutex(try Thread.start(name: name) { body(control) })
        }
    }

    deinit { stop() }

    /// Returns when the thread has ended. The second call does nothing.
    func stop() {
        control.stop()
        thread.withLock { thread in
            if let thread = thread.take() { thread.join() }
        }
    }
}
