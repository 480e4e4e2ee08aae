internal import Heartbeat
package import Primitives

/// The question on the segment of the virtual IP before silence is taken for death (design §5,
/// Takeover 2 and 3). An answer means that somebody holds an open fence; an unanswered probe means
/// that nobody does, and a closed fence that dropped it stays shut (`FenceProgram`).
///
/// A round is four volleys. The first one asks everybody. If anybody answers, the next round asks
/// the peer alone: a fabric that answers for hosts it has seen, or a proxy, does so for broadcasts,
/// and only the peer answers what is addressed to its interface.
extension Node {
    /// Of one round: how often it is asked, and the time for answers behind each.
    static let volleys = 4
    static let volleyPause: Duration = .milliseconds(5)
    /// Between two rounds, so that late answers to the first are not taken for answers to the next.
    static let roundPause: Duration = .milliseconds(20)
    /// How often a holder that hears no peer looks round.
    package static let lookoutPause: Duration = .seconds(1)
    /// How long a question of the peer is remembered.
    static let questionMemory: Duration = .seconds(3)

    /// One round.
    struct Inquiry: Equatable, Sendable {
        let startedAt: Instant
        var asked = 0
        /// When the next volley leaves, or after the last one, when it is judged.
        var nextAt: Instant
        /// Only the peer was asked.
        let isDirect: Bool
        var holder: MACAddress?
        /// Somebody answered something.
        var isHeard = false
    }

    struct Segment: Equatable, Sendable {
        /// The peer's interface of the first virtual address, as its beats told.
        var heardMAC: MACAddress?
        /// The same in an earlier life of this node; the hardware may have been replaced since.
        var storedMAC: MACAddress?
        /// Where its node address was in the last round that asked.
        var resolvedMAC: MACAddress?
        var inquiry: Inquiry?
        /// When the next round may begin; `nil` while nothing is to be asked.
        var resumesAt: Instant?
        var asksPeerAlone = false
        /// Since when others answer and the peer itself does not.
        var onlyOthersSince: Instant?
        /// When the peer, which ranks higher, asked in nobody's name last.
        var claimedAt: Instant?
        /// When a peer that is not heard asked last.
        var askedAt: Instant?
        /// Heard while this node holds the virtual IP: who else does.
        var otherHolder: MACAddress?
        var contestedAt: Instant?
        /// Since when nobody has answered a holder.
        var deafSince: Instant?
        var alarm: SegmentAlarm?
        var alarmSince = Instant.zero

        var knownMAC: MACAddress? { heardMAC ?? resolvedMAC ?? storedMAC }
        var nextAt: Instant? { inquiry?.nextAt ?? resumesAt }
    }

    enum SegmentVerdict { case pending, free, held, isolated }

    /// What an earlier life of this node heard of the peer; told before the first event.
    package mutating func setPeerMAC(_ mac: MACAddress) { segment.storedMAC = mac }

    /// What is wrong on the segment, and since when.
    package var segmentAlarm: (alarm: SegmentAlarm, since: Instant)? {
        segment.alarm.map { ($0, segment.alarmSince) }
    }

    mutating func notePeerMAC(_ mac: MACAddress) {
        guard mac != .zero, mac != segment.heardMAC else { return }
        segment.heardMAC = mac
        guard mac != segment.storedMAC else { return }
        segment.storedMAC = mac
        output.append(.rememberPeer(mac))
    }

    /// Takes in what was heard. Nothing follows from it before all of it was read.
    mutating func hear(_ news: SegmentNews, now: Instant) {
        segment.inquiry?.isHeard = true
        switch news {
        case .witness: break
        case .peer(let mac): segment.resolvedMAC = mac
        case .holder(let mac):
            segment.inquiry?.holder = mac
            if case .active = state { segment.otherHolder = mac }
        case .claim(let mac):
            guard segment.knownMAC.map({ $0 == mac }) ?? true else { return }
            if settings.peer.outranks(settings.own) { segment.claimedAt = now }
            if livePeer(now: now) == nil { segment.askedAt = now }
        }
    }

    /// Nothing has to be asked any more.
    mutating func endInquiry() {
        segment.inquiry = nil
        segment.resumesAt = nil
        segment.asksPeerAlone = false
        segment.onlyOthersSince = nil
        segment.deafSince = nil
    }

