package import Primitives

/// Who is challenged after a takeover, and when: every end of the former holder's sessions that can
/// be, some at a time, three times against loss.
///
/// A challenge is a segment with a senseless sequence number in the name of the dead connection.
/// Its receiver answers what it takes for an old duplicate (RFC 9293, 3.10.7.4) to the virtual
/// address, where this kernel has no such connection and resets it. Where it has one, it was no
/// dead session, and nothing happens.
package struct ChallengePlan: Sendable {
    /// Segments of one burst, and the time from one to the next.
    package static let burst = 64
    static let pause: Duration = .milliseconds(1)
    /// When the rounds begin. Linux answers a connection's duplicates twice a second at most.
    static let rounds: [Duration] = [.zero, .milliseconds(300), .milliseconds(1200)]

    package struct Challenge: Equatable, Sendable {
        package var connection: SessionTuple.Connection
        package var sequence: UInt32
    }

    package let connections: [SessionTuple.Connection]
    /// Connections from an address that did not move: what answers there would go nowhere.
    package let untellable: Int
    private let startedAt: Instant
    private let salt: UInt64
    private var round = 0
    private var position = 0
    package private(set) var nextAt: Instant

    /// - Parameters:
    ///   - addresses: the virtual ones, which this node holds now.
    ///   - salt: random, for the sequence numbers.
    package init(
        _ tuples: [SessionTuple],
        holding addresses: Set<IPAddress>,
        salt: UInt64,
        now: Instant
    ) {
        let all = tuples.flatMap(\.connections)
        connections = all.filter {
            addresses.contains($0.local.address) && !addresses.contains($0.remote.address)
        }
        untellable = all.count - connections.count
        startedAt = now
        self.salt = salt
        nextAt = connections.isEmpty ? .distantFuture : now
    }

    package var isOver: Bool { nextAt == .distantFuture }

    /// Whether everybody has been told once.
    package var isFirstRoundOver: Bool { round > 0 || isOver }

    /// What is due now, `burst` at most.
    package mutating func next(now: Instant) -> [Challenge] {
        guard now >= nextAt else { return [] }
        let end = min(position + Self.burst, connections.count)
        let due = (position..<end).map {
            Challenge(connection: connections[$0], sequence: sequence(of: $0))
        }
        position = end
        nextAt = now + Self.pause
        guard position == connections.count else { return due }
        position = 0
        round += 1
        nextAt = round < Self.rounds.count ? startedAt + Self.rounds[round] : .distantFuture
        return due
    }

    /// Half of all numbers away from the last round's: what lay in a receiver's window by chance
    /// does not do so twice.
    private func sequence(of index: Int) -> UInt32 {
        let mixed = (salt &+ UInt64(index)) &* 0x9E37_79B9_7F4A_7C15
        return UInt32(truncatingIfNeeded: mixed >> 32) &+ UInt32(round) << 31
    }
}
