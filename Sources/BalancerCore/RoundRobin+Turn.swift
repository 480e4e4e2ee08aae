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
            // A server has 2^18 turns of 2^12 parts in a cycle. Even times all weights, which are
            // 2^12 of 2^18 each, that is 2^60.
            let (leftMoment, rightMoment) = (left.moment * right.weight, right.moment * left.weight)
            if leftMoment != rightMoment { return leftMoment < rightMoment }
            if left.weight != right.weight { return left.weight > right.weight }
            return left.rank < right.rank
        }
    }
}
