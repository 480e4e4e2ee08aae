package import Heartbeat
internal import Primitives

/// The lease of the virtual IP, from the holder's side (design §5, Fence lease).
extension Node {
    /// What the shell has found to be possible here; told before the first event, and again when it
    /// turns out otherwise.
    package mutating func setFence(_ kind: FenceKind) { fence = kind }

    var leaseRule: FenceLease {
        FenceLease(
            interval: settings.interval,
            deadAfter: settings.deadAfter,
            hasArbiter: settings.hasArbiter
        )
    }

    /// How long the kernel can let this node's traffic pass after a beat, in milliseconds; nothing
    /// of a node that does not hold.
    package var fenceOutlives: UInt16 {
        guard state.holdsVIP else { return 0 }
        return UInt16(clamping: fence.outlives(leaseRule).milliseconds)
    }

    /// The last step of a beat: what it paid for is told to the kernel. `now` was read before the
    /// beat left, so a process that was stopped since then stores a time that is past.
    mutating func renewLease(beatAt now: Instant) {
        guard fence != .none, isLeased, mayHold(at: now) else { return }
        let end =
            if case .activating = state {
                leaseRule.end(opening: now, previous: sentAt.time(of: sequence - 1))
            } else {
                leaseRule.end(forBeatAt: now)
            }
        lease = end
        output.append(.renewLease(until: end))
    }

    /// Not while the addresses are being removed: then nothing is to be opened again.
    var isLeased: Bool {
        switch state {
        case .activating, .active: true
        case .starting, .standby, .releasing, .fenced, .maintenance, .fault, .stopping: false
        }
    }

    /// Beats are due so often that a long pause between two events was a sleep: the process was
    /// stopped, or its host. What was not heard in that time says nothing.
    mutating func noticeSleep(now: Instant) {
        let isLate = now - handledAt >= leaseRule.duration
        handledAt = now
        guard isLate else { return }
        awakeSince = now
        wokenAt = now
        unclaimedSince = nil
        endInquiry()
        if case .fenced(var fenced) = state {
            // So is an answer: it is asked anew.
            fenced.askedFrom = sequence + 1
            fenced.until = now + settings.deadAfter
            nextBeatAt = now
            state = .fenced(fenced)
        }
    }

    /// Who holds the virtual IP now is heard before this is over.
    func isNewlyAwake(now: Instant) -> Bool {
        wokenAt.map { now - $0 < settings.deadAfter } ?? false
    }

    /// Since when the peer has been silent while this node listened.
    var silentSince: Instant? { tracker.lastHeard.map { max($0, awakeSince) } }

    /// The next thing of every event: a holder whose lease has run out was fenced by its kernel.
    /// It steps down before it could act on the belief that it holds, and never prolongs.
    mutating func noticeBrokenLease(now: Instant) {
        guard let end = lease, now >= end else { return }
        breakLease(endedAt: end, now: now)
    }

    /// The kernel refused to prolong it: this process was late between two of its own steps.
    mutating func leaseWasRefused(now: Instant) {
        guard lease != nil else { return }
        breakLease(endedAt: now, now: now)
    }

    private mutating func breakLease(endedAt end: Instant, now: Instant) {
        lease = nil
        contest = nil
        reported.twoHolders = false
        let wasAway = awakeSince == now || mayHold(at: now)
        log(wasAway ? .leaseRanOut(ago: now - end) : .leaseNotConfirmed(ago: now - end))
        switch state {
        case .activating(let activation, _), .active(let activation):
            enterFenced(activation, now: now)
        case .releasing:
            // It is leaving anyway.
            break
        case .starting, .standby, .fenced, .maintenance, .fault, .stopping:
            preconditionFailure("a lease of what is not held")
        }
    }

    mutating func enterFenced(_ activation: NodeState.Activation, now: Instant) {
        let fenced = NodeState.Fenced(
            activation: activation,
            since: now,
            askedFrom: sequence + 1,
            until: now + settings.deadAfter
        )
        become(.fenced(fenced), "its lease had run out", now: now)
        output.append(.suspendVIP)
    }

    mutating func isClear(_ fenced: NodeState.Fenced) {
        var clear = fenced
        clear.isClear = true
        state = .fenced(clear)
    }

    /// Takes the virtual IP again, with its sessions, if no other node has taken it; else lets go
    /// of both.
    mutating func considerResuming(_ fenced: NodeState.Fenced, now: Instant) {
        guard fenced.isClear else { return }
        guard readiness.isAble else {
            standDown(fenced, "it is not able to hold it", now: now)
            return
        }
        guard let peer = livePeer(now: now) else {
            if let record = arbitration.known?.record, record.holder == settings.peer.name,
                record.epoch > fenced.activation.epoch
            {
                log(.lostWhileFenced(to: settings.peer.name))
                standDown(fenced, "by the arbiter \(settings.peer.name) holds it", now: now)
                return
            }
            // Even then it asks: what shut the fence may have been a probe, and at this instant it
            // would be refused again, without end.
            let hasLeft =
                (peerIsReleased || tracker.last?.role == .stopping) && peerSpokeLately(now: now)
            if hasLeft || now >= fenced.until {
                resumeIfFree(fenced, now: now)
            } else {
                endInquiry()
            }
            return
        }
        if peer.role.claimsVIP || epochs.highest > fenced.activation.epoch {
            log(.lostWhileFenced(to: settings.peer.name))
            standDown(fenced, "\(settings.peer.name) has taken it", now: now)
            return
        }
        // Both were stopped: one of them has to wait.
        let isFirst = !peer.isFenced || settings.own.outranks(settings.peer)
        let isAnswered = tracker.rails.contains { $0.peerHeardSequence >= fenced.askedFrom }
        if isAnswered, isFirst {
            resumeIfFree(fenced, now: now)
        } else if now >= fenced.until {
            // It is heard and does not hear: it will take the virtual IP for silence.
            log(.lostWhileFenced(to: settings.peer.name))
            standDown(fenced, "\(settings.peer.name) does not answer", now: now)
        } else {
            endInquiry()
        }
    }

    /// What the beats say, or do not say, is asked on the segment too.
    private mutating func resumeIfFree(_ fenced: NodeState.Fenced, now: Instant) {
        switch askSegment(now: now) {
        case .pending: break
        case .free: if arbiterPermits(now: now) { activate(.resumed, now: now) }
        case .isolated: standDown(fenced, "nobody on its segment answers", now: now)
        case .held:
            log(.lostWhileFenced(to: settings.peer.name))
            standDown(fenced, "\(settings.peer.name) answers for the virtual IP", now: now)
        }
    }

    private mutating func standDown(_ fenced: NodeState.Fenced, _ why: String, now: Instant) {
        resetFencedSessions()
        become(.standby(.init(since: now, yielding: nil)), why, now: now)
    }

    /// Sessions that were kept for the case that nobody else holds, which is now over. FIN and RST
    /// pass a closed fence.
    mutating func resetFencedSessions() {
        guard case .fenced = state else { return }
        output.append(.resetSessions)
    }
}
