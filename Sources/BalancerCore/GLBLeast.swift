package import Primitives

/// `balance glb-least`: the policy of the Galera Load Balancer when no other is chosen. The server
/// with the largest weight / (sessions + 1), which is what it would have with one more; of equals
/// the first of the configuration. `leastconn` differs where a server is idle: there it comes
/// first, here a heavier one that is busy may.
package struct GLBLeast: BalancePolicy {
    private var members = RankedMembers()
    private var sessions = SessionNumbers()

    /// Without servers.
    package init() {}

    /// See `BalancePolicy`.
    package mutating func setWeight(_ weight: Int, of slot: Int, rank: Int) {
        members.setWeight(weight, of: slot, rank: rank)
    }

    /// See `BalancePolicy`.
    package mutating func setSessions(_ number: Int, of slot: Int) { sessions[slot] = number }

    /// See `BalancePolicy`.
    package mutating func pick(
        for client: IPAddress,
        where isAdmissible: (Int) -> Bool
    ) -> Int? {
        var best: RankedMembers.Member?
        for member in members.list where isAdmissible(member.slot) {
            guard let leader = best else {
                best = member
                continue
            }
            let gain = member.weight * (sessions[leader.slot] + 1)
            if gain > leader.weight * (sessions[member.slot] + 1) { best = member }
        }
        return best?.slot
    }
}
