package import Heartbeat
package import Primitives

/// One node of the pair: takes facts and the time, returns directives. Owns no clock, socket or
/// thread.
///
/// The caller's duties:
/// 1. Hand in every fact as an `Event`, in the order in which it happened, with the time of `now`
///    never going back.
/// 2. Carry out the directives in their order before the next event.
/// 3. Hand in `.timer` when `nextDeadline` has come.
/// 4. Read all datagrams and all news of the segment that wait before any other event of a wake-up:
///    what they say together is judged at the next event, so that no verdict is made with unread
///    beats or answers in the queue.
/// 5. Answer `holdVIP`, `releaseVIP` and `reserveEpochs` by their events.
package struct Node: Sendable {
    package internal(set) var settings: PairSettings
    package internal(set) var state: NodeState
    package internal(set) var tracker: PeerTracker
    package internal(set) var readiness = NodeReadiness()
    package internal(set) var epochs: EpochCounter
    /// The last changes of role, newest last.
    package internal(set) var history: [Transition] = []

    package let bootID: UInt64
    var vipMAC: MACAddress = .zero
    /// What is known of the segment of the virtual IP, and asked there.
    var segment = Segment()
    /// What is known of the arbiter, and asked there.
    var arbitration = Arbitration()
    /// What stops this node's traffic when it no longer acts.
    package internal(set) var fence: FenceKind = .none
    /// While it holds: until when its kernel lets traffic through.
    package internal(set) var lease: Instant?
    var sequence: UInt64 = 0
    var sentAt = SendTimes()
    var nextBeatAt: Instant
    var lastReplyAt: Instant?
    /// When the last event came, and since when they have come without a long pause.
    var handledAt: Instant
    var awakeSince: Instant
    /// When the last such pause ended, if there was one.
    var wokenAt: Instant?
    /// Since when the own readiness lacks what a holder needs, the servers apart.
    var unableSince: Instant?
    /// Since when no server is usable here.
    var serverlessSince: Instant?
    /// Since when one of `ReadinessFlags.fit` is missing here.
    var unfitSince: Instant?
    /// Since when the peer has been ready as a standby without a break.
    var peerReadySince: Instant?
    /// Since when the peer has had a usable server, and has lacked nothing of `ReadinessFlags.fit`.
    var peerServesSince: Instant?
    var peerFitSince: Instant?
    /// Datagrams were taken in and nothing has been concluded from them yet.
    var hasUnjudgedNews = false
    /// Since when, after the last believed beat, frames of a boot came that has not proved itself.
    var strangerSince: Instant?
    /// Since when the peer has been heard without hearing this node.
    var notHeardSince: Instant?
    /// Since when nobody has claimed the virtual IP while both nodes were heard, and the peer, if
    /// it is the one that should act, has had time to do so.
    var unclaimedSince: Instant?
    /// Since when this node could take the virtual IP as well as now, and its first beat that says
    /// so.
    var candidacy: Candidacy?
    /// Whether the peer should act rather than this node, where nobody holds the virtual IP.
    var peerIsPreferred = false
    /// Until then this boot listens before it takes the virtual IP alone.
    let listensUntil: Instant
    /// An address that could not be removed is not tried again before.
    var releaseRetryAt = Instant.zero
    /// The numbers that both holders compare, frozen while there are two.
    var contest: Election.Claim?
    /// The own activation that was ended in order last.
    var resignedEpoch: UInt64 = 0
    /// The order that has not ended yet.
    var pending: PendingOrder?
    /// The peer's request that was answered last, and how.
    var answeredRequest: UInt32 = 0
    var refusal: Refusal = .none
    var reported = Reported()
    var output: [Directive] = []

    package struct Transition: Equatable, Sendable {
        package var at: Instant
        package var from: Role
        package var to: Role
        package var epoch: UInt64
        package var why: String
    }

    struct PendingOrder: Equatable, Sendable {
        var order: Order
        var until: Instant
        /// When the holder was last heard to hold, for a request made from the standby.
        var vacantSince: Instant?
    }

    struct Candidacy: Equatable, Sendable {
        var since: Instant
        var sequence: UInt64
        var flags: ReadinessFlags
    }

    /// What was said already and is said again only after it has changed.
    struct Reported: Equatable, Sendable {
        var peerIsSilent = true
        var notHeard = false
        var unauthentic = false
        var foreignVersion = false
        var twoHolders = false
        var configurationDiffers = false
        /// Names of the facts that are missing.
        var missing: Set<String> = []
    }

    static let historyLimit = 16

    /// - Parameters:
    ///   - bootID: random, new with every start.
    ///   - nonce: random, see `PeerTracker`.
    ///   - reservedEpoch: the highest epoch that an earlier life may have used, 0 at the first
    ///     start.
    ///   - inMaintenance: the operator's last word, as kept on disk.
    package init(
        _ settings: PairSettings,
        bootID: UInt64,
        nonce: UInt64,
        reservedEpoch: UInt64,
        inMaintenance: Bool,
        now: Instant
    ) {
        self.settings = settings
        self.bootID = bootID
        tracker = PeerTracker(
            pairID: settings.id,
            selfID: settings.own.id,
            peerID: settings.peer.id,
            selfBoot: bootID,
            nonce: nonce,
            railCount: settings.railCount
        )
        epochs = EpochCounter(reserved: reservedEpoch)
        listensUntil = now + settings.bootHold
        state = inMaintenance ? .maintenance(since: now) : .starting(until: listensUntil)
        nextBeatAt = now
        handledAt = now
        awakeSince = now
    }

    /// Takes in one fact and says what to do about it.
    package mutating func handle(_ event: Event, now: Instant) -> [Directive] {
        output = []
        noticeSleep(now: now)
        noticeBrokenLease(now: now)
        take(event, now: now)
        // After a pause of this process the first of many datagrams in the queue is old news: the
        // peer may have become active since, and says so in a later one.
        switch event {
        case .datagram, .segment:
            hasUnjudgedNews = true
            return output
        default: hasUnjudgedNews = false
        }
        notePeer(now: now)
        noteSegment(now: now)
        evaluate(now: now)
        sendBeats(now: now)
        followArbiter(now: now)
        checkInvariants()
        return output
    }

    /// When `.timer` is due at the latest.
    package var nextDeadline: Instant {
        if hasUnjudgedNews { return .zero }
        var next = min(nextBeatAt, segment.nextAt ?? state.deadline)
        if let pending { next = min(next, pending.until) }
        if !reported.peerIsSilent, let heard = tracker.lastHeard {
            next = min(next, heard + silenceLimit)
        }
        let judgement = awakeSince + silenceLimit
        if judgement > handledAt { next = min(next, judgement) }
        return min(next, arbiterDeadline)
    }

    private mutating func take(_ event: Event, now: Instant) {
        switch event {
        case .timer:
            break
        case .datagram(.failure(let error), let rail):
            tracker.drop(error, rail: rail)
            if error.reason == .unauthentic { noteUnauthentic(now: now) }
            if let major = error.major { noteForeignVersion(major, now: now) }
        case .datagram(.success(let beat), let rail):
            receive(beat, rail: rail, now: now)
        case .segment(let news): hear(news, now: now)
        case .vipHeld, .vipReleased, .vipFailed:
            kernelAnswered(event, now: now)
        case .leaseBroken:
            leaseWasRefused(now: now)
        case .readiness(let readiness):
            take(readiness, now: now)
        case .order(let order):
            take(order, now: now)
        case .epochsReserved(let epoch):
            epochs.reserved(upTo: epoch)
        case .arbiter(let answer, let askedAt):
            take(answer, askedAt: askedAt, now: now)
        case .configured(let settings):
            precondition(
                settings.railCount == self.settings.railCount && settings.id == self.settings.id,
                "another pair or other rails need a new node"
            )
            self.settings = settings
        }
    }

    private mutating func take(_ readiness: NodeReadiness, now: Instant) {
        self.readiness = readiness
        unableSince = readiness.isAble ? nil : unableSince ?? now
        serverlessSince = readiness.serversUsable ? nil : serverlessSince ?? now
        unfitSince = readiness.flags.isSuperset(of: .fit) ? nil : unfitSince ?? now
        reportReadiness()
    }

    private mutating func reportReadiness() {
        // What is not known yet is no news.
        guard readiness.checksSettled || !reported.missing.isEmpty else { return }
        var missing: Set<String> = []
        for fact in readiness.facts {
            if let fault = fact.fault {
                missing.insert(fact.name)
                if !reported.missing.contains(fact.name) { log(.factLost(fact.name, fault)) }
            } else if reported.missing.contains(fact.name) {
                log(.factRegained(fact.name))
            }
        }
        reported.missing = missing
    }

    /// The MAC of the interface of the first virtual address, for the beats.
    package mutating func setVIPMAC(_ mac: MACAddress) { vipMAC = mac }

    /// The frame that the guardian shall send if this daemon dies as the holder.
    package var lastWill: Beat {
        var beat = Beat(
            pairID: settings.id,
            nodeID: settings.own.id,
            bootID: bootID,
            sequence: .max,
            role: .stopping
        )
        beat.kind = .release
        beat.highestEpoch = epochs.highest
        switch state {
        case .active(let activation): beat.resignedEpoch = activation.epoch
        // Its fence is closed already: nothing to wait for either.
        case .fenced(let fenced): beat.resignedEpoch = fenced.activation.epoch
        default: break
        }
        return beat
    }

    /// What must hold after every event; a breach is our bug, and a crash is a failover.
    func checkInvariants() {
        switch state {
        case .active(let activation), .activating(let activation, _):
            precondition(activation.epoch > 0 && activation.epoch <= epochs.highest)
        case .releasing(let release):
            precondition(release.activation.epoch <= epochs.highest)
        case .fenced(let fenced):
            precondition(fenced.activation.epoch <= epochs.highest)
        case .starting, .standby, .maintenance, .fault, .stopping:
            break
        }
        precondition(lease == nil || state.holdsVIP, "a lease of what is not held")
        precondition(history.count <= Self.historyLimit)
    }
}

