internal import Primitives

/// One way of choosing among servers of equal standing (the active ones, or the backups). It knows
/// slots, weights and sessions only; who is usable and why is the pool's business.
protocol BalancePolicy: Sendable {
    /// A server joins, leaves (weight 0) or changes its weight. `rank` is its place in the
    /// configuration and decides between equals.
    mutating func setWeight(_ weight: Int, of slot: Int, rank: Int)

    /// How many sessions a server has now, whether it takes part or not.
    mutating func setSessions(_ number: Int, of slot: Int)

    /// The server for a client among those that `isAdmissible` lets through; where they have turns,
    /// the others keep theirs. `nil` when there is none.
    mutating func pick(for client: IPAddress, where isAdmissible: (Int) -> Bool) -> Int?
}

extension BalancePolicy {
    /// Most do not look at it.
    mutating func setSessions(_ number: Int, of slot: Int) {}
}
