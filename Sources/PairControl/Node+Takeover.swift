internal import Heartbeat
internal import Primitives

/// When a standby node takes the virtual IP (design §5, Takeover).
extension Node {
    mutating func considerTakeover(_ standby: NodeState.Standby, now: Instant) {
        if let yield = standby.yielding, !endYield(yield, since: standby.since, now: now) { return }
        guard case .standby(var standby) = state else { return }
        if standby.takesBack, livePeer(now: now)?.role.claimsVIP == true {
            standby.takesBack = false
            state = .standby(standby)
        }
        noteCandidacy(now: now)
        guard readiness.isAble,
            let reason = takeoverReason(standby, now: now)
        else {
            endInquiry()
            return
        }
        if isHandedOver(now: now) {
            endInquiry()
        } else if askSegment(now: now) != .free {
            return
        }
        guard arbiterPermits(now: now) else { return }
        activate(standby.takesBack ? .takenBack : reason, now: now)
    }

    /// The holder has let go, and has said so just now or its guardian has: nobody needs to be
    /// asked.
    private func isHandedOver(now: Instant) -> Bool {
        guard let peer = tracker.last, peerSpokeLately(now: now) else { return false }
        if peerIsReleased || peer.role == .stopping || peer.isYielding { return true }
        let isAway = peer.role == .maintenance || peer.role == .fault
        return isAway && peer.resignedEpoch != 0 && peer.resignedEpoch == epochs.highest
    }

    private mutating func noteCandidacy(now: Instant) {
        guard readiness.isAble else {
            candidacy = nil
            return
        }
        guard candidacy?.flags != readiness.flags else { return }
        candidacy = Candidacy(since: now, sequence: sequence + 1, flags: readiness.flags)
        nextBeatAt = now
    }

    /// Whether the peer knew of this node's candidacy when it said what it said last.
    ///
    /// Without that, two nodes that become able, or better, or leave maintenance, at one instant
    /// would both act on what the other one was before. A peer that does not hear this node cannot
    /// answer.
    private func peerKnowsCandidacy(now: Instant) -> Bool {
        guard let candidacy else { return false }
        if tracker.rails.contains(where: { $0.peerHeardSequence >= candidacy.sequence }) {
            return true
        }
        return now - candidacy.since >= settings.deadAfter && !isHeardByPeer(now: now)
    }

    func isPreferred(over peer: Beat) -> Bool {
        Election.prefers(
            settings.own,
            readiness.flags,
            over: settings.peer,
            peer.readiness
        )
    }

    mutating func activate(_ reason: ActivationReason, now: Instant) {
        let activation = NodeState.Activation(epoch: epochs.next(), since: now, reason: reason)
        become(
            .activating(activation, until: now + PairSettings.addressLimit),
            reason.sentence(holder: settings.own.name, peer: settings.peer.name),
            now: now
        )
        // The beat first: it pays for the lease that the fence is opened with.
        sendBeats(now: now)
        output.append(.holdVIP)
    }

    /// Whether a yield has ended, one way or the other.
    private mutating func endYield(
        _ yield: NodeState.Yield,
        since: Instant,
        now: Instant
    ) -> Bool {
        if let peer = livePeer(now: now), peer.role == .active {
            state = .standby(.init(since: since, yielding: nil))
            // The new holder may be asked to give it back at once: tell it that this is over.
            nextBeatAt = now
            completePending(.done(movedText, downtime: now - yield.startedAt))
            return true
        }
        if livePeer(now: now) == nil, let limit = strangerLimit, now < limit {
            var patient = yield
            patient.until = max(yield.until, limit)
            state = .standby(.init(since: since, yielding: patient))
            return false
        }
        let failed = livePeer(now: now).flatMap { $0.role == .fault ? $0 : nil }
        guard now >= yield.until || failed != nil else { return false }
        // Its beats of the time between may not have arrived.
        let hadIt = failed.map { $0.resignedEpoch > resignedEpoch } ?? false
        let why =
            if hadIt {
                "took it and let go of it again"
            } else if failed != nil {
                "could not set the address"
            } else {
                "did not take it over in time"
            }
        let place = readiness.isAble ? "\(settings.own.name) takes it back" : "no node is able"
        completePending(.failed("\(settings.peer.name) \(why); \(place)"))
        // Until now the peer was free to take it at once. As a candidate this node says that this
        // is over, and acts when the peer knows or is silent.
        let takesBack = readiness.isAble && !hadIt
        state = .standby(.init(since: since, yielding: nil, takesBack: takesBack))
        return true
    }

    var movedText: String { "the virtual IP is on \(settings.peer.name)" }

    private func takeoverReason(_ standby: NodeState.Standby, now: Instant) -> ActivationReason? {
        if livePeer(now: now) == nil, let strangerLimit, now < strangerLimit { return nil }
        // What is read after a sleep may be as old as the sleep: a peer that was leaving then may
        // be back.
        if isNewlyAwake(now: now) { return nil }
        guard let peer = tracker.last else {
            let wait = settings.own.outranks(settings.peer) ? .zero : PairSettings.rankStep
            return now - standby.since >= wait ? .alone : nil
        }
        if peerIsReleased { return .peerReleased }
        guard case .alive = verdict(now: now) else {
            if peer.role == .stopping { return .peerStopped }
            // Nobody held it: the other side may be about to decide the same.
            let claimed = peer.role.claimsVIP || settings.own.outranks(settings.peer)
            let limit = silenceLimit + (claimed ? .zero : PairSettings.rankStep)
            guard let silentSince, now - silentSince >= limit else { return nil }
            return .peerSilent
        }
        if peer.role.claimsVIP { return nil }
        return reasonWithLivePeer(peer, now: now)
    }

    /// The peer is heard and does not hold the virtual IP.
    private func reasonWithLivePeer(_ peer: Beat, now: Instant) -> ActivationReason? {
        if peer.isYielding {
            return peer.activationReason == .none ? .failover : peer.activationReason
        }
        if peer.role == .stopping { return .peerStopped }
        guard peerKnowsCandidacy(now: now) else { return nil }
        switch peer.role {
        case .maintenance: return .peerMaintenance
        case .fault: return .peerNotReady
        case .starting, .standby: break
        case .activating, .active, .stopping: return nil
        }
        // A fenced peer asks who holds; it keeps its sessions if it may take the address again.
        if !peer.isFenced, isPreferred(over: peer) {
            // A higher-ranked node that is still looking round may be about to become able.
            let mayOvertake = peer.role == .starting && settings.peer.outranks(settings.own)
            if !mayOvertake { return .elected }
        }
        // Nobody acts although somebody could: better this node than none. By what this node
        // acknowledges the peer might act at the same instant.
        if settings.hasArbiter, isHeardByPeer(now: now) { return nil }
        let patience =
            peer.role == .starting
            ? settings.bootHold + settings.deadAfter : settings.deadAfter
        // It has to be heard while it does not act; what is older may not be true any more.
        guard let unclaimedSince, let heard = tracker.lastHeard,
            now - heard < settings.interval * 2
        else { return nil }
        return now - unclaimedSince >= patience + PairSettings.rankStep ? .elected : nil
    }
}