/// The highest epoch seen, and how far the disk says that epochs may have been used.
package struct EpochCounter: Equatable, Sendable {
    package private(set) var highest: UInt64
    private var reserved: UInt64
    private var requested: UInt64

    init(reserved: UInt64) {
        highest = reserved
        self.reserved = reserved
        requested = reserved
    }

    mutating func saw(_ epoch: UInt64) { highest = max(highest, epoch) }

    mutating func next() -> UInt64 {
        highest += 1
        return highest
    }

    mutating func reserved(upTo epoch: UInt64) { reserved = max(reserved, epoch) }

    /// A new reservation, asked for once, while a few of the old one are left.
    mutating func dueReservation() -> UInt64? {
        guard highest + PairSettings.epochBlock / 4 >= requested else { return nil }
        requested = highest + PairSettings.epochBlock
        return requested
    }
}

/// When the last beats left, by sequence, for round trips; older ones are forgotten.
struct SendTimes: Sendable {
    private static let capacity: UInt64 = 256
    private var times: [Instant?] = Array(repeating: nil, count: Int(capacity))
    private var newest: UInt64 = 0

    mutating func record(_ sequence: UInt64, _ now: Instant) {
        times[Int(sequence % Self.capacity)] = now
        newest = sequence
    }

    func time(of sequence: UInt64) -> Instant? {
        guard sequence <= newest, newest - sequence < Self.capacity else { return nil }
        return times[Int(sequence % Self.capacity)]
    }
}
