package import Primitives

/// Turns the results of connection attempts, in the order of their starts, into outages.
///
/// An outage lasts from the start of the first failure to the start of the first of ten successes
/// in a row. Memory is bounded: only the first outages and the first names of servers are kept.
package struct OutageLog: Sendable {
    /// So many successes in a row end an outage.
    package static let successesToRecover = 10
    /// Successes that took longer are counted as slow.
    package static let slow = Duration.milliseconds(200)
    static let outagesKept = 1000
    static let namesKept = 32

    package struct Outage: Sendable, Equatable {
        /// The start of the first attempt that failed.
        package let start: Instant
        /// The start of the first of the successes that ended it.
        package let end: Instant
        package let failures: Int
        /// The greeting of the first success after it.
        package let answeredBy: String

        package var duration: Duration { end - start }
    }

    package private(set) var outages: [Outage] = []
    package private(set) var attempts = 0
    package private(set) var failures: [ConnectAttemptFailure: Int] = [:]
    package private(set) var slowSuccesses = 0
    package private(set) var slowest = Duration.zero
    /// Successes by the version text of the greeting; the stand-in's carries the node's name.
    package private(set) var answers: [String: Int] = [:]
    /// The longest time for which the meter's own thread did not get to run: what is measured is no
    /// more exact than that.
    package private(set) var longestStall = Duration.zero
    private var inProgress: Open?

    private struct Open {
        let start: Instant
        var failures = 0
        /// The successes since the last failure: how many, and the first of them.
        var row = 0
        var recovery: (start: Instant, answeredBy: String)?
    }

    package init() {}

    /// The start of the outage that has not ended yet.
    package var ongoingSince: Instant? { inProgress?.start }
    package var failureCount: Int { failures.values.reduce(0, +) }
    /// The longest outage that has ended.
    package var longest: Duration { outages.map(\.duration).max() ?? .zero }

    mutating func finished(_ result: ConnectAttempt.Result, start: Instant) {
        switch result {
        case .greeted(let latency, let version):
            succeeded(start: start, latency: latency, answeredBy: version)
        case .failed(let reason):
            failed(start: start, reason)
        }
    }

    mutating func stalled(_ gap: Duration) {
        longestStall = max(longestStall, gap)
    }

    package mutating func succeeded(start: Instant, latency: Duration, answeredBy: String) {
        attempts += 1
        if latency > Self.slow { slowSuccesses += 1 }
        slowest = max(slowest, latency)
        if answers[answeredBy] != nil || answers.count < Self.namesKept {
            answers[answeredBy, default: 0] += 1
        }
        guard var current = inProgress else { return }
        current.row += 1
        let recovery = current.recovery ?? (start, answeredBy)
        current.recovery = recovery
        inProgress = current
        guard current.row == Self.successesToRecover else { return }
        inProgress = nil
        guard outages.count < Self.outagesKept else { return }
        outages.append(
            Outage(
                start: current.start,
                end: recovery.start,
                failures: current.failures,
                answeredBy: recovery.answeredBy
            )
        )
    }

    package mutating func failed(start: Instant, _ reason: ConnectAttemptFailure) {
        attempts += 1
        failures[reason, default: 0] += 1
        var current = inProgress ?? Open(start: start)
        current.failures += 1
        current.row = 0
        current.recovery = nil
        inProgress = current
    }
}
