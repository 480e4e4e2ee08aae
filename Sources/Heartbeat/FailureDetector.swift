package import Primitives

/// Tells silence from death, as far as anyone can: pure, told the time.
///
/// Think of a night watch who calls out at every hour. One missed call says little; `deadAfter`
/// without a call on any rail says that nobody is there who could still act, because by then the
/// watch's own fence (see `Beat.fenceOutlives`) has closed. A watch who was never heard is neither
/// alive nor dead, only unknown.
package struct FailureDetector: Sendable, Equatable {
    package enum Verdict: Equatable, Sendable {
        /// Never heard since we started.
        case unknown
        case alive
        /// Not heard since then, on any rail, for at least the limit.
        case silent(since: Instant)
    }

    /// From the last beat until death is assumed. Range 3 beat intervals and up.
    package var deadAfter: Duration

    package init(deadAfter: Duration) {
        self.deadAfter = deadAfter
    }

    /// - Parameter fenceOutlives: how long the last beat said that its sender's fence can stay
    ///   open.
    package func verdict(lastHeard: Instant?, fenceOutlives: Duration, now: Instant) -> Verdict {
        guard let lastHeard else { return .unknown }
        let limit = max(deadAfter, fenceOutlives)
        return now - lastHeard >= limit ? .silent(since: lastHeard) : .alive
    }
}
