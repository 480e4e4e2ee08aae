package import Primitives

/// `balance source` with `hash-type consistent`: HAProxy's ring (lb_chash.c). Each server has as
/// many places on it as its weight in parts, which its number in the configuration decides; a
/// client goes to the one that is nearest to the hash of its address, and on from there when it has
/// to avoid it.
///
/// A pick costs O(log n), a change O(n log n) once, at the next pick: up to 4096 places a server.
package struct ConsistentHash: BalancePolicy {
    private struct Place {
        var key: UInt32
        var slot: Int
    }

    private struct Member {
        var weight: Int
        var rank: Int
    }

    private var members: [Int: Member] = [:]
    private var ring: [Place] = []
    private var isStale = false
    private let isMixed: Bool

    /// Without servers.
    package init(isMixed: Bool) {
        self.isMixed = isMixed
    }

    /// See `BalancePolicy`.
    package mutating func setWeight(_ weight: Int, of slot: Int, rank: Int) {
        let old = members[slot]
        guard weight != old?.weight ?? 0 || (old != nil && rank != old?.rank) else { return }
        members[slot] = weight == 0 ? nil : Member(weight: weight, rank: rank)
        isStale = true
    }

    /// See `BalancePolicy`.
    package mutating func pick(
        for client: IPAddress,
        where isAdmissible: (Int) -> Bool
    ) -> Int? {
        if isStale { rebuild() }
        guard !ring.isEmpty else { return nil }
        let start = nearest(to: SourceHash.hash(client, isMixed: isMixed))
        return [start..<ring.count, 0..<start].joined()
            .first { isAdmissible(ring[$0].slot) }.map { ring[$0].slot }
    }

    /// The place that is nearest; of two, the one before.
    private func nearest(to hash: UInt32) -> Int {
        var (low, high) = (0, ring.count)
        while low < high {
            let middle = (low + high) / 2
            if ring[middle].key < hash { low = middle + 1 } else { high = middle }
        }
        let next = low == ring.count ? 0 : low
        let previous = next == 0 ? ring.count - 1 : next - 1
        return hash &- ring[previous].key <= ring[next].key &- hash ? previous : next
    }

    private mutating func rebuild() {
        isStale = false
        ring = []
        for (slot, member) in members.sorted(by: { $0.value.rank < $1.value.rank }) {
            // HAProxy numbers its servers from 1.
            let first = UInt32(member.rank + 1) &* UInt32(Self.placesPerServer)
            for place in 0..<UInt32(max(1, member.weight * Self.placesPerWeight / 1000)) {
                ring.append(Place(key: SourceHash.mix(first &+ place), slot: slot))
            }
        }
        ring.sort { $0.key < $1.key }
    }

    /// HAProxy's `BE_WEIGHT_SCALE`, and its `SRV_EWGHT_RANGE`.
    private static let placesPerWeight = 16
    private static let placesPerServer = Weight.limit * placesPerWeight
}
