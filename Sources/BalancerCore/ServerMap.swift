/// HAProxy's table of weighted servers (`recalc_server_map` of its lb_map.c), in which a place is a
/// turn or a hash: each server has as many places as its weight, divided by what all weights have
/// in common.
///
/// With each place every server earns its weight, and the one that gets the place pays the sum of
/// all. It goes to the first of the configuration that has earned a whole sum before, else to the
/// first that owes nothing. The first server always has the first place.
///
/// A change costs O(places · log n) once, at the next look: 50 ms at the most.
package struct ServerMap: Sendable {
    private struct Member {
        var slot: Int
        var weight: Int
        var rank: Int
    }

    private var members: [Member] = []
    private var places: [Int] = []
    private var isStale = false

    mutating func setWeight(_ weight: Int, of slot: Int, rank: Int) {
        if let index = members.firstIndex(where: { $0.slot == slot }) {
            guard members[index].weight != weight || members[index].rank != rank else { return }
            members.remove(at: index)
        } else if weight == 0 {
            return
        }
        if weight > 0 { members.append(Member(slot: slot, weight: weight, rank: rank)) }
        isStale = true
    }

    /// The first place whose server `isAdmissible` lets through, from the one that `first` makes of
    /// the number of places on, and round; `nil` when there is none.
    mutating func find(
        from first: (_ places: Int) -> Int,
        where isAdmissible: (Int) -> Bool
    ) -> (place: Int, slot: Int)? {
        if isStale { rebuild() }
        guard !places.isEmpty else { return nil }
        let start = first(places.count)
        let place = [start..<places.count, 0..<start].joined().first { isAdmissible(places[$0]) }
        return place.map { ($0, places[$0]) }
    }

    private mutating func rebuild() {
        isStale = false
        members.sort { $0.rank < $1.rank }
        places = Self.fill(members.map(\.weight)).map { members[$0].slot }
    }

    /// A server that may get a place from `step` on, its turn being its own number `turn`.
    private struct Claim: Comparable {
        var step: Int
        var server: Int
        var turn: Int

        static func < (left: Claim, right: Claim) -> Bool {
            (left.step, left.server) < (right.step, right.server)
        }
    }

    /// Indices of `weights`, which are all above 0.
    package static func fill(_ weights: [Int]) -> [Int] {
        let divisor = weights.reduce(0, greatestCommonDivisor)
        guard divisor > 0 else { return [] }
        var weights = weights.map { $0 / divisor }
        var total = weights.reduce(0, +)
        if total > BalancerLimits.mapPlaces {
            weights = weights.map { max(1, $0 * BalancerLimits.mapPlaces / total) }
            total = weights.reduce(0, +)
        }
        var turns = weights.map { _ in 0 }
        // It owes nothing from this step on; it has earned a whole sum from that.
        var solvent = MinHeap<Claim>()
        var rich = MinHeap<Claim>()
        // By the order of the configuration alone.
        var ready = MinHeap<Claim>()
        var urgent = MinHeap<Claim>()
        func wait(_ server: Int) {
            let (weight, turn) = (weights[server], turns[server])
            let (owed, earned) = (turn * total, (turn + 1) * total)
            solvent.insert(
                Claim(step: (owed + weight - 1) / weight, server: server, turn: turn)
            )
            rich.insert(Claim(step: (earned + weight - 1) / weight, server: server, turn: turn))
        }
        for server in weights.indices { wait(server) }
        return (1...total).map { step in
            move(from: &solvent, to: &ready, at: step)
            move(from: &rich, to: &urgent, at: step)
            while let claim = urgent.removeFirst() ?? ready.removeFirst() {
                guard claim.turn == turns[claim.server] else { continue }
                turns[claim.server] += 1
                wait(claim.server)
                return claim.server
            }
            preconditionFailure("nobody earned place \(step) of \(total)")
        }
    }

    private static func move(
        from waiting: inout MinHeap<Claim>,
        to due: inout MinHeap<Claim>,
        at step: Int
    ) {
        while var claim = waiting.first, claim.step <= step {
            waiting.removeFirst()
            claim.step = 0
            due.insert(claim)
        }
    }

    private static func greatestCommonDivisor(_ one: Int, _ other: Int) -> Int {
        other == 0 ? one : greatestCommonDivisor(other, one % other)
    }
}
