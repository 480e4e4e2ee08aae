internal import Primitives

/// The `balance` keyword. Each algorithm is one type in a file of its own that conforms to
/// `BalancePolicy`; this enum is the only place that names them all.
package enum BalanceAlgorithm: String, Sendable, Equatable, CaseIterable {
    /// Weighted and smooth: each server's turns are spread evenly over the cycle.
    case roundRobin = "roundrobin"
    /// Weighted turns in HAProxy's fixed order.
    case staticRoundRobin = "static-rr"
    /// The server with the fewest sessions for its weight.
    case leastConnections = "leastconn"
    /// The first server with room.
    case first
    /// One server for each client address, as long as the same servers are usable.
    case source
    /// The less busy one of two that are drawn by their weights.
    case random
    /// One that is drawn by its weight.
    case randomOnce = "random(1)"
    /// The largest weight / (sessions + 1).
    case glbLeast = "glb-least"
    /// One after the other, whatever their weights.
    case glbRound = "glb-round"
    /// The heaviest one, until it fails.
    case glbSingle = "glb-single"

    /// Not of a table that is filled anew at each change (HAProxy's `BE_LB_PROP_DYN`).
    func takesNewWeights(_ hashType: HashType) -> Bool {
        switch self {
        case .roundRobin, .leastConnections, .first, .random, .randomOnce, .glbLeast, .glbRound,
            .glbSingle:
            true
        case .staticRoundRobin: false
        case .source: hashType.isConsistent
        }
    }

    /// The client decides, and not who is free.
    var hashes: Bool {
        switch self {
        case .source: true
        case .roundRobin, .staticRoundRobin, .leastConnections, .first, .random, .randomOnce,
            .glbLeast, .glbRound, .glbSingle:
            false
        }
    }

    /// - Parameter isTopOnly: `balance … top`
    func makePolicy(_ hashType: HashType, isTopOnly: Bool) -> any BalancePolicy {
        isTopOnly ? TopWeight(policy(hashType)) : policy(hashType)
    }

    private func policy(_ hashType: HashType) -> any BalancePolicy {
        switch self {
        case .roundRobin: RoundRobin()
        case .staticRoundRobin: StaticRoundRobin()
        case .leastConnections: LeastConnections()
        case .first: FirstServer()
        case .source where hashType.isConsistent: ConsistentHash(isMixed: hashType.isMixed)
        case .source: SourceHash(isMixed: hashType.isMixed)
        case .random: RandomChoice(draws: 2)
        case .randomOnce: RandomChoice(draws: 1)
        case .glbLeast: GLBLeast()
        case .glbRound: GLBRound()
        case .glbSingle: GLBSingle()
        }
    }
}
