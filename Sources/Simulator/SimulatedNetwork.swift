internal import Heartbeat
internal import Primitives

/// A datagram on its way, with what the world knows of it and the receiver does not.
struct Datagram {
    var bytes: [UInt8]
    var from: Int
    var rail: Int
    /// The boot of the daemon that sent it.
    var boot: UInt64
    /// The highest epoch that its sender knew.
    var epoch: UInt64
    /// A guardian's word.
    var isRelease = false
    /// As it was sent, and by nobody else: neither a recording nor damaged.
    var isGenuine = true

    var to: Int { 1 - from }
}

/// One direction of one rail: what it does to the datagrams.
struct Path {
    var isBlocked = false
    var lossPermille = 0
    var duplicatePermille = 0
    var corruptPermille = 0
    /// Some datagrams are held up for this long at most: later ones overtake them.
    var heldUp: Duration = .zero

    /// Every beat arrives, soon.
    var isGood: Bool { !isBlocked && lossPermille == 0 && corruptPermille == 0 && heldUp == .zero }
}

/// Both directions of all rails, and a memory of what was sent, for replays.
struct SimulatedNetwork {
    static let normalDelay: ClosedRange<Duration> = .microseconds(50)...(.milliseconds(1))
    private static let memory = 400

    /// By sender, then by rail.
    var paths: [[Path]]
    private(set) var recorded: [Datagram] = []
    private(set) var recordedReleases: [Datagram] = []
    /// When a datagram of this sender was last lost, damaged or held up.
    private(set) var lastTrouble: [Instant?] = [nil, nil]

    init(rails: Int) {
        paths = Array(repeating: Array(repeating: Path(), count: rails), count: 2)
    }

    /// Whether beats of this node reach the other one, on some rail.
    func isGood(from host: Int) -> Bool { paths[host].contains(where: \.isGood) }

    var isWhole: Bool { paths.allSatisfy { $0.allSatisfy(\.isGood) } }

    mutating func notice(lossFrom host: Int, at now: Instant) { lastTrouble[host] = now }

    /// - Returns: what arrives of it, and after which time.
    mutating func carry(
        _ datagram: Datagram,
        at now: Instant,
        _ dice: inout SplitMix64
    ) -> [(Datagram, Duration)] {
        record(datagram, &dice)
        let path = paths[datagram.from][datagram.rail]
        if path.isBlocked || dice.chance(permille: path.lossPermille) {
            lastTrouble[datagram.from] = now
            return []
        }
        var arrivals = [(datagram, dice.duration(Self.normalDelay))]
        if path.heldUp > .zero, dice.chance(permille: 400) {
            arrivals[0].1 += dice.duration(.zero...path.heldUp)
            lastTrouble[datagram.from] = now + arrivals[0].1
        }
        if dice.chance(permille: path.corruptPermille) {
            lastTrouble[datagram.from] = now
            let place = dice.below(datagram.bytes.count)
            arrivals[0].0.bytes[place] ^= UInt8(1 << dice.below(8))
            arrivals[0].0.isGenuine = false
        }
        if dice.chance(permille: path.duplicatePermille) {
            var copy = datagram
            copy.isGenuine = false
            arrivals.append((copy, dice.duration(Self.normalDelay) + path.heldUp))
        }
        return arrivals
    }

    /// Keeps some of all that was ever sent.
    private mutating func record(_ datagram: Datagram, _ dice: inout SplitMix64) {
        var copy = datagram
        copy.isGenuine = false
        if datagram.isRelease {
            recordedReleases.append(copy)
        } else if recorded.count < Self.memory {
            recorded.append(copy)
        } else if dice.chance(permille: 100) {
            recorded[dice.below(Self.memory)] = copy
        }
    }
}

/// The tag of the simulated frames: depends on every bit, costs little. No secret is needed here.
struct SimulatedAuthenticator: FrameAuthenticator {
    func tag(for bytes: [UInt8]) -> [UInt8] { Self.tag(bytes[...]) }

    func isValid(_ tag: ArraySlice<UInt8>, for bytes: ArraySlice<UInt8>) -> Bool {
        tag == Self.tag(bytes)[...]
    }

    private static func tag(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        var stretched = SplitMix64(seed: hash)
        var tag: [UInt8] = []
        tag.reserveCapacity(32)
        for _ in 0..<4 {
            let word = stretched.next()
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                tag.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return tag
    }
}
