package import Primitives

/// `balance source`: the client's address chooses the place in the table (`get_server_sh` of
/// HAProxy's backend.c, with `hash-type map-based`): its 32-bit words combined by XOR, modulo the
/// number of places. When servers come or go, clients move.
///
/// A session that has to avoid its server goes on to the next place of another one; HAProxy would
/// ask the same server again.
package struct SourceHash: BalancePolicy {
    private var map = ServerMap()

    /// Without servers.
    package init() {}

    /// See `BalancePolicy`.
    package mutating func setWeight(_ weight: Int, of slot: Int, rank: Int) {
        map.setWeight(weight, of: slot, rank: rank)
    }

    /// See `BalancePolicy`.
    package mutating func pick(
        for client: IPAddress,
        where isAdmissible: (Int) -> Bool
    ) -> Int? {
        map.find(from: { Int(Self.hash(client)) % $0 }, where: isAdmissible)?.slot
    }

    private static func hash(_ address: IPAddress) -> UInt32 {
        switch address {
        case .v4(let word): word
        case .v6(let high, let low):
            [high, low].reduce(0) { hash, half in
                hash ^ UInt32(truncatingIfNeeded: half >> 32) ^ UInt32(truncatingIfNeeded: half)
            }
        }
    }
}
