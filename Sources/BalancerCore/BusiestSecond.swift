internal import Primitives

/// How many sessions began in the second that had the most of them: `rate_max`.
package struct BusiestSecond: Sendable, Equatable {
    private var second: Int64 = 0
    private var count = 0
    package private(set) var maximum = 0

    package init() {}

    mutating func count(at now: Instant) {
        let current = now.nanoseconds / 1_000_000_000
        count = current == second ? count + 1 : 1
        second = current
        maximum = max(maximum, count)
    }

    mutating func forget() { maximum = 0 }
}
