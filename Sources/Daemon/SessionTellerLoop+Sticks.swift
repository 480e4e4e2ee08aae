internal import BalancerCore
internal import Heart
internal import Heartbeat
internal import PairControl
internal import Primitives
internal import SessionLedger

/// Stick tables: told by the node that serves, followed by the other one.
extension SessionTellerLoop {
    func stickMessages(now: Instant) -> [LedgerMessage] {
        sticks.messages(to: audience, backends: backends, now: now)
    }

    private var audience: StickWriter.Audience? {
        guard let node = heart.snapshot?.node, let peer = node.tracker.last,
            // Earlier versions have no stick tables.
            peer.version.minor >= 2
        else { return nil }
        return StickWriter.Audience(
            own: node.state.role,
            peer: peer.role,
            boot: peer.bootID,
            epoch: node.epochs.highest
        )
    }

    func adopt(_ excerpt: StickExcerpt, from source: StickSource, now: Instant) {
        // Sent before the other node knew that this one serves.
        guard let node = heart.snapshot?.node, StickWriter.follows(own: node.state.role) else {
            return
        }
        let backend = backends.first { $0.name == excerpt.backend }
        let drops = backend?.adopt(excerpt, from: source, now: now) ?? [.unknownTable: 1]
        for (reason, count) in drops {
            state.drops[reason.rawValue, default: 0] += UInt64(count)
        }
    }

    func publishSticks() {
        let standings = backends.compactMap(\.stickStanding)
        let isTelling = sticks.isTelling
        state.sticks = SessionTeller.Sticks(
            told: isTelling ? standings.reduce(0) { $0 + $1.entries - $1.untold } : 0,
            known: isTelling ? 0 : standings.reduce(0) { $0 + $1.copies },
            isComplete: !isTelling && standings.allSatisfy(\.isComplete),
            untold: sticks.untold
        )
    }
}
