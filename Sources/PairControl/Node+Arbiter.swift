internal import Heartbeat
internal import Primitives

/// Something outside the pair says who may hold the virtual IP while the other node is silent
/// (design §5, Takeover 4): a record that only a compare-and-set changes, and that no time takes
/// away from anybody.
///
/// A holder that is not acknowledged writes again and again. Who wants to take over writes only
/// when nobody has written for as long as the other one's lease can last. So whoever can still
/// write stays, and no two leases overlap, however the network is cut.
///
/// docs/model/arbiter.pml has these rules in Promela: who changes them here changes them there.
extension Node {
    struct Arbitration: Equatable, Sendable {
        struct Known: Equatable, Sendable {
            var record: ArbiterRecord?
            var revision: UInt64
            /// When an answer showed first that this is the last that somebody else wrote.
            var since: Instant
        }

        struct Question: Equatable, Sendable {
            var askedAt: Instant
            /// What would be written; `nil` of a read.
            var record: ArbiterRecord?
            /// Whether this node may hold if it is written.
            var isClaim = false
        }

        /// `nil` after a failure too: what was to be written may have been.
        var known: Known?
        /// The last that was seen there, for people.
        var record: ArbiterRecord?
        var question: Question?
        /// This node has written that it holds alone, was told so, and has asked for nothing else.
        var isAloneWritten = false
        var nextAt = Instant.zero
        /// When the last claim that was won was asked.
        var wonAt: Instant?
        /// Why the last question failed.
        var fault: String?
        /// For this event: the virtual IP would be taken if the arbiter agreed.
        var isWanted = false
        /// Since when the peer's beats are not acknowledged, although they are heard.
        var mutedAt: Instant?
        /// Beats from this one on say that this node takes part.
        var presentFrom: UInt64 = 1
        /// The peer has acknowledged one of those.
        var isPresenceKnown = false
        /// What was said already.
        var saidHeld = false
        var saidRefused = false
    }

    /// Whether a holder's beat of `t0` pays for a lease.
    ///
    /// The peer that heard a beat acts no sooner than dead-after behind it, and who takes over by
    /// the arbiter, no sooner than dead-after behind what this node wrote.
    func mayHold(at t0: Instant) -> Bool {
        guard settings.hasArbiter, !isPeerAway(now: t0) else { return true }
        guard let paidAt = [acknowledgedAt, arbitration.wonAt].compactMap({ $0 }).max()
        else { return false }
        return t0 - paidAt < leaseRule.patience
    }

    /// When the newest beat left that the peer has acknowledged.
    private var acknowledgedAt: Instant? {
        tracker.rails.compactMap { sentAt.time(of: $0.peerHeardSequence) }.max()
    }

    /// The peer has taken leave, and cannot come back without asking: it is not silent, it is away.
    private func isPeerAway(now: Instant) -> Bool {
        guard hasPeerLeft else { return false }
        // Who takes over long after has to ask: the peer may be back, and not heard.
        return state.holdsVIP || peerSpokeLately(now: now) || arbitration.isAloneWritten
    }

    private func isOwnAlone(_ record: ArbiterRecord) -> Bool {
        record.isAlone && record.holder == settings.own.name
    }

    private var hasPeerLeft: Bool {
        tracker.last.map { $0.role == .stopping || $0.role == .maintenance } ?? false
    }

    /// Before this node takes the virtual IP, at the very instant: if it has to be won first, it is
    /// asked for.
    mutating func arbiterPermits(now: Instant) -> Bool {
        if mayHold(at: now) { return true }
        arbitration.isWanted = true
        return false
    }

    /// Whether the peer may hold without asking, since this node took leave, and does not know that
    /// it is back.
    private var isRefused: Bool {
        guard let record = arbitration.known?.record else { return false }
        return record.isAlone && record.holder == settings.peer.name
            && !arbitration.isPresenceKnown
    }

