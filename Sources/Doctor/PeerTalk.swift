internal import Diagnosis
internal import Glibc
internal import Heart
internal import Heartbeat
internal import LinuxIO
internal import PairControl
internal import Primitives

/// Speaks to the other node in place of a daemon: with the shipped state machine, in maintenance,
/// so that it can neither want nor get the virtual IP. What the other node says in its beats tells
/// what arrived there.
struct PeerTalk {
    let settings: HeartSettings
    let patience: Duration
    /// Sends nothing.
    let onlyListens: Bool

    init(_ settings: HeartSettings, patience: Duration, onlyListens: Bool) {
        self.settings = settings
        self.patience = patience
        self.onlyListens = onlyListens
    }

    func run() -> ([RailFact], PeerFact) {
        let line = RailSet(settings)
        var node = Node(
            settings.pair,
            bootID: UInt64.random(in: 1...UInt64.max),
            nonce: UInt64.random(in: 1...UInt64.max),
            reservedEpoch: 0,
            inMaintenance: true,
            now: .now
        )
        // Of those that are signed with our key, the last on each rail. The state machine believes
        // a boot only after it has answered a challenge, which who does not hear us cannot.
        var authentic: [Int: Beat] = [:]
        let start = Instant.now
        let end = start + patience
        carryOut(node.handle(.timer, now: start), line)
        while Instant.now < end {
            line.wait(until: min(node.nextDeadline, end))
            for (rail, bytes) in line.receiveAll() {
                let result = FrameCodec.decode(bytes[...], by: settings.keys)
                if case .success(let beat) = result, beat.isFrom(settings.pair.peer.id) {
                    authentic[rail] = beat
                }
                carryOut(node.handle(.datagram(result, rail: rail), now: .now), line)
            }
            if .now >= node.nextDeadline { carryOut(node.handle(.timer, now: .now), line) }
        }
        let facts = (rails(node, line, authentic), peer(node, authentic))
        sayGoodbye(&node, line)
        return facts
    }

    /// In order, so that the other node does not miss somebody who was never there.
    private func sayGoodbye(_ node: inout Node, _ line: RailSet) {
        let limit = Instant.now + .milliseconds(200)
        carryOut(node.handle(.order(Order(id: 1, kind: .stop)), now: .now), line)
        while case .stopping = node.state, Instant.now < limit {
            line.wait(until: min(node.nextDeadline, limit))
            let directives = node.handle(.timer, now: .now)
            carryOut(directives, line)
            if directives.contains(.exit) { return }
        }
    }

    /// Of all that a node may want done, only speaking is done here.
    private func carryOut(_ directives: [Directive], _ line: RailSet) {
        guard !onlyListens else { return }
        for directive in directives {
            guard case .send(let beat, let rail) = directive else { continue }
            line.send(FrameCodec.encode(beat, by: settings.keys), rail: rail)
        }
    }

    private func rails(
        _ node: Node,
        _ line: RailSet,
        _ authentic: [Int: Beat]
    ) -> [RailFact] {
        line.names.enumerated().map { index, name in
            var fact = RailFact(name)
            fact.fault = line.faults[index]
            fact.isRefused = line.refused.contains(index)
            let statistics = node.tracker.rails[index]
            fact.isHeard = authentic[index] != nil
            if fact.isHeard, !onlyListens {
                fact.isHeardByPeer = statistics.peerHeardSequence > 0
            }
            if statistics.lastHeard != nil {
                fact.lossPercent = Double(statistics.lossPermille) / 10
            }
            fact.roundTripMilliseconds = statistics.roundTrip.average.map {
                Double($0.nanoseconds) / 1e6
            }
            // That is how every talk begins, and all there is with who does not hear us.
            for (reason, count) in statistics.drops where reason != .unprovenBoot {
                fact.drops[reason.rawValue] = Int(clamping: count)
            }
            return fact
        }
    }

    private func peer(_ node: Node, _ authentic: [Int: Beat]) -> PeerFact {
        var fact = PeerFact()
        fact.seconds = Double(patience.milliseconds) / 1000
        let last = authentic.values.max { $0.sequence < $1.sequence }
        guard let beat = node.tracker.last ?? last else { return fact }
        fact.role = "\(beat.role)"
        fact.isHolder = beat.role.claimsVIP
        fact.hasSameConfiguration =
            beat.configurationDigest == settings.pair.configurationDigest
        fact.serversAreUsable = beat.role == .maintenance ? nil : beat.readiness.contains(.servers)
        if beat.vipMAC != .zero { fact.macs.insert(beat.vipMAC) }
        return fact
    }
}

extension Beat {
    fileprivate func isFrom(_ node: UInt64) -> Bool { nodeID == node && kind == .beat }
}
