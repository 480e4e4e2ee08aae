package import Primitives

/// `balance first`: the first server of the configuration that has room (`maxconn`), so that the
/// last ones stay idle (HAProxy's lb_fas.c).
package struct FirstServer: BalancePolicy {
    /// Who takes part, in the order of the configuration.
    private var members: [(rank: Int, slot: Int)] = []

    /// Without servers.
    package init() {}

    /// See `BalancePolicy`. Any weight but 0 is the same.
    package mutating func setWeight(_ weight: Int, of slot: Int, rank: Int) {
        members.removeAll { $0.slot == slot }
        guard weight > 0 else { return }
        let place = members.firstIndex { $0.rank > rank } ?? members.endIndex
        members.insert((rank, slot), at: place)
    }

    /// See `BalancePolicy`.
    package mutating func pick(
        for client: IPAddress,
        where isAdmissible: (Int) -> Bool
    ) -> Int? {
        members.first { isAdmissible($0.slot) }?.slot
    }
}
