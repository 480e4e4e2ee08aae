internal import Heartbeat
package import Primitives

/// What this node knows of the other one.
extension Node {
    /// The fence of the peer's last beat may outlive the configured limit.
    var silenceLimit: Duration {
        max(settings.deadAfter, .milliseconds(Int64(tracker.last?.fenceOutlives ?? 0)))
    }

    func verdict(now: Instant) -> FailureDetector.Verdict {
        // A release is death on good authority; whatever was heard before it no longer counts.
        if peerIsReleased { return .silent(since: tracker.lastHeard ?? now) }
        return FailureDetector(deadAfter: settings.deadAfter).verdict(
            lastHeard: tracker.lastHeard,
            fenceOutlives: .milliseconds(Int64(tracker.last?.fenceOutlives ?? 0)),
            now: now
        )
    }

    /// Somebody who may be the peer's new boot, and may hold the virtual IP already, has until then
    /// to prove itself. A recording never will, and costs no more than this.
    var strangerLimit: Instant? { strangerSince.map { $0 + settings.deadAfter } }

    var peerIsReleased: Bool { tracker.last?.kind == .release }

    /// The peer's last beat, while it counts as alive.
    func livePeer(now: Instant) -> Beat? {
        guard case .alive = verdict(now: now) else { return nil }
        return tracker.last
    }

    /// Whether the peer's last word may be acted on without asking. After dead-after it may be
    /// another one's virtual IP by now, though nothing was heard of it; what was read after a sleep
    /// may be as old as the sleep.
    func peerSpokeLately(now: Instant) -> Bool {
        guard let lastAt = tracker.lastAt, !isNewlyAwake(now: now) else { return false }
        return now - lastAt < settings.deadAfter
    }

    /// The first rail on which the peer said lately that it hears this boot; `nil` if there is
    /// none.
    package func railHeardByPeer(now: Instant) -> Int? {
        tracker.rails.firstIndex { rail in
            rail.peerHeardAt.map { now - $0 < settings.deadAfter } ?? false
        }
    }

    func isHeardByPeer(now: Instant) -> Bool { railHeardByPeer(now: now) != nil }

    /// Why the peer cannot take the virtual IP now; `nil` when it can.
    func handoverObstacle(now: Instant) -> String? {
        let name = settings.peer.name
        guard let peer = livePeer(now: now) else {
            guard let heard = tracker.lastHeard else { return "\(name) has never been heard" }
            let silence = Double((now - heard).milliseconds / 100) / 10
            return "\(name) has not been heard for \(silence) s"
        }
        guard isHeardByPeer(now: now) else { return "\(name) does not hear this node" }
        guard peer.role == .standby, !peer.isYielding else {
            if peer.isYielding { return "\(name) is giving it away itself" }
            let isStanding = peer.role == .maintenance || peer.role == .fault
            return "\(name) is \(isStanding ? "in " : "")\(peer.role)"
        }
        // With no usable server here either, say, nothing is lost by moving.
        let spared = ReadinessFlags.all.subtracting(.able).subtracting(readiness.flags)
        guard let first = peer.readiness.union(spared).shortcomings.first else { return nil }
        return "\(name) is not ready: \(first)"
    }

    mutating func receive(_ beat: Beat, rail: Int, now: Instant) {
        precondition(rail < settings.railCount, "a beat from a rail that is not configured")
        let reception = tracker.receive(beat, rail: rail, now: now) { sentAt.time(of: $0) }
        switch reception {
        case .dropped(.unprovenBoot):
            strangerSince = strangerSince ?? now
            // Tell a new boot our nonce at once.
            answerSoon(now: now)
        case .dropped:
            break
        case .accepted(let isNews, let isNewBoot):
            guard isNews else { return }
            strangerSince = nil
            epochs.saw(beat.highestEpoch)
            notePeerMAC(beat.vipMAC)
            if isNewBoot {
                log(.peerAppeared(peer: settings.peer.name, role: beat.role))
                answeredRequest = 0
                refusal = .none
                nextBeatAt = now
            }
            if beat.isFenced { answerSoon(now: now) }
            if beat.kind == .release { log(.peerReleased(peer: settings.peer.name)) }
        }
    }

