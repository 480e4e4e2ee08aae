internal import Primitives

/// Whether the arbiter can be asked, fast enough, and what it says.
extension Diagnosis {
    static func arbiter(_ facts: Facts) -> [Finding] {
        let answered = facts.arbiter.filter { $0.cluster != nil }
        return facts.arbiter.map { fact in
            switch fact.result {
            case .failed(let why): unreachable(why, others: answered.count)
            case .answered(let says, let time, let cluster):
                if let first = answered.first, first.cluster != cluster {
                    stray(fact, first)
                } else if time > facts.interval {
                    slow(fact, time, facts.interval)
                } else {
                    good(fact, says, time)
                }
            }
        }
    }

    private static func unreachable(_ why: String, others: Int) -> Finding {
        Finding(
            .arbiter,
            others > 0 ? .warning : .failure,
            why,
            advice: others > 0
                ? "the others answer, and are asked in its place; mend it before a majority is gone"
                : "without its arbiter the pair goes on as long as beats go both ways, and no node "
                    + "takes over from a silent one: is etcd up, listens at this address "
                    + "(listen-client-urls), and does its firewall let this node in?"
        )
    }

    /// Two clusters would let two nodes win.
    private static func stray(_ fact: ArbiterFact, _ first: ArbiterFact) -> Finding {
        Finding(
            .arbiter,
            .failure,
            "etcd at \(fact.endpoint) is a member of another cluster than \(first.endpoint)",
            advice: "name members of one cluster only (`etcdctl member list` on each)"
        )
    }

    /// A write takes longer than a read, and is repeated for each beat that is not acknowledged.
    private static func slow(
        _ fact: ArbiterFact,
        _ time: Duration,
        _ interval: Duration
    ) -> Finding {
        Finding(
            .arbiter,
            .warning,
            "etcd at \(fact.endpoint) takes \(milliseconds(time)) ms for a read, longer than from "
                + "one beat to the next (\(milliseconds(interval)) ms)",
            advice: "a write, for which a majority's disks are waited for besides, has three beats "
                + "(\(milliseconds(interval * 3)) ms): make `every` and `dead-after` of the "
                + "heartbeat longer, or etcd faster (its disks, its network)"
        )
    }

    private static func good(
        _ fact: ArbiterFact,
        _ says: ArbiterFact.Says,
        _ time: Duration
    ) -> Finding {
        let start = "etcd at \(fact.endpoint) answers within \(milliseconds(time)) ms"
        switch says {
        case .nothing:
            return Finding(.arbiter, .fine, "\(start); the pair has no key yet")
        case .record(let record):
            return Finding(.arbiter, .fine, "\(start); the pair's key says: \(record)")
        case .foreign:
            return Finding(
                .arbiter,
                .warning,
                "\(start); in the pair's key is what no node of this version wrote",
                advice: "who uses this key besides? Another pair needs another name. The next "
                    + "write of a node replaces it"
            )
        }
    }

    private static func milliseconds(_ time: Duration) -> String {
        text(time.fractionalMilliseconds)
    }
}

extension ArbiterFact {
    fileprivate var cluster: String? {
        if case .answered(_, _, let cluster) = result { cluster } else { nil }
    }
}
