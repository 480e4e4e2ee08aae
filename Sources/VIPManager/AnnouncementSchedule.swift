package import Primitives

/// When the virtual addresses are announced: quickly at first, because frames get lost and switches
/// learn slowly, then every minute, because switch tables age after 300 s.
package struct AnnouncementSchedule: Sendable {
    /// After the start, in order.
    static let offsets: [Duration] = [
        .zero, .milliseconds(100), .milliseconds(1100), .milliseconds(2200), .seconds(5),
    ]
    static let period: Duration = .seconds(60)
    static let retryInterval: Duration = .milliseconds(100)

    /// When the next announcement is due; `nil` while there is nothing to announce.
    package private(set) var nextDue: Instant?
    private var startedAt = Instant.zero
    private var step = 0

    package init() {}

    /// Begins anew: the address was added, the link came up, or somebody else claimed the address.
    package mutating func start(now: Instant) {
        startedAt = now
        step = 0
        nextDue = now
    }

    package mutating func stop() { nextDue = nil }

    /// Whether to announce now. What was slept through is made up for by one announcement, not by
    /// many.
    package mutating func takeDue(now: Instant) -> Bool {
        guard let due = nextDue, due <= now else { return false }
        var next = due
        while next <= now {
            step += 1
            next =
                step < Self.offsets.count ? startedAt + Self.offsets[step] : now + Self.period
        }
        nextDue = next
        return true
    }

    /// The frames did not leave.
    package mutating func retry(now: Instant) {
        guard let due = nextDue else { return }
        nextDue = min(due, now + Self.retryInterval)
    }
}
