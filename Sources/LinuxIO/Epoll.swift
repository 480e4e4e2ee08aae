internal import CLinux
internal import Glibc
internal import Primitives

/// A set of descriptors that one thread waits on (`epoll(7)`).
///
/// A descriptor that is closed leaves the set by itself.
@safe package struct Epoll: ~Copyable {
    package let descriptor: OwnedDescriptor
    private let events: UnsafeMutablePointer<epoll_event>
    private let capacity: Int

    /// - Parameter capacity: how many events one `wait` reports at most
    package init(capacity: Int = 64) throws(SystemError) {
        let raw = try SystemCall.run("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) }
        descriptor = OwnedDescriptor(adopting: raw)
        unsafe events = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    deinit {
        unsafe events.deallocate()
    }

    /// Watches `raw`; `token` comes back with each of its events.
    package func add(_ raw: Int32, _ interest: Readiness, token: UInt64) throws(SystemError) {
        try control(EPOLL_CTL_ADD, raw, interest, token)
    }

    /// Replaces interest and token of a watched descriptor.
    package func modify(_ raw: Int32, _ interest: Readiness, token: UInt64) throws(SystemError) {
        try control(EPOLL_CTL_MOD, raw, interest, token)
    }

    /// Forgets a watched descriptor that stays open.
    package func remove(_ raw: Int32) throws(SystemError) {
        try control(EPOLL_CTL_DEL, raw, [], 0)
    }

    private func control(
        _ operation: Int32,
        _ raw: Int32,
        _ interest: Readiness,
        _ token: UInt64
    ) throws(SystemError) {
        let result = hb_epoll_ctl(descriptor.raw, operation, raw, interest.rawValue, token)
        if result < 0 { throw SystemError("epoll_ctl", errno: -result) }
    }

    /// Waits until something is ready or the time is over, and calls `body` once per event.
    /// - Parameter timeout: rounded up to milliseconds; `nil` waits for ever
    package mutating func wait(
        timeout: Duration?,
        _ body: (_ token: UInt64, _ ready: Readiness) -> Void
    ) throws(SystemError) {
        let milliseconds = timeout.map { ($0.nanoseconds + 999_999) / 1_000_000 } ?? -1
        let count = unsafe hb_epoll_wait(
            descriptor.raw,
            events,
            Int32(capacity),
            Int32(clamping: milliseconds)
        )
        if count < 0 { throw SystemError("epoll_wait", errno: -count) }
        for index in 0..<Int(count) {
            // The kernel filled the first `count` of `capacity` events.
            let event = unsafe events + index
            unsafe body(
                hb_epoll_event_data(event),
                Readiness(rawValue: hb_epoll_event_events(event))
            )
        }
    }
}
