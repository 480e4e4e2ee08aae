package import Primitives

/// `balance random`: servers are drawn by their weights, and of `draws` the one with the fewest
/// sessions for its weight is taken (`get_server_rnd` of HAProxy's backend.c: two draws come close
/// to `leastconn`, without a race for the idlest server). One draw is `glbd --random`.
///
/// The numbers come from SplitMix64, the same in each process: they spread, they are no secret.
package struct RandomChoice: BalancePolicy {
    private let draws: Int
    private var state: UInt64 = 0
    private var members = RankedMembers()
    private var sessions = SessionNumbers()

    /// Without servers.
    package init(draws: Int) { self.draws = draws }

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
        let admissible = members.list.filter { isAdmissible($0.slot) }
        let total = admissible.reduce(0) { $0 + $1.weight }
        guard total > 0 else { return nil }
        var best: RankedMembers.Member?
        for _ in 0..<draws {
            guard let drawn = draw(from: admissible, total) else { return nil }
            guard let leader = best else {
                best = drawn
                continue
            }
            if sessions[drawn.slot] * leader.weight < sessions[leader.slot] * drawn.weight {
                best = drawn
            }
        }
        return best?.slot
    }

    private mutating func draw(
        from admissible: [RankedMembers.Member],
        _ total: Int
    ) -> RankedMembers.Member? {
        var place = Int(next() % UInt64(total))
        for member in admissible {
            place -= member.weight
            if place < 0 { return member }
        }
        return nil
    }

    /// SplitMix64 (Steele et al., "Fast splittable pseudorandom number generators", 2014).
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