    mutating func take(_ answer: ArbiterAnswer, askedAt: Instant, now: Instant) {
        // A late one counts for nothing: its question has been given up.
        guard let question = arbitration.question, question.askedAt == askedAt else { return }
        arbitration.question = nil
        arbitration.nextAt = now + PairSettings.arbiterPause
        switch answer {
        case .failed(let reason):
            failed(reason, now: now)
            return
        case .found(let record, let revision):
            if arbitration.known?.revision != revision {
                arbitration.known = .init(record: record, revision: revision, since: now)
            }
            arbitration.record = record
            if record.map(isOwnAlone) != true { arbitration.isAloneWritten = false }
            if let record, record.holder == settings.peer.name { epochs.saw(record.epoch) }
        case .written(let revision):
            // Nobody else has written since.
            let since = arbitration.known?.since ?? now
            arbitration.known = .init(record: question.record, revision: revision, since: since)
            arbitration.record = question.record
            arbitration.isAloneWritten = question.record.map(isOwnAlone) ?? false
            if question.isClaim {
                arbitration.wonAt = askedAt
                if isLeased, !isAcknowledged(now: now) { nextBeatAt = now }
            }
        }
        if arbitration.fault != nil { log(.arbiterAnswers) }
        arbitration.fault = nil
    }

    /// What a holder wins, without waiting, only prolongs: who takes over has to have waited.
    mutating func forgetWins() {
        arbitration.wonAt = nil
        arbitration.question?.isClaim = false
    }

    private mutating func failed(_ reason: String, now: Instant) {
        arbitration.known = nil
        if isLeased, !isAcknowledged(now: now) { arbitration.nextAt = now + settings.interval }
        if arbitration.fault == nil { log(.arbiterLost(reason)) }
        arbitration.fault = reason
    }

    /// Acknowledgements are up to two beats old, where everything is well.
    private var acknowledgementLimit: Duration { settings.interval * 2 + settings.interval / 4 }

    private func isAcknowledged(now: Instant) -> Bool {
        if isPeerAway(now: now) { return true }
        return acknowledgedAt.map { now - $0 < acknowledgementLimit } ?? false
    }

    /// The last thing of every event: asks what has to be asked, one question at a time.
    mutating func followArbiter(now: Instant) {
        defer { arbitration.isWanted = false }
        guard settings.hasArbiter else { return }
        notePresence()
        noteDeafness(now: now)
        noteWords(now: now)
        if let question = arbitration.question {
            guard now - question.askedAt >= PairSettings.arbiterLimit else { return }
            arbitration.question = nil
            failed("no answer for \(PairSettings.arbiterLimit.milliseconds) ms", now: now)
        }
        guard let known = arbitration.known else {
            if now >= arbitration.nextAt { ask(.init(askedAt: now), over: 0) }
            return
        }
        if let question = dueWrite(over: known, now: now) {
            ask(question, over: known.revision)
        } else if now >= arbitration.nextAt {
            ask(.init(askedAt: now), over: 0)
        }
    }

    private mutating func ask(_ question: Arbitration.Question, over revision: UInt64) {
        arbitration.question = question
        // Whether it is answered or not, it may be written: alone is not certain any more.
        if let record = question.record, !record.isAlone { arbitration.isAloneWritten = false }
        let kind: ArbiterRequest.Kind =
            question.record.map { .write($0, over: revision) } ?? .read
        output.append(.askArbiter(ArbiterRequest(askedAt: question.askedAt, kind: kind)))
    }

    private func dueWrite(over known: Arbitration.Known, now: Instant) -> Arbitration.Question? {
        var record = ArbiterRecord(
            holder: settings.own.name,
            epoch: activationEpoch,
            isAlone: hasPeerLeft
        )
        if isLeased, lease != nil {
            let isWon = arbitration.wonAt.map { now - $0 < settings.interval } ?? false
            let isDue = !isAcknowledged(now: now) && !isWon
            guard isDue || known.record != record else { return nil }
            return .init(askedAt: now, record: record, isClaim: true)
        }
        if arbitration.isWanted {
            guard !isRefused, isUnacknowledged(now: now), now - known.since >= silenceLimit
            else { return nil }
            record.epoch = epochs.highest + 1
            return .init(askedAt: now, record: record, isClaim: true)
        }
        // Whoever is not the holder, or is leaving, does not hold alone.
        guard let left = known.record, isOwnAlone(left), !state.holdsVIP
        else { return nil }
        record.epoch = left.epoch
        record.isAlone = false
        return .init(askedAt: now, record: record)
    }

