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
    /// How long it counts that nobody answered, while the arbiter is asked. Less than a claim does.
    static let freeMemory: Duration = .milliseconds(40)
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
        /// When a round ended in which nobody answered.
        var freeAt: Instant?
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
            segment.freeAt = nil
            if case .active = state { segment.otherHolder = mac }
        case .claim(let mac):
            guard segment.knownMAC.map({ $0 == mac }) ?? true else { return }
            if settings.peer.outranks(settings.own) {
                segment.claimedAt = now
                segment.freeAt = nil
            }
            if livePeer(now: now) == nil { segment.askedAt = now }
        }
    }

    /// Nothing has to be asked any more.
    mutating func endInquiry() {
        segment.inquiry = nil
        segment.freeAt = nil
        segment.resumesAt = nil
        segment.asksPeerAlone = false
        segment.onlyOthersSince = nil
        segment.deafSince = nil
    }

    /// Asks whether somebody holds the virtual IP, and says what is known by now.
    mutating func askSegment(now: Instant) -> SegmentVerdict {
        guard let inquiry = segment.inquiry else {
            if let freeAt = segment.freeAt, now - freeAt < Self.freeMemory { return .free }
            beginRound(now: now)
            return .pending
        }
        guard now >= inquiry.nextAt else { return .pending }
        // So late the other node may have asked and taken it, in the time that a claim is kept.
        guard now - inquiry.nextAt < PairSettings.rankStep else {
            segment.inquiry = nil
            beginRound(now: now)
            return .pending
        }
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
                return free(now: now)
            }
            segment.asksPeerAlone = false
            segment.onlyOthersSince = segment.onlyOthersSince ?? inquiry.startedAt
            return .pending
        }
        if !inquiry.isDirect, segment.knownMAC != nil {
            if let since = segment.onlyOthersSince, now - since >= settings.deadAfter {
                raise(.answeredByOthers(holder), now: now)
                return free(now: now)
            }
            segment.asksPeerAlone = true
            return .pending
        }
        segment.onlyOthersSince = nil
        segment.resumesAt = now + max(settings.deadAfter * 2, .milliseconds(500))
        raise(livePeer(now: now) == nil ? .pathCut : .answered(by: holder), now: now)
        return .held
    }

    private mutating func free(now: Instant) -> SegmentVerdict {
        segment.freeAt = now
        segment.resumesAt = now + Self.freeMemory
        return .free
    }
}
