/// One way of choosing among servers of equal standing (the active ones, or the backups). It knows
/// slots and weights only; who is usable and why is the pool's business.
protocol BalancePolicy: Sendable {
    /// A server joins, leaves (weight 0) or changes its weight. `rank` is its place in the
    /// configuration and decides between equals.
    mutating func setWeight(_ weight: Int, of slot: Int, rank: Int)

    /// The server whose turn it is among those that `isAdmissible` lets through; the others keep
    /// their turn. `nil` when there is none.
    mutating func pick(where isAdmissible: (Int) -> Bool) -> Int?
}