    /// A peer that is heard and hears nothing might hold by what this node acknowledges, as soon as
    /// it hears again. Where this node may have to take over from it, it is not acknowledged.
    private mutating func noteDeafness(now: Instant) {
        let isDeaf = livePeer(now: now)?.role.claimsVIP == false && !isHeardByPeer(now: now)
        arbitration.mutedAt = isDeaf && !state.holdsVIP ? arbitration.mutedAt ?? now : nil
    }

    /// Whether the peer cannot hold any more by what this node acknowledged.
    private func isUnacknowledged(now: Instant) -> Bool {
        guard livePeer(now: now) != nil else { return true }
        return arbitration.mutedAt.map { now - $0 >= settings.deadAfter } ?? false
    }

    /// Its own beats say whether this node takes part; the peer may hold alone until it knows.
    private mutating func notePresence() {
        if state.role == .maintenance || state.role == .stopping {
            arbitration.presentFrom = sequence + 1
            arbitration.isPresenceKnown = false
        } else if tracker.rails.contains(where: {
            $0.peerHeardSequence >= arbitration.presentFrom
        }) {
            arbitration.isPresenceKnown = true
        }
    }

    private mutating func noteWords(now: Instant) {
        let isHeld = state.role == .active && !isAcknowledged(now: now)
        if isHeld, !arbitration.saidHeld, livePeer(now: now) == nil {
            arbitration.saidHeld = true
            log(.heldByArbiter(peer: settings.peer.name))
        }
        if !isHeld { arbitration.saidHeld = false }
        let isRefused = arbitration.isWanted && isRefused
        if isRefused, !arbitration.saidRefused, let record = arbitration.known?.record {
            arbitration.saidRefused = true
            log(.refusedByArbiter(peer: settings.peer.name, record))
        }
        if livePeer(now: now) != nil || state.role.claimsVIP { arbitration.saidRefused = false }
    }

    /// When it is due again to ask, or to look.
    var arbiterDeadline: Instant {
        guard settings.hasArbiter else { return .distantFuture }
        if let question = arbitration.question {
            return question.askedAt + PairSettings.arbiterLimit
        }
        var next = arbitration.nextAt
        let claimable: Instant? =
            if isLeased, lease != nil {
                [
                    acknowledgedAt.map { $0 + acknowledgementLimit },
                    arbitration.wonAt.map { $0 + settings.interval },
                ].compactMap { $0 }.max()
            } else {
                [
                    arbitration.known.map { $0.since + silenceLimit },
                    arbitration.mutedAt.map { $0 + settings.deadAfter },
                ].compactMap { $0 }.max()
            }
        if let claimable, claimable > handledAt { next = min(next, claimable) }
        return next
    }
}

/// What `status` says of the arbiter.
package struct ArbiterView: Equatable, Sendable {
    /// What was seen there last.
    package var record: ArbiterRecord?
    /// Why it could not be asked; `nil` while it answers.
    package var fault: String?
    /// The virtual IP is here by its word alone.
    package var confirmsHolder: Bool
    /// This node must not take the virtual IP, because of the record.
    package var refuses: Bool
}

extension Node {
    /// `nil` without an arbiter.
    package var arbiter: ArbiterView? {
        guard settings.hasArbiter else { return nil }
        return ArbiterView(
            record: arbitration.record,
            fault: arbitration.fault,
            confirmsHolder: arbitration.saidHeld,
            refuses: arbitration.saidRefused
        )
    }
}
