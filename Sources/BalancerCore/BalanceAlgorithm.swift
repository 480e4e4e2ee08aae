/// The `balance` keyword. Each algorithm is one type in a file of its own that conforms to
/// `BalancePolicy`; this enum is the only place that names them all.
package enum BalanceAlgorithm: String, Sendable, Equatable, CaseIterable {
    /// Weighted and smooth: each server's turns are spread evenly over the cycle.
    case roundRobin = "roundrobin"

    func makePolicy() -> any BalancePolicy {
        switch self {
        case .roundRobin: RoundRobin()
        }
    }
}
