internal import Heartbeat
internal import Primitives

/// How a holder gives the virtual IP up: the fence closes, the address goes, then the next state.
///
/// Its sessions are reset behind that (`VIPEvent.released`): a reset needs no address to leave
/// from, and no connection is accepted meanwhile that nobody would serve.
extension Node {
    mutating func yield(
        _ activation: NodeState.Activation,
        _ reason: ActivationReason,
        _ why: String,
        order: UInt32?,
        now: Instant
    ) {
        log(.yielding(to: settings.peer.name, why: why))
        release(activation, .yield(reason, order: order), now: now)
    }

    mutating func release(
        _ activation: NodeState.Activation,
        _ next: NodeState.Release.Next,
        now: Instant
    ) {
        contest = nil
        reported.twoHolders = false
        endInquiry()
        state = .releasing(.init(activation: activation, startedAt: now, next: next))
        output.append(.releaseVIP)
    }

    mutating func kernelAnswered(_ event: Event, now: Instant) {
        switch (event, state) {
        case (.vipHeld, .activating(let activation, _)):
            become(
                .active(activation),
                activation.reason.sentence(holder: settings.own.name, peer: settings.peer.name),
                now: now
            )
            if activation.reason.leavesSessions { output.append(.challengeSessions) }
            finishTakeoverOrder(now: now)
        case (.vipFailed(let reason), .activating(let activation, _)):
            abandon(activation, reason, now: now)
        case (.vipFailed(let reason), .releasing(let release)):
            keepAfterFailedRelease(release, reason, now: now)
        case (.vipReleased, .fenced(let fenced)):
            isClear(fenced)
        case (.vipFailed(let reason), .fenced(let fenced)):
            // The fence is closed: whatever is left there answers nobody.
            log(.vipFault(reason))
            isClear(fenced)
        case (.vipReleased, .releasing(let release)):
            released(release, now: now)
        default:
            // An answer that came after the question was dropped.
            break
        }
    }

    /// The address could not be set: this node is not able.
    mutating func abandon(
        _ activation: NodeState.Activation,
        _ reason: String,
        now: Instant
    ) {
        log(.vipFault(reason))
        output.append(.releaseVIP)
        completePending(.failed("the address could not be set: \(reason)"))
        fail(reason, now: now)
    }

    private mutating func fail(_ reason: String, now: Instant) {
        let fault = NodeState.Fault(
            reason: reason,
            since: now,
            retryAt: now + PairSettings.faultPause
        )
        become(.fault(fault), reason, now: now)
    }

    /// An address that cannot be removed still answers: say so and stay the holder, the only state
    /// that is true.
    private mutating func keepAfterFailedRelease(
        _ release: NodeState.Release,
        _ reason: String,
        now: Instant
    ) {
        log(.vipFault("cannot give it up: \(reason)"))
        releaseRetryAt = now + PairSettings.faultPause
        defer { completePending(.failed("the address could not be removed: \(reason)")) }
        guard fence == .none || (fence != .deadline && lease != nil) else {
            // Its traffic is fenced already, and somebody may have asked since: that is not to be
            // undone without asking.
            enterFenced(release.activation, now: now)
            return
        }
        state = .active(release.activation)
        nextBeatAt = now
        output.append(.holdVIP)
    }

    private mutating func released(_ release: NodeState.Release, now: Instant) {
        resignedEpoch = release.activation.epoch
        switch release.next {
        case .yield(let reason, let order):
            let yield = NodeState.Yield(
                until: now + PairSettings.yieldLimit,
                startedAt: release.startedAt,
                reason: reason,
                order: order
            )
            become(
                .standby(.init(since: now, yielding: yield)),
                "gave the virtual IP away",
                now: now
            )
        case .maintenance(let order):
            enterMaintenance(order: order, releasedAt: release.startedAt, now: now)
        case .fault(let reason):
            fail(reason, now: now)
        case .standDown:
            become(
                .standby(.init(since: now, yielding: nil)),
                "\(settings.peer.name) keeps it",
                now: now
            )
        case .stop:
            startStopping("stopped in order", now: now)
        }
    }

    mutating func startStopping(_ why: String, now: Instant) {
        become(.stopping(beatsLeft: 3, nextAt: now), why, now: now)
    }
}
