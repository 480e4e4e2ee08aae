extension RoundRobin {
    /// One turn of a server in one of the queues. Ordered by `moment / weight`, an exact fraction
    /// of the cycle; then the heavier server, then the order of the configuration.
    struct Turn: Comparable {
        /// Its start or its end, in parts of the server's own turn.
        var moment: Int
        let weight: Int
        let rank: Int
        let slot: Int

        func ending(after length: Int) -> Turn {
            Turn(moment: moment + length, weight: weight, rank: rank, slot: slot)
        }

        static func < (left: Turn, right: Turn) -> Bool {
            // A cycle holds 2^8 turns of 2^16 parts; times a weight of 2^8: far from an overflow.
            let (leftMoment, rightMoment) = (left.moment * right.weight, right.moment * left.weight)
            if leftMoment != rightMoment { return leftMoment < rightMoment }
            if left.weight != right.weight { return left.weight > right.weight }
            return left.rank < right.rank
        }
    }

    /// A binary heap of turns.
    struct TurnQueue {
        private var turns: [Turn] = []

        var first: Turn? { turns.first }

        mutating func removeAll() {
            turns.removeAll(keepingCapacity: true)
        }

        mutating func insert(_ turn: Turn) {
            turns.append(turn)
            var child = turns.count - 1
            while child > 0, turns[child] < turns[(child - 1) / 2] {
                turns.swapAt(child, (child - 1) / 2)
                child = (child - 1) / 2
            }
        }

        @discardableResult
        mutating func removeFirst() -> Turn? {
            guard let first = turns.first, let last = turns.popLast() else { return nil }
            guard !turns.isEmpty else { return first }
            turns[0] = last
            var parent = 0
            while true {
                var smallest = parent
                for child in [2 * parent + 1, 2 * parent + 2]
                where child < turns.count && turns[child] < turns[smallest] {
                    smallest = child
                }
                guard smallest != parent else { return first }
                turns.swapAt(parent, smallest)
                parent = smallest
            }
        }

        /// Moves every turn one cycle nearer.
        mutating func rewind(turnLength: Int) {
            for index in turns.indices { turns[index].moment -= turnLength * turns[index].weight }
        }
    }
}
