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
        let places = map.look()
        guard !places.isEmpty else { return nil }
        if next >= places.count { next = 0 }
        for place in [next..<places.count, 0..<next].joined() where isAdmissible(places[place]) {
            next = place + 1
            return places[place]
        }
        return nil
    }
}
