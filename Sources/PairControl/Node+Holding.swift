internal import Heartbeat
internal import Primitives

/// When a holder keeps the virtual IP, gives it away or loses it (design §5, Order, Two actives).
extension Node {
    mutating func keepOrLeave(_ activation: NodeState.Activation, now: Instant) {
        // What was refused at this very instant would be refused again, without end.
        guard now >= releaseRetryAt else { return }
        if leaveUnable(activation, now: now) { return }
        meetOtherHolder(activation, now: now)
        guard case .active = state else { return }
        guard let peer = livePeer(now: now) else {
            endContest()
            lookRound(activation, now: now)
            return
        }
        endInquiry()
        if peer.role.claimsVIP {
            settleContest(activation, peer, now: now)
            return
        }
        endContest()
        raiseEpoch(activation, now: now)
        answerRequest(peer, activation, now: now)
        guard case .active = state, handoverObstacle(now: now) == nil else { return }
        if peerServesBetter(peer, now: now) {
            yield(activation, .peerNotReady, "no server is usable here", order: nil, now: now)
        } else if let what = lacksWhatPeerHas(now: now) {
            yield(activation, .peerNotReady, what, order: nil, now: now)
        } else if settings.preempt, settings.peer.outranks(settings.own),
            let since = peerReadySince,
            now - since >= settings.bootHold
        {
            yield(activation, .preempted, "it has the higher priority", order: nil, now: now)
        }
    }

    /// No relay, or no carrier for as long as it takes the peer to act: holding on serves nobody,
    /// and keeps a node from acting that is not heard here.
    private mutating func leaveUnable(
        _ activation: NodeState.Activation,
        now: Instant
    ) -> Bool {
        guard let since = unableSince else { return false }
        // A relay that hangs has been watched for a while already, a carrier comes and goes.
        let hold = readiness.relayServes ? settings.deadAfter : .zero
        guard now - since >= hold else { return false }
        let what = readiness.shortcomings.first ?? "it is not able"
        if handoverObstacle(now: now) == nil {
            yield(activation, .peerNotReady, what, order: nil, now: now)
        } else {
            release(activation, .fault(what), now: now)
        }
        return true
    }

    /// A fault that both nodes share moves nothing, and neither does its end, which one of them
    /// sees first: the peer has to have had all that is missing here for as long.
    /// - Returns: what has been missing for long enough
    private func lacksWhatPeerHas(now: Instant) -> String? {
        guard let since = unfitSince, let peerSince = peerFitSince,
            now - max(since, peerSince) >= settings.fitHold
        else { return nil }
        var own = readiness
        // The servers have a rule of their own.
        own.serversUsable = true
        return own.shortcomings.first
    }

    /// A full outage of the databases moves nothing, and neither does its end: the peer must have
    /// seen one of them pass after this node last saw one fail, and have had one for as long.
    private func peerServesBetter(_ peer: Beat, now: Instant) -> Bool {
        guard let since = serverlessSince, let peerSince = peerServesSince,
            now - max(since, peerSince) >= PairSettings.serverHold
        else { return false }
        guard let failure = readiness.lastCheckFailure else { return true }
        return Int64(peer.checkSuccessAge) < (now - failure).milliseconds
    }

    /// The peer knows a higher epoch than this holder's: move above it, the virtual IP stays.
    private mutating func raiseEpoch(_ activation: NodeState.Activation, now: Instant) {
        guard epochs.highest > activation.epoch else { return }
        var raised = activation
        raised.epoch = epochs.next()
        state = .active(raised)
        nextBeatAt = now
        log(.epochRaised(to: raised.epoch, peer: settings.peer.name))
        // Perhaps the peer has been active meanwhile, and clients went to it.
        output.append(.announceVIP)
    }

    /// Two hold the virtual IP. Both freeze their numbers, exchange them, and decide alike.
    private mutating func settleContest(
        _ activation: NodeState.Activation,
        _ peer: Beat,
        now: Instant
    ) {
        var own: Election.Claim
        if let contest {
            own = contest
            // Readiness is never frozen: the peer compares what the last beat said.
            own.isReady = readiness.flags == .all
        } else {
            own = Election.Claim(
                isReady: readiness.flags == .all,
                sessions: UInt32(clamping: readiness.clientSessions),
                activeMilliseconds: UInt64(max(0, (now - activation.since).milliseconds)),
                member: settings.own
            )
            contest = own
            nextBeatAt = now
        }
        let other = Election.Claim(
            isReady: peer.readiness == .all,
            sessions: peer.clientSessions,
            activeMilliseconds: peer.activeMilliseconds,
            member: settings.peer
        )
        if peer.isContested {
            settle(activation, peer, keeps: own.beats(other), now: now)
        } else if let since = notHeardSince, now - since >= settings.interval * 3 {
            // The peer does not hear us and cannot decide. The one who hears gives way.
            settle(activation, peer, keeps: false, now: now)
        }
    }

    /// The other holder is gone; whoever heard both has to hear the survivor again.
    private mutating func endContest() {
        guard contest != nil else { return }
        contest = nil
        if !reported.twoHolders {
            log(.twoHolders(peer: settings.peer.name, survivor: settings.own.name))
        }
        reported.twoHolders = false
        output.append(.announceVIP)
    }

    private mutating func settle(
        _ activation: NodeState.Activation,
        _ peer: Beat,
        keeps: Bool,
        now: Instant
    ) {
        guard keeps else {
            log(.twoHolders(peer: settings.peer.name, survivor: settings.peer.name))
            release(activation, .standDown, now: now)
            return
        }
        // The numbers stay frozen until the peer lets go; its claim may repeat in the meantime.
        if !reported.twoHolders {
            reported.twoHolders = true
            log(.twoHolders(peer: settings.peer.name, survivor: settings.own.name))
        }
        guard peer.activationEpoch >= activation.epoch else { return }
        var raised = activation
        raised.epoch = epochs.next()
        state = .active(raised)
        nextBeatAt = now
        output.append(.announceVIP)
    }
}