    /// Asks whether somebody holds the virtual IP, and says what is known by now.
    mutating func askSegment(now: Instant) -> SegmentVerdict {
        guard let inquiry = segment.inquiry else {
            beginRound(now: now)
            return .pending
        }
        guard now >= inquiry.nextAt else { return .pending }
        guard inquiry.asked >= Self.volleys else {
            sendVolley(now: now)
            return .pending
        }
        segment.inquiry = nil
        return judge(inquiry, now: now)
    }

    private mutating func beginRound(now: Instant) {
        guard now >= segment.resumesAt ?? now else { return }
        if let claimedAt = segment.claimedAt, now - claimedAt < PairSettings.rankStep {
            segment.resumesAt = claimedAt + PairSettings.rankStep
            return
        }
        let isDirect = segment.asksPeerAlone && segment.knownMAC != nil
        if !isDirect { segment.resolvedMAC = nil }
        segment.inquiry = Inquiry(startedAt: now, nextAt: now, isDirect: isDirect)
        sendVolley(now: now)
    }

    private mutating func sendVolley(now: Instant) {
        guard var inquiry = segment.inquiry else { return }
        let question = SegmentQuestion(
            asksAll: !inquiry.isDirect,
            peer: segment.knownMAC,
            resolvesPeer: segment.heardMAC == nil && !inquiry.isDirect,
            // Twice at most: they are only to say that this node is not alone.
            asksWitnesses: settings.hasWitnesses && !inquiry.isHeard && inquiry.asked % 2 == 0
        )
        output.append(.ask(question))
        inquiry.asked += 1
        inquiry.nextAt = now + Self.volleyPause
        segment.inquiry = inquiry
    }

    private mutating func judge(_ inquiry: Inquiry, now: Instant) -> SegmentVerdict {
        segment.resumesAt = now + Self.roundPause
        if let claimedAt = segment.claimedAt, now - claimedAt < PairSettings.rankStep {
            // It will hold by then, or it does not want to.
            segment.resumesAt = claimedAt + PairSettings.rankStep
            return .pending
        }
        if settings.hasWitnesses, !inquiry.isHeard {
            segment.resumesAt = now + settings.deadAfter
            raise(.isolated, now: now)
            return .isolated
        }
        guard let holder = inquiry.holder else {
            guard inquiry.isDirect else {
                clearAlarm(now: now)
                return .free
            }
            segment.asksPeerAlone = false
            segment.onlyOthersSince = segment.onlyOthersSince ?? inquiry.startedAt
            return .pending
        }
        if !inquiry.isDirect, segment.knownMAC != nil {
            if let since = segment.onlyOthersSince, now - since >= settings.deadAfter {
                raise(.answeredByOthers(holder), now: now)
                return .free
            }
            segment.asksPeerAlone = true
            return .pending
        }
        segment.onlyOthersSince = nil
        segment.resumesAt = now + max(settings.deadAfter * 2, .milliseconds(500))
        raise(livePeer(now: now) == nil ? .pathCut : .answered(by: holder), now: now)
        return .held
    }
}

/// What a holder does on its segment while it hears no peer.
extension Node {
    /// Looks round each second: whether it is cut off, and whether the peer holds too.
    mutating func lookRound(_ activation: NodeState.Activation, now: Instant) {
        notePeerAsks(now: now)
        guard let inquiry = segment.inquiry else {
            guard now >= segment.resumesAt ?? now else { return }
            // Not everybody: a fabric may remember the address where it was.
            let question = SegmentQuestion(
                asksAll: false,
                peer: segment.knownMAC,
                resolvesPeer: segment.heardMAC == nil,
                asksWitnesses: settings.hasWitnesses
            )
            output.append(.ask(question))
            segment.inquiry = Inquiry(
                startedAt: now,
                asked: 1,
                nextAt: now + Self.volleyPause * Self.volleys,
                isDirect: true
            )
            return
        }
        guard now >= inquiry.nextAt else { return }
        segment.inquiry = nil
        segment.resumesAt = now + Self.lookoutPause
        guard settings.hasWitnesses, !inquiry.isHeard else {
            segment.deafSince = nil
            if segment.alarm == .isolated { clearAlarm(now: now) }
            return
        }
        let since = segment.deafSince ?? inquiry.startedAt
        segment.deafSince = since
        segment.resumesAt = now + settings.interval
        guard now - since >= settings.deadAfter else { return }
        raise(.isolated, now: now)
        release(activation, .fault("nobody on the segment of the virtual IP answers"), now: now)
    }

