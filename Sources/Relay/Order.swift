internal import BalancerCore
internal import Glibc
internal import LinuxIO
internal import Primitives
internal import Synchronization

/// What the control side asks of a worker. Each is answered once.
enum Order: Sendable {
    /// Go on with this plan. Sessions stay.
    case install(Installation, Answers<Int>)
    /// Reset the sessions whose client or server socket has one of these local addresses.
    case reset(local: [IPAddress], Answers<Int>)
    case list(Answers<[SessionListing]>)
    /// Reset the session with this id, if it lasts.
    case end(session: UInt64, Answers<Bool>)
    /// Reset all sessions and end the thread.
    case stop
}

/// Where workers leave their answers.
final class Answers<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    private let arrival: EventDescriptor

    init() throws(SystemError) {
        arrival = try EventDescriptor()
    }

    func give(_ value: Value) {
        values.withLock { $0.append(value) }
        arrival.signal()
    }

    /// Waits for `count` answers; fewer when a worker hangs for longer than `patience`.
    func wait(for count: Int, patience: Duration = RelayLimits.orderPatience) -> [Value] {
        let end = Instant.now + patience
        while true {
            let given = values.withLock { $0 }
            let left = (end - Instant.now).milliseconds
            guard given.count < count, left > 0 else { return given }
            var descriptor = pollfd(fd: arrival.descriptor.raw, events: Int16(POLLIN), revents: 0)
            // Interrupted or over: the loop looks at answers and clock again.
            _ = unsafe poll(&descriptor, 1, Int32(clamping: left))
            arrival.drain()
        }
    }
}
