package import Primitives

/// `balance source`: the client's address chooses the place in the table (`get_server_sh` of
/// HAProxy's backend.c, with `hash-type map-based`): its 32-bit words combined by XOR, modulo the
/// number of places. When servers come or go, clients move.
///
/// A session that has to avoid its server goes on to the next place of another one; HAProxy would
/// ask the same server again.
package struct SourceHash: BalancePolicy {
    private var map = ServerMap()
    private let isMixed: Bool

    /// Without servers.
    package init(isMixed: Bool = false) {
        self.isMixed = isMixed
    }

    /// See `BalancePolicy`.
    package mutating func setWeight(_ weight: Int, of slot: Int, rank: Int) {
        map.setWeight(weight, of: slot, rank: rank)
    }

    /// See `BalancePolicy`.
    package mutating func pick(
        for client: IPAddress,
        where isAdmissible: (Int) -> Bool
    ) -> Int? {
        map.find(from: { Int(Self.hash(client, isMixed: isMixed)) % $0 }, where: isAdmissible)?.slot
    }

    static func hash(_ address: IPAddress, isMixed: Bool) -> UInt32 {
        let hash: UInt32 =
            switch address {
            case .v4(let word): word
            case .v6(let high, let low):
                [high, low].reduce(0) { hash, half in
                    hash ^ UInt32(truncatingIfNeeded: half >> 32)
                        ^ UInt32(truncatingIfNeeded: half)
                }
            }
        return isMixed ? mix(hash) : hash
    }

    /// Bob Jenkins' 32-bit integer hash (public domain), spread by a multiplication: HAProxy's
    /// `full_hash`.
    static func mix(_ value: UInt32) -> UInt32 {
        var a = value
        a = (a &+ 0x7ED5_5D16) &+ (a << 12)
        a = (a ^ 0xC761_C23C) ^ (a >> 19)
        a = (a &+ 0x1656_67B1) &+ (a << 5)
        a = (a &+ 0xD3A2_646C) ^ (a << 9)
        a = (a &+ 0xFD70_46C5) &+ (a << 3)
        a = (a ^ 0xB55A_4F09) ^ (a >> 16)
        return a &* 3_221_225_473
    }
}
