package import Primitives

/// What one rail (a pair of node addresses, or a segment) delivered: replay window, loss, round
/// trip.
///
/// Loss is counted over the last `window` beats that the peer sent: a beat is lost when a later one
/// arrived first and it did not follow.
package struct RailStatistics: Sendable {
    /// How many of the peer's last beats are remembered.
    static let window = 128

    /// When the last believed beat arrived on this rail.
    package private(set) var lastHeard: Instant?
    package private(set) var highestSequence: UInt64 = 0
    package private(set) var received: UInt64 = 0
    package private(set) var roundTrip = RoundTrip()
    /// Of our beats, the last that the peer says it heard here, and when that news came.
    package private(set) var peerHeardSequence: UInt64 = 0
    /// Of our beats on this rail, how many the peer misses, in thousandths, by its own count.
    package private(set) var peerLossPermille: UInt16 = 0
    /// The latest time at which the peer says that it heard this boot on this rail.
    package private(set) var peerHeardAt: Instant?
    /// What arrived here and was not believed.
    package private(set) var drops: [FrameDropReason: UInt64] = [:]

    /// Bit n: whether beat `highestSequence - n` arrived.
    private var arrived: UInt128 = 0
    private var expected = 0

    package init() {}

    mutating func drop(_ reason: FrameDropReason) { drops[reason, default: 0] += 1 }

    /// Whether this number may be believed here: higher than all before it.
    func isFresh(_ sequence: UInt64) -> Bool { sequence > highestSequence }

    /// A new boot of the peer begins: its numbers start anew.
    mutating func restart() {
        highestSequence = 0
        arrived = 0
        expected = 0
        peerHeardSequence = 0
        peerHeardAt = nil
    }

    mutating func accept(_ sequence: UInt64, now: Instant) {
        precondition(isFresh(sequence), "a replayed beat was accepted")
        let first = highestSequence == 0
        let step = first ? 1 : sequence - highestSequence
        arrived = step >= UInt64(Self.window) ? 1 : arrived << UInt128(step) | 1
        expected = min(expected + Int(min(step, UInt64(Self.window))), Self.window)
        highestSequence = sequence
        received += 1
        lastHeard = now
    }

    /// The peer says that it heard our beat `sequence`, which left `sentAt`, and held it for
    /// `held`.
    mutating func peerHeard(_ sequence: UInt64, sentAt: Instant?, held: Duration, now: Instant) {
        peerHeardAt = max(peerHeardAt ?? .zero, now - held)
        guard sequence > peerHeardSequence else { return }
        peerHeardSequence = sequence
        guard let sentAt else { return }
        let sample = (now - sentAt) - held
        if sample >= .zero { roundTrip.add(sample) }
    }

    mutating func peerReported(lossPermille: UInt16) { peerLossPermille = min(lossPermille, 1000) }

    /// Beats of the peer that did not arrive, in thousandths of those it sent lately.
    package var lossPermille: UInt16 {
        guard expected > 0 else { return 0 }
        let missing = expected - min(arrived.nonzeroBitCount, expected)
        return UInt16(missing * 1000 / expected)
    }
}

/// Round trips of the last beats, without the time that the peer held them.
package struct RoundTrip: Sendable, Equatable {
    private static let capacity = 64
    private var samples: [Duration] = []
    private var next = 0

    package init() {}

    mutating func add(_ sample: Duration) {
        if samples.count < Self.capacity {
            samples.append(sample)
        } else {
            samples[next] = sample
            next = (next + 1) % Self.capacity
        }
    }

    package var minimum: Duration? { samples.min() }
    package var maximum: Duration? { samples.max() }
    package var average: Duration? {
        samples.isEmpty ? nil : samples.reduce(.zero, +) / samples.count
    }
}
