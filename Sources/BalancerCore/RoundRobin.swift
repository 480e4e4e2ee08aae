package import Primitives

/// `balance roundrobin`: weighted, deterministic and smooth.
///
/// Time is counted in picks, and a cycle is as many picks as the sum of all weights. A server of
/// weight w owns w turns of each cycle, spread evenly: turn j may start at j/w of the cycle and
/// should end by (j+1)/w. Each pick takes, of the turns that have started, the one that ends first.
/// That keeps every server, at every moment, within one session of its exact share, and gives each
/// exactly w per cycle (the windows are those of Pfair scheduling: Baruah et al., "Proportionate
/// progress", 1996). No server is picked twice in a row unless it owns more than half of the weight
/// or nobody else is admissible.
///
/// When weights change, every server keeps the part of its turn that it still has to wait; so
/// nobody bursts and nobody starves. A server that comes (back) may start its first turn at once.
///
/// A pick costs O(log n), a change O(n log n) once, at the next pick.
package struct RoundRobin: BalancePolicy {
    /// The granularity of `start`: one turn of a server is this long for it.
    static let turnLength = 1 << 12

    private struct Share {
        var weight: Int
        var rank: Int
        /// When the next turn may start, in `turnLength` parts of the server's own turn, counted
        /// from the start of the cycle.
        var start: Int
    }

    /// By slot; `nil` takes no part.
    private var shares: [Share?] = []
    private var totalWeight = 0
    /// Picks made in this cycle, 0..<totalWeight.
    private var position = 0
    /// Turns that have started, by their end.
    private var started = MinHeap<Turn>()
    /// Turns that have not, by their start.
    private var waiting = MinHeap<Turn>()
    /// A weight changed: `start` is relative to now, and the queues are to be built anew.
    private var isStale = false
    private var lastPicked: Int?

    /// Without servers.
    package init() {}

    /// See `BalancePolicy`.
    package mutating func setWeight(_ weight: Int, of slot: Int, rank: Int) {
        while shares.count <= slot { shares.append(nil) }
        let old = shares[slot]
        guard weight != old?.weight ?? 0 || (old != nil && rank != old?.rank) else { return }
        freeze()
        totalWeight += weight - (old?.weight ?? 0)
        // Only now: freezing has changed every start.
        let start = shares[slot]?.start ?? 0
        shares[slot] = weight == 0 ? nil : Share(weight: weight, rank: rank, start: start)
    }

    /// Turns every `start` into the rest of the wait, so that it keeps its meaning under new
    /// weights.
    private mutating func freeze() {
        guard !isStale else { return }
        isStale = true
        guard totalWeight > 0 else { return }
        for slot in shares.indices {
            guard let share = shares[slot] else { continue }
            shares[slot]?.start -= position * Self.turnLength * share.weight / totalWeight
        }
        position = 0
    }

    private mutating func rebuild() {
        isStale = false
        started.removeAll()
        waiting.removeAll()
        settle()
        for slot in shares.indices where shares[slot] != nil { enqueue(slot) }
    }

    /// Who left took a debt or a claim along. What the others wait must add up to nothing again,
    /// else it would stay in the balance for ever: it is shared out by weight.
    private mutating func settle() {
        let balance = shares.reduce(0) { $0 + ($1?.start ?? 0) }
        for slot in shares.indices {
            guard let share = shares[slot] else { continue }
            shares[slot]?.start -= balance * share.weight / totalWeight
        }
    }

    private mutating func enqueue(_ slot: Int) {
        guard let share = shares[slot] else { return }
        waiting.insert(
            Turn(moment: share.start, weight: share.weight, rank: share.rank, slot: slot)
        )
    }

    /// See `BalancePolicy`.
    package mutating func pick(
        for client: IPAddress,
        where isAdmissible: (Int) -> Bool
    ) -> Int? {
        if isStale { rebuild() }
        startTurns()
        var passedOver: [Turn] = []
        let chosen = choose(isAdmissible, passingOver: &passedOver)
        for turn in passedOver where turn.slot != chosen { enqueue(turn.slot) }
        guard let chosen, let share = shares[chosen] else { return nil }
        lastPicked = chosen
        shares[chosen]?.start = share.start + Self.turnLength
        enqueue(chosen)
        advance()
        return chosen
    }

    /// Moves what has started by now from `waiting` to `started`.
    private mutating func startTurns() {
        let now = position * Self.turnLength
        while let turn = waiting.first, turn.moment * totalWeight <= now * turn.weight {
            waiting.removeFirst()
            started.insert(turn.ending(after: Self.turnLength))
        }
    }

    /// The best turn, out of its queue. Where none has started, the next one to start.
    private mutating func choose(
        _ isAdmissible: (Int) -> Bool,
        passingOver passedOver: inout [Turn]
    ) -> Int? {
        var repeated: Int?
        while let turn = started.removeFirst() ?? waiting.removeFirst() {
            if isAdmissible(turn.slot) {
                let mayRepeat = turn.slot != lastPicked || turn.weight * 2 > totalWeight
                if mayRepeat { return turn.slot }
                repeated = turn.slot
            }
            passedOver.append(turn)
        }
        return repeated
    }

    private mutating func advance() {
        position += 1
        guard position == totalWeight else { return }
        // A new cycle: everything is one cycle nearer. The order in the queues stays as it is.
        position = 0
        for slot in shares.indices {
            guard let share = shares[slot] else { continue }
            shares[slot]?.start -= Self.turnLength * share.weight
        }
        started.shiftAll { $0.moment -= Self.turnLength * $0.weight }
        waiting.shiftAll { $0.moment -= Self.turnLength * $0.weight }
    }
}
