internal import Heartbeat
internal import Primitives

/// What this node says, and when.
extension Node {
    /// Sends one beat on every rail if one is due.
    mutating func sendBeats(now: Instant) {
        guard now >= nextBeatAt else { return }
        sequence += 1
        sentAt.record(sequence, now)
        for rail in 0..<settings.railCount {
            output.append(.send(beat(rail: rail, now: now), rail: rail))
        }
        renewLease(beatAt: now)
        // A late wake-up does not make a burst: the rhythm starts anew.
        let due = nextBeatAt + settings.interval
        nextBeatAt = due > now ? due : now + settings.interval
    }

    private func beat(rail: Int, now: Instant) -> Beat {
        let statistics = tracker.rails[rail]
        var beat = Beat(
            pairID: settings.id,
            nodeID: settings.own.id,
            bootID: bootID,
            sequence: sequence,
            role: state.role
        )
        beat.challenge = tracker.nonce
        beat.echo = tracker.peerChallenge
        if let heard = statistics.lastHeard, statistics.highestSequence > 0,
            let last = tracker.last,
            arbitration.mutedAt == nil
        {
            beat.heardBootID = last.bootID
            beat.heardSequence = statistics.highestSequence
            beat.heldMicroseconds = UInt32(clamping: (now - heard).nanoseconds / 1000)
            beat.lossPermille = statistics.lossPermille
        }
        describe(into: &beat, now: now)
        return beat
    }

    private func describe(into beat: inout Beat, now: Instant) {
        beat.readiness = readiness.flags
        beat.highestEpoch = epochs.highest
        beat.resignedEpoch = resignedEpoch
        beat.clientSessions = UInt32(clamping: readiness.clientSessions)
        beat.checkSuccessAge = age(of: readiness.lastCheckSuccess, now: now)
        beat.checkFailureAge = age(of: readiness.lastCheckFailure, now: now)
        beat.fence = fence
        beat.fenceOutlives = fenceOutlives
        beat.vipMAC = vipMAC
        beat.configurationDigest = settings.configurationDigest
        beat.refusedRequestID = refusal == .none ? 0 : answeredRequest
        beat.refusal = refusal
        if let pending, case .failover = pending.order.kind, pending.vacantSince == nil,
            !state.role.claimsVIP, !isYielding
        {
            beat.requestID = pending.order.id
        }
        switch state {
        case .activating(let activation, _), .active(let activation):
            describe(activation, into: &beat, now: now)
        case .releasing(let release):
            describe(release.activation, into: &beat, now: now)
        case .standby(let standby):
            beat.isYielding = standby.yielding != nil
            if let yielding = standby.yielding {
                beat.activationReason = yielding.reason
                beat.yieldingMicroseconds = UInt32(
                    clamping: (now - yielding.startedAt).nanoseconds / 1000
                )
            }
        case .fenced:
            beat.isFenced = true
        case .starting, .maintenance, .fault, .stopping:
            break
        }
    }

    private func describe(
        _ activation: NodeState.Activation,
        into beat: inout Beat,
        now: Instant
    ) {
        beat.activationEpoch = activation.epoch
        beat.activationReason = activation.reason
        beat.activeMilliseconds = UInt64(max(0, (now - activation.since).milliseconds))
        if let contest {
            beat.isContested = true
            beat.clientSessions = contest.sessions
            beat.activeMilliseconds = contest.activeMilliseconds
        }
    }

    private func age(of instant: Instant?, now: Instant) -> UInt32 {
        guard let instant else { return .max }
        return UInt32(clamping: max(0, (now - instant).milliseconds))
    }

    var isYielding: Bool {
        if case .standby(let standby) = state { standby.yielding != nil } else { false }
    }
}
