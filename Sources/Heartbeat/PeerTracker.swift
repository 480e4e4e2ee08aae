package import Primitives

/// Decides which arriving beats are believed, and remembers what the peer said last.
///
/// A boot of the peer is believed only after one of its beats echoed our current nonce, and the
/// nonce changes whenever a boot is adopted: a recording of an earlier boot carries an old echo for
/// ever. Within a boot each rail takes only rising sequence numbers.
package struct PeerTracker: Sendable {
    package enum Reception: Equatable, Sendable {
        /// Believed. `isNews` is false for the copy of a beat that another rail delivered first.
        case accepted(isNews: Bool, isNewBoot: Bool)
        case dropped(FrameDropReason)
    }

    /// The last believed beat of the tracked boot.
    package private(set) var last: Beat?
    /// When that was read.
    package private(set) var lastAt: Instant?
    package private(set) var rails: [RailStatistics]
    /// Another major version that frames on a rail were of last. Without a signature to check: good
    /// for a hint to people only.
    package private(set) var foreignMajor: UInt8?
    /// What a boot has to echo to be believed.
    package private(set) var nonce: UInt64
    /// The challenge that the peer sent last, believed or not: what we echo.
    package private(set) var peerChallenge: UInt64 = 0

    private var trackedBoot: UInt64?
    private var releasedBoot: UInt64?
    private var highestSequence: UInt64 = 0
    private let pairID: UInt64
    private let selfID: UInt64
    private let peerID: UInt64
    private let selfBoot: UInt64

    /// - Parameter nonce: random, so that no two boots of this node ever use the same.
    package init(
        pairID: UInt64,
        selfID: UInt64,
        peerID: UInt64,
        selfBoot: UInt64,
        nonce: UInt64,
        railCount: Int
    ) {
        self.pairID = pairID
        self.selfID = selfID
        self.peerID = peerID
        self.selfBoot = selfBoot
        self.nonce = nonce
        rails = Array(repeating: RailStatistics(), count: railCount)
    }

    /// When a believed beat last arrived on any rail.
    package var lastHeard: Instant? { rails.compactMap(\.lastHeard).max() }

    /// What was not believed on all rails together.
    package var drops: [FrameDropReason: UInt64] {
        rails.reduce(into: [:]) { sum, rail in sum.merge(rail.drops, uniquingKeysWith: +) }
    }

    /// Counts a datagram that was no frame at all.
    package mutating func drop(_ error: FrameDecodingError, rail: Int) {
        rails[rail].drop(error.reason)
        if let major = error.major { foreignMajor = major }
    }

    /// - Parameter sentAt: when our beat of a sequence number left, `nil` when that is forgotten.
    package mutating func receive(
        _ beat: Beat,
        rail: Int,
        now: Instant,
        sentAt: (UInt64) -> Instant?
    ) -> Reception {
        if let reason = refusal(of: beat) {
            rails[rail].drop(reason)
            return .dropped(reason)
        }
        if beat.kind == .release { return release(beat, rail: rail, now: now) }
        peerChallenge = beat.challenge
        let isNewBoot = beat.bootID != trackedBoot
        if isNewBoot {
            guard beat.echo == nonce else {
                rails[rail].drop(.unprovenBoot)
                return .dropped(.unprovenBoot)
            }
            adopt(beat.bootID)
        }
        guard rails[rail].isFresh(beat.sequence) else {
            rails[rail].drop(.replayed)
            return .dropped(.replayed)
        }
        rails[rail].accept(beat.sequence, now: now)
        rails[rail].peerReported(lossPermille: beat.lossPermille)
        if beat.heardBootID == selfBoot {
            rails[rail].peerHeard(
                beat.heardSequence,
                sentAt: sentAt(beat.heardSequence),
                held: .microseconds(Int64(beat.heldMicroseconds)),
                now: now
            )
        }
        let isNews = beat.sequence > highestSequence
        if isNews {
            highestSequence = beat.sequence
            last = beat
            lastAt = now
        }
        return .accepted(isNews: isNews, isNewBoot: isNewBoot)
    }

    private func refusal(of beat: Beat) -> FrameDropReason? {
        if beat.pairID != pairID { return .otherPair }
        if beat.nodeID == selfID { return .reflected }
        if beat.nodeID != peerID { return .unknownNode }
        if beat.bootID == releasedBoot { return .releasedBoot }
        return nil
    }

    private mutating func adopt(_ boot: UInt64) {
        trackedBoot = boot
        highestSequence = 0
        // Any odd step visits all 2^64 values before one returns.
        nonce = nonce &+ 0x9E37_79B9_7F4A_7C15
        for index in rails.indices { rails[index].restart() }
    }

    /// The guardian's word counts for the boot that is tracked now and for no other.
    private mutating func release(_ beat: Beat, rail: Int, now: Instant) -> Reception {
        guard beat.bootID == trackedBoot else {
            rails[rail].drop(.unprovenBoot)
            return .dropped(.unprovenBoot)
        }
        releasedBoot = beat.bootID
        trackedBoot = nil
        last = beat
        lastAt = now
        return .accepted(isNews: true, isNewBoot: false)
    }
}
