/// How long something that should move has stood still, as one sees it who may be stopped himself.
///
/// Only time in which the observer moved counts: when all processes are stopped and go on, or all
/// wait for a processor, nobody has hung. So a stall is never overrated, and underrated on a busy
/// host.
package struct StallMeter: Equatable, Sendable {
    /// The most that the time between two looks can count.
    private let step: Duration
    private var sign: Instant?
    private var lookedAt: Instant?
    private var stalled: Duration = .zero

    /// - Parameter rhythm: of the looks; a look that comes later than twice that was late itself
    package init(rhythm: Duration) { step = rhythm * 2 }

    /// - Parameter sign: when it last moved, or by when it said that it would move again
    /// - Returns: for how long it has stood still since; zero while that time is to come
    package mutating func look(at sign: Instant, now: Instant) -> Duration {
        let since = max(sign, lookedAt ?? sign)
        if sign != self.sign {
            self.sign = sign
            stalled = min(max(now - sign, .zero), step)
        } else {
            stalled += min(max(now - since, .zero), step)
        }
        lookedAt = now
        return stalled
    }
}
