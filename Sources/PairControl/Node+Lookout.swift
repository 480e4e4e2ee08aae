internal import Heartbeat
internal import Primitives

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

    /// Somebody else answers for the virtual IP, or announces it. Where beats are heard they
    /// decide; with ARP alone the rank does.
    mutating func meetOtherHolder(_ activation: NodeState.Activation, now: Instant) {
        guard let mac = segment.otherHolder else { return }
        segment.otherHolder = nil
        let isPeer = segment.mayBePeer(mac)
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
    mutating func raise(_ alarm: SegmentAlarm, now: Instant) {
        guard segment.alarm != alarm else { return }
        segment.alarm = alarm
        segment.alarmSince = now
        log(.segment(alarm, peer: settings.peer.name, isHolder: state.holdsVIP))
    }

    mutating func clearAlarm(now: Instant) {
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
