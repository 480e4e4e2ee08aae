package import Primitives

/// `balance static-rr`: the places of the table one after the other (`map_get_server_rr` of
/// HAProxy's lb_map.c). Unlike there, a weight may be changed at any time.
package struct StaticRoundRobin: BalancePolicy {
    private var map = ServerMap()
    private var next = 0

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
        guard
            let found = map.find(from: { next < $0 ? next : 0 }, where: isAdmissible)
        else { return nil }
        next = found.place + 1
        return found.slot
    }
}