    /// A peer that is not heard and asks is alive.
    private mutating func notePeerAsks(now: Instant) {
        guard let askedAt = segment.askedAt, now - askedAt < Self.questionMemory else {
            if segment.alarm == .pathCut { clearAlarm(now: now) }
            return
        }
        raise(.pathCut, now: now)
    }

    /// Somebody else answers for the virtual IP, or announces it. Where beats are heard they decide;
    /// with ARP alone the rank does.
    mutating func meetOtherHolder(_ activation: NodeState.Activation, now: Instant) {
        guard let mac = segment.otherHolder else { return }
        segment.otherHolder = nil
        let isPeer = segment.knownMAC.map { $0 == mac } ?? true
        if isPeer, livePeer(now: now) == nil, settings.peer.outranks(settings.own) {
            log(.twoHolders(peer: settings.peer.name, survivor: settings.peer.name))
            release(activation, .standDown, now: now)
            return
        }
        // Whoever heard the other one has to hear this one again, and the two do not shout.
        let isNew = segment.contestedAt.map { now - $0 >= Self.questionMemory } ?? true
        guard segment.contestedAt.map({ now - $0 >= Self.lookoutPause }) ?? true else { return }
        segment.contestedAt = now
        output.append(.announceVIP)
        guard isNew else { return }
        if isPeer, livePeer(now: now) == nil {
            log(.twoHolders(peer: settings.peer.name, survivor: settings.own.name))
        } else if !isPeer {
            log(.otherHolder(mac))
        }
    }
}

/// What `status` and the log say of the segment.
extension Node {
    private mutating func raise(_ alarm: SegmentAlarm, now: Instant) {
        guard segment.alarm != alarm else { return }
        segment.alarm = alarm
        segment.alarmSince = now
        log(.segment(alarm, peer: settings.peer.name, isHolder: state.holdsVIP))
    }

    private mutating func clearAlarm(now: Instant) {
        guard let alarm = segment.alarm else { return }
        segment.alarm = nil
        log(.segmentIsClear(alarm, after: now - segment.alarmSince))
    }

    /// What the beats of the peer, or its own role, make untrue.
    mutating func noteSegment(now: Instant) {
        switch segment.alarm {
        case .pathCut: if livePeer(now: now) != nil { clearAlarm(now: now) }
        case .answered:
            guard case .standby = state, livePeer(now: now)?.role.claimsVIP != true else {
                clearAlarm(now: now)
                return
            }
        case .answeredByOthers:
            // It stays until somebody has had the time to see it.
            if now - segment.alarmSince >= .seconds(600) { clearAlarm(now: now) }
        case .isolated: if livePeer(now: now) != nil { clearAlarm(now: now) }
        case nil: break
        }
    }
}

/// Something on the segment of the virtual IP that needs somebody.
package enum SegmentAlarm: Equatable, Sendable {
    /// No beat arrives, and yet the peer answers or asks there: the path is cut, not the peer.
    case pathCut
    /// Nobody answers at all: this node is the one that is cut off.
    case isolated
    /// The peer is heard and does not hold it, and somebody answers for it.
    case answered(by: MACAddress)
    /// It was taken although somebody still answers broadcasts for it, but not the peer.
    case answeredByOthers(MACAddress)

    /// Its name, for the end of it.
    var name: String {
        switch self {
        case .pathCut: "path cut"
        case .isolated: "isolated"
        case .answered(let mac), .answeredByOthers(let mac): "\(mac) answers for the virtual IP:"
        }
    }

    /// For people: what it is, and what to look for.
    package func text(peer: String, isHolder: Bool) -> String {
        switch self {
        case .pathCut where isHolder:
            "path cut: \(peer) is alive on the segment of the virtual IP, but no beat of it "
                + "arrives: look for a firewall on the heartbeat path"
        case .pathCut:
            "path cut, peer serving: no beat of \(peer) arrives, but it answers for the virtual "
                + "IP and keeps it: look for a firewall on the heartbeat path"
        case .isolated:
            "isolated: neither gateway nor servers answer on the segment of the virtual IP: this "
                + "node does not hold it"
        case .answered(let mac):
            "\(mac) answers for the virtual IP although neither node holds it: find the host with "
                + "that address"
        case .answeredByOthers(let mac):
            "\(mac) answered broadcasts for the virtual IP when this node took it, and \(peer) "
                + "itself did not: ARP suppression, a proxy, or a host with that address"
        }
    }
}
