internal import Primitives

/// The rails, and what came of the talk with the other node.
extension Diagnosis {
    /// Percent; one lost beat in a window of 128 is no news.
    private static let noticeableLoss = 2.0

    static func rails(_ facts: Facts) -> [Finding] {
        facts.rails.enumerated().map { index, rail in
            let name = "rail \(index + 1) (\(rail.name))"
            if let fault = rail.fault {
                return Finding(
                    .rail,
                    .failure,
                    "\(name) cannot be opened: \(fault)",
                    advice: "its address or interface has to be on this node, and its port free"
                )
            }
            return rail.isHeard ? heard(rail, name, facts) : silent(rail, name, facts)
        }
    }

    private static func heard(_ rail: RailFact, _ name: String, _ facts: Facts) -> Finding {
        let peer = facts.peerName
        if facts.talk == .listened {
            return Finding(
                .rail,
                .unknown,
                "\(name): \(peer) is heard; whether it hears this node was not tried, since the "
                    + "virtual IP is here"
            )
        }
        guard rail.isHeardByPeer == true else {
            return Finding(
                .rail,
                .failure,
                "\(name) works in one direction only: \(peer) is heard and does not hear this node",
                advice: "a firewall or ACL on the way to \(peer), or another key there: let the "
                    + "heartbeat's UDP port pass, both ways"
            )
        }
        if let loss = rail.lossPercent, loss >= noticeableLoss {
            return Finding(
                .rail,
                .warning,
                "\(name) loses \(text(loss)) % of \(peer)'s beats",
                advice: "look for a full link, a duplex mismatch or a busy host"
            )
        }
        let trip = rail.roundTripMilliseconds.map { ", round trip \(text($0)) ms" } ?? ""
        return Finding(.rail, .fine, "\(name) works in both directions\(trip)")
    }

    private static func silent(_ rail: RailFact, _ name: String, _ facts: Facts) -> Finding {
        let peer = facts.peerName
        if facts.rails.contains(where: \.isHeard) {
            return Finding(
                .rail,
                .failure,
                "\(name): nothing arrives, although \(peer) is heard on another rail",
                advice: "a cable, VLAN, firewall or address of this rail, on either node"
            )
        }
        if rail.isRefused {
            return Finding(
                .rail,
                .warning,
                "\(name): the host of \(peer) is there, and no daemon listens",
                advice: "start \(peer), or run `ha-balancer doctor` on both nodes at one time"
            )
        }
        let drops = rail.drops.sorted { $0.key < $1.key }
        guard drops.isEmpty else {
            let list = drops.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
            return Finding(
                .rail,
                .failure,
                "\(name): what arrives cannot be believed (\(list))",
                advice: "see the key, below"
            )
        }
        return Finding(
            .rail,
            .failure,
            "\(name): nothing was heard of \(peer) in \(text(facts.heard.seconds)) s, and nothing "
                + "says that its host lives",
            advice: "if \(peer) is up: a firewall drops the heartbeat's UDP port, or the address "
                + "is wrong. If its daemon is not started yet, run this on both nodes at one time"
        )
    }

    static func peer(_ facts: Facts) -> [Finding] {
        guard facts.pair != nil, !facts.rails.isEmpty else { return [] }
        return [key(facts), hash(facts)]
    }

    private static func key(_ facts: Facts) -> Finding {
        let peer = facts.peerName
        let unauthentic = facts.rails.reduce(0) { $0 + $1.drops["unauthentic", default: 0] }
        let isHeard = facts.rails.contains(where: \.isHeard)
        if unauthentic > 0, !isHeard {
            return Finding(
                .key,
                .failure,
                "what \(peer) sends is signed with another key",
                advice: "copy the secret-file from one node to the other, and reload"
            )
        }
        if isHeard, !facts.rails.contains(where: { $0.isHeardByPeer == true }) {
            return Finding(
                .key,
                .unknown,
                "\(peer) signs with a key of this node; whether it believes this node is not "
                    + "known, since it does not hear it"
            )
        }
        guard isHeard else {
            return Finding(.key, .unknown, "nothing was heard to try the key on")
        }
        if unauthentic > 0 {
            return Finding(
                .key,
                .warning,
                "\(unauthentic) datagrams were signed with another key, beside those of \(peer)",
                advice: "a rotation half done, or a stranger at its address"
            )
        }
        return Finding(.key, .fine, "both nodes believe each other: the key is the same")
    }

    private static func hash(_ facts: Facts) -> Finding {
        let peer = facts.peerName
        switch facts.heard.hasSameConfiguration {
        case true?:
            return Finding(.configurationHash, .fine, "\(peer) has the same configuration")
        case false?:
            return Finding(
                .configurationHash,
                .warning,
                "\(peer) runs another configuration",
                advice: "compare the files, then `ha-balancer reload` on both"
            )
        case nil:
            return Finding(
                .configurationHash,
                .unknown,
                "\(peer) was not heard: its configuration is not known"
            )
        }
    }

    /// One digit after the point.
    static func text(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
