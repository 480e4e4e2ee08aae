internal import Primitives

/// What `show stat` tells of the times of sessions that reached a server: `qtime`, `ctime`, `ttime`
/// and their highest values, in milliseconds.
package struct SessionTimes: Sendable, Equatable {
    /// Those of one session.
    package struct Sample: Sendable, Equatable {
        /// Until its connect was begun, how long that took, and from begin to end.
        package var queue: Duration
        package var connect: Duration
        package var total: Duration

        package init(queue: Duration, connect: Duration, total: Duration) {
            self.queue = queue
            self.connect = connect
            self.total = total
        }
    }

    /// A mean that forgets: each new value has a share of one in `window`, as in HAProxy.
    package struct Mean: Sendable, Equatable {
        static let window: UInt64 = 1024

        private var sum: UInt64 = 0
        private var count: UInt64 = 0
        package private(set) var maximum: UInt64 = 0

        package init() {}

        package var value: UInt64 { count == 0 ? 0 : (sum + count - 1) / count }

        mutating func add(_ time: Duration) {
            let milliseconds = UInt64(max(0, time.milliseconds))
            if count == Self.window {
                sum -= (sum + Self.window - 1) / Self.window
            } else {
                count += 1
            }
            sum += milliseconds
            maximum = max(maximum, milliseconds)
        }
    }

    package private(set) var queue = Mean()
    package private(set) var connect = Mean()
    package private(set) var total = Mean()

    package init() {}

    mutating func add(_ sample: Sample) {
        queue.add(sample.queue)
        connect.add(sample.connect)
        total.add(sample.total)
    }
}
