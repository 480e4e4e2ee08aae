/// Servers with their weights, in the order of the configuration: what simple policies need.
struct RankedMembers: Sendable {
    struct Member: Sendable {
        let slot: Int
        let rank: Int
        let weight: Int
    }

    private(set) var list: [Member] = []

    /// As `BalancePolicy.setWeight`.
    mutating func setWeight(_ weight: Int, of slot: Int, rank: Int) {
        list.removeAll { $0.slot == slot }
        guard weight > 0 else { return }
        let place = list.firstIndex { $0.rank > rank } ?? list.endIndex
        list.insert(Member(slot: slot, rank: rank, weight: weight), at: place)
    }
}

/// How many sessions each server has.
struct SessionNumbers: Sendable {
    private var bySlot: [Int] = []

    subscript(_ slot: Int) -> Int {
        get { slot < bySlot.count ? bySlot[slot] : 0 }
        set {
            while bySlot.count <= slot { bySlot.append(0) }
            bySlot[slot] = newValue
        }
    }
}
