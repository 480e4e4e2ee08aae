internal import Primitives

/// `balance … top`: only the servers with the largest weight of those that are usable take part
/// (`glbd --top`).
struct TopWeight: BalancePolicy {
    private var policy: any BalancePolicy
    private var members = RankedMembers()

    init(_ policy: any BalancePolicy) { self.policy = policy }

    mutating func setWeight(_ weight: Int, of slot: Int, rank: Int) {
        members.setWeight(weight, of: slot, rank: rank)
        policy.setWeight(weight, of: slot, rank: rank)
    }

    mutating func setSessions(_ number: Int, of slot: Int) {
        policy.setSessions(number, of: slot)
    }

    mutating func pick(for client: IPAddress, where isAdmissible: (Int) -> Bool) -> Int? {
        let admissible = members.list.filter { isAdmissible($0.slot) }
        let top = admissible.map(\.weight).max()
        let slots = Set(admissible.filter { $0.weight == top }.map(\.slot))
        return policy.pick(for: client) { slots.contains($0) }
    }
}
