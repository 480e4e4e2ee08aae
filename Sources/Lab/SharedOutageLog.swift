internal import Synchronization

/// The log of an outage meter, written by its thread and read by others.
final class SharedOutageLog: Sendable {
    private let log = Mutex(OutageLog())

    var snapshot: OutageLog { log.withLock { $0 } }

    func update(_ body: (inout OutageLog) -> Void) {
        log.withLock { body(&$0) }
    }
}
