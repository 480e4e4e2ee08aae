import LinuxIO
import Synchronization

/// A thread in a collection.
final class JoinedThread: Sendable {
    private let thread: Mutex<LinuxIO.Thread?>

    init(_ name: String, _ body: @escaping @Sendable () -> Void) throws {
        thread = Mutex(try Thread.start(name: name, body))
    }

    func join() {
        if let thread = thread.withLock({ $0.take() }) { thread.join() }
    }
}
