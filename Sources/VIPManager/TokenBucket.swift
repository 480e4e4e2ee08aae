internal import Primitives

/// Lets `burst` actions through at once, then one per `interval`.
struct TokenBucket: Sendable {
    private let burst: Int64
    private let interval: Duration
    private var tokens: Int64
    /// Tokens are counted up to here; the rest of an interval is kept.
    private var countedUntil: Instant

    init(burst: Int, interval: Duration) {
        precondition(burst > 0 && interval > .zero, "a bucket that never lets anything through")
        self.burst = Int64(burst)
        self.interval = interval
        tokens = Int64(burst)
        countedUntil = .zero
    }

    /// Whether one action may happen now; if so it is counted.
    mutating func take(now: Instant) -> Bool {
        let earned = max(0, (now - countedUntil).nanoseconds / interval.nanoseconds)
        if tokens + min(earned, burst) >= burst {
            tokens = burst
            countedUntil = now
        } else {
            tokens += earned
            countedUntil = countedUntil + .nanoseconds(earned * interval.nanoseconds)
        }
        guard tokens > 0 else { return false }
        tokens -= 1
        return true
    }
}