    /// The next beat leaves now, but nobody makes us talk without end.
    private mutating func answerSoon(now: Instant) {
        let pause = settings.interval / 5
        guard lastReplyAt.map({ now - $0 >= pause }) ?? true else { return }
        lastReplyAt = now
        nextBeatAt = now
    }

    /// Keeps the memory of the peer's condition and reports what changed.
    mutating func notePeer(now: Instant) {
        let peer = livePeer(now: now)
        noteSilence(isSilent: peer == nil, now: now)
        let isReady = peer.map { $0.role == .standby && $0.readiness == .all } ?? false
        peerReadySince = isReady ? peerReadySince ?? now : nil
        let flags = peer?.readiness ?? []
        peerServesSince = flags.contains(.servers) ? peerServesSince ?? now : nil
        peerFitSince = flags.isSuperset(of: .fit) ? peerFitSince ?? now : nil
        noteUnclaimed(peer, now: now)
        guard let peer else {
            notHeardSince = nil
            return
        }
        reported.unauthentic = false
        reported.foreignVersion = false
        let differs = peer.configurationDigest != settings.configurationDigest
        if differs, !reported.configurationDiffers {
            log(.configurationDiffers(peer: settings.peer.name))
        }
        reported.configurationDiffers = differs
        noteDeafPeer(now: now)
    }

    private mutating func noteUnclaimed(_ peer: Beat?, now: Instant) {
        guard let peer, !peer.role.claimsVIP, !state.role.claimsVIP, !isYielding else {
            unclaimedSince = nil
            return
        }
        // A peer that has only just become the one to act gets its time.
        let wasPreferred = peerIsPreferred
        peerIsPreferred = peer.role == .standby && !isPreferred(over: peer)
        unclaimedSince = peerIsPreferred && !wasPreferred ? now : unclaimedSince ?? now
    }

    /// Somebody speaks at the peer's address while the peer is silent: most likely the peer itself,
    /// with another key. Each node would act alone.
    mutating func noteUnauthentic(now: Instant) {
        guard !reported.unauthentic, livePeer(now: now) == nil else { return }
        reported.unauthentic = true
        log(.unauthentic(peer: settings.peer.name))
    }

    /// The peer is silent, and somebody speaks a version that this node does not understand: an
    /// upgrade over a major version, where each node would act alone.
    mutating func noteForeignVersion(_ major: UInt8, now: Instant) {
        guard !reported.foreignVersion, livePeer(now: now) == nil else { return }
        reported.foreignVersion = true
        log(.foreignVersion(peer: settings.peer.name, major: major))
    }

    private mutating func noteDeafPeer(now: Instant) {
        guard !isHeardByPeer(now: now) else {
            notHeardSince = nil
            reported.notHeard = false
            return
        }
        let since = notHeardSince ?? now
        notHeardSince = since
        if !reported.notHeard, now - since >= settings.deadAfter {
            log(.notHeard(peer: settings.peer.name))
            reported.notHeard = true
        }
    }

    private mutating func noteSilence(isSilent: Bool, now: Instant) {
        guard let heard = tracker.lastHeard else { return }
        if isSilent, !reported.peerIsSilent, !peerIsReleased, tracker.last?.role != .stopping {
            log(.peerSilent(peer: settings.peer.name, for: now - heard))
        }
        if !isSilent, reported.peerIsSilent, case .active = state {
            // Nobody knows what its kernel answered meanwhile.
            output.append(.announceVIP)
        }
        reported.peerIsSilent = isSilent
    }

    mutating func log(_ notice: Notice) { output.append(.log(notice)) }
}
