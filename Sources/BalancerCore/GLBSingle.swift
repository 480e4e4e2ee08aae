package import Primitives

/// `balance glb-single`: all sessions go to one server, that with the largest weight. It is kept
/// when others of its weight come, and when it comes back itself after another one took its place:
/// it is left when it fails, or for a larger weight (`glbd --single`).
package struct GLBSingle: BalancePolicy {
    private var members = RankedMembers()
    private var current: Int?

    /// Without servers.
    package init() {}

    /// See `BalancePolicy`.
    package mutating func setWeight(_ weight: Int, of slot: Int, rank: Int) {
        members.setWeight(weight, of: slot, rank: rank)
    }

    /// See `BalancePolicy`.
    package mutating func pick(
        for client: IPAddress,
        where isAdmissible: (Int) -> Bool
    ) -> Int? {
        let admissible = members.list.filter { isAdmissible($0.slot) }
        guard let top = admissible.map(\.weight).max() else { return nil }
        let heaviest = admissible.filter { $0.weight == top }
        if let kept = heaviest.first(where: { $0.slot == current }) { return kept.slot }
        current = heaviest.first?.slot
        return current
    }
}
