/// A point on the monotonic clock of one boot of one host (`CLOCK_MONOTONIC`), in nanoseconds.
///
/// It is a type of its own so that it cannot mix with wall time. Instants of two hosts never
/// compare: what crosses the wire is an age or a duration. Only `LinuxIO` reads the clock; pure
/// code is told.
package struct Instant: Comparable, Hashable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The boot of the host.
    package static let zero = Instant(nanoseconds: 0)
    /// Later than every instant that a clock returns.
    package static let distantFuture = Instant(nanoseconds: .max)

    package static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Saturates at `distantFuture` instead of trapping: "never" plus one second is still never.
    package static func + (instant: Instant, duration: Duration) -> Instant {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(duration.nanoseconds)
        guard overflow else { return Instant(nanoseconds: sum) }
        return duration.nanoseconds > 0 ? .distantFuture : Instant(nanoseconds: .min)
    }

    package static func - (instant: Instant, duration: Duration) -> Instant {
        instant + .nanoseconds(-duration.nanoseconds)
    }

    package static func - (later: Instant, earlier: Instant) -> Duration {
        .nanoseconds(later.nanoseconds - earlier.nanoseconds)
    }
}

extension Duration {
    /// The length in whole nanoseconds, clamped to ±146 years so that its negation exists.
    package var nanoseconds: Int64 {
        let limit: Int64 = .max / 2
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow, scaled.magnitude < UInt64(limit) else {
            return seconds < 0 ? -limit : limit
        }
        return scaled + attoseconds / 1_000_000_000
    }

    /// The length in whole milliseconds, rounded down toward zero.
    package var milliseconds: Int64 { nanoseconds / 1_000_000 }

    /// The length in milliseconds with its fraction, for output.
    package var fractionalMilliseconds: Double { Double(nanoseconds) / 1_000_000 }
}
