package import Primitives

/// `balance glb-round`: one server after the other, whatever their weights (`glbd --round`).
package struct GLBRound: BalancePolicy {
    private var members = RankedMembers()
    /// The rank behind that of the last pick.
    private var next = 0

    /// Without servers.
    package init() {}

    /// See `BalancePolicy`. Any weight but 0 is the same.
    package mutating func setWeight(_ weight: Int, of slot: Int, rank: Int) {
        members.setWeight(weight, of: slot, rank: rank)
    }

    /// See `BalancePolicy`.
    package mutating func pick(
        for client: IPAddress,
        where isAdmissible: (Int) -> Bool
    ) -> Int? {
        let admissible = members.list.filter { isAdmissible($0.slot) }
        guard let chosen = admissible.first(where: { $0.rank >= next }) ?? admissible.first else {
            return nil
        }
        next = chosen.rank + 1
        return chosen.slot
    }
}
