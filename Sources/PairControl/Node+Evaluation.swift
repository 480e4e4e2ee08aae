internal import Heartbeat
internal import Primitives

/// The transitions: looked at after every event until nothing changes any more.
extension Node {
    mutating func evaluate(now: Instant) {
        // Each round makes one transition; no chain is longer than the number of states.
        for _ in 0..<8 {
            let before = state
            step(now: now)
            if state == before { break }
        }
        followOrder(now: now)
        followMaintenance(now: now)
        if let epoch = epochs.dueReservation() { output.append(.reserveEpochs(upTo: epoch)) }
    }

    private mutating func step(now: Instant) {
        switch state {
        case .starting(let until): leaveStarting(until: until, now: now)
        case .standby(let standby): considerTakeover(standby, now: now)
        case .activating(let activation, let until):
            if now >= until {
                abandon(activation, "the kernel did not acknowledge the address in time", now: now)
            }
        case .active(let activation): keepOrLeave(activation, now: now)
        case .fenced(let fenced): considerResuming(fenced, now: now)
        case .fault(let fault):
            guard now >= fault.retryAt else { break }
            if readiness.isAble {
                become(.standby(.init(since: now, yielding: nil)), "able again", now: now)
            } else {
                var waiting = fault
                waiting.retryAt = now + PairSettings.faultPause
                state = .fault(waiting)
            }
        case .maintenance, .releasing: break
        case .stopping(let beatsLeft, let nextAt): sayGoodbye(beatsLeft, nextAt, now: now)
        }
    }

    /// A node stops listening early when it knows all it could learn by waiting.
    private mutating func leaveStarting(until: Instant, now: Instant) {
        let standby = NodeState.standby(.init(since: now, yielding: nil))
        if let peer = livePeer(now: now), isHeardByPeer(now: now) {
            if peer.role.claimsVIP {
                become(standby, "\(settings.peer.name) holds the virtual IP", now: now)
                return
            }
            if readiness.checksSettled, readiness.isAble {
                become(standby, "\(settings.peer.name) is heard and hears this node", now: now)
                return
            }
        }
        if now >= until { become(standby, "boot hold is over", now: now) }
    }

    mutating func become(_ next: NodeState, _ why: String, now: Instant) {
        let from = state.role
        state = next
        if !next.holdsVIP {
            lease = nil
            forgetWins()
        }
        nextBeatAt = now
        candidacy = nil
        endInquiry()
        segment.otherHolder = nil
        guard from != next.role else { return }
        let epoch = activationEpoch
        output.append(.log(.roleChanged(from: from, to: next.role, epoch: epoch, why: why)))
        history.append(.init(at: now, from: from, to: next.role, epoch: epoch, why: why))
        if history.count > Self.historyLimit { history.removeFirst() }
    }

    /// The epoch of the current activation, else the highest seen.
    package var activationEpoch: UInt64 {
        switch state {
        case .activating(let activation, _), .active(let activation): activation.epoch
        case .releasing(let release): release.activation.epoch
        case .fenced(let fenced): fenced.activation.epoch
        default: epochs.highest
        }
    }

    private mutating func sayGoodbye(_ beatsLeft: Int, _ nextAt: Instant, now: Instant) {
        guard now >= nextAt else { return }
        guard beatsLeft > 0 else {
            output.append(.exit)
            state = .stopping(beatsLeft: 0, nextAt: .distantFuture)
            return
        }
        nextBeatAt = now
        state = .stopping(beatsLeft: beatsLeft - 1, nextAt: now + .milliseconds(5))
    }
}
