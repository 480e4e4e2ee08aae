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
            // A cycle holds 2^12 turns of 2^16 parts; times a weight of 2^12: far from an overflow.
            let (leftMoment, rightMoment) = (left.moment * right.weight, right.moment * left.weight)
            if leftMoment != rightMoment { return leftMoment < rightMoment }
            if left.weight != right.weight { return left.weight > right.weight }
            return left.rank < right.rank
        }
    }
}
