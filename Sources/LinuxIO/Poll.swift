internal import Glibc
package import Primitives

/// poll(2), for threads that have no loop.
package enum Poll {
    package enum Event: Sendable { case readable, writable }

    /// Waits until one of the descriptors is ready, or has an error for the next call to find.
    /// - Parameter deadline: `nil` for none. What is left is rounded up to milliseconds, so that
    ///   it is over afterwards.
    /// - Returns: whether one is ready; `false` also where a signal came in between.
    @discardableResult
    package static func wait(
        for event: Event = .readable,
        of descriptors: [Int32],
        until deadline: Instant?
    ) -> Bool {
        let left = deadline.map { (max(0, ($0 - .now).nanoseconds) + 999_999) / 1_000_000 } ?? -1
        let events = Int16(event == .readable ? POLLIN : POLLOUT)
        var entries = descriptors.map { pollfd(fd: $0, events: events, revents: 0) }
        return unsafe poll(&entries, nfds_t(entries.count), Int32(clamping: left)) > 0
    }
}
