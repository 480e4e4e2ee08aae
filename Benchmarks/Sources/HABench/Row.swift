/// One line of the table: what was measured, and how to print it.
struct Row: Hashable, Codable {
    /// What was done, such as `rpc 100 B x 16`.
    var load: String
    /// What was measured of it, such as `proxy CPU s/M`.
    var metric: String
    var digits: Int
    var isHigherBetter: Bool

    init(_ load: String, _ metric: String, digits: Int = 2, isHigherBetter: Bool = false) {
        self.load = load
        self.metric = metric
        self.digits = digits
        self.isHigherBetter = isHigherBetter
    }
}

/// The figures of one contender in one row, one per round.
struct Samples {
    let values: [Double]

    init?(_ values: [Double]?) {
        guard let values, !values.isEmpty else { return nil }
        self.values = values.sorted()
    }

    var median: Double {
        let middle = values.count / 2
        return values.count.isMultiple(of: 2)
            ? (values[middle - 1] + values[middle]) / 2 : values[middle]
    }

    /// (max - min) / median: how far rounds are apart.
    var spread: Double {
        guard let least = values.first, let most = values.last, median != 0 else { return 0 }
        return (most - least) / median
    }

    /// Beyond this a difference says little.
    static let noisy = 0.25
}
