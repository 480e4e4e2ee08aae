internal import Primitives

/// The figures as a table in Markdown, and as JSON.
struct Table {
    private let results: Bench.Results

    init(_ results: Bench.Results) { self.results = results }

    /// Minimum, median and maximum in milliseconds; `never` for what did not end.
    static func three(_ samples: [Bench.Sample]) -> String {
        let sorted = samples.map { $0.outage }.sorted { first, second in
            (first ?? .seconds(1 << 30)) < (second ?? .seconds(1 << 30))
        }
        guard !sorted.isEmpty else { return "-" }
        let chosen = [sorted[0], sorted[sorted.count / 2], sorted[sorted.count - 1]]
        return chosen.map { $0.map { "\($0.milliseconds)" } ?? "never" }.joined(separator: "/")
    }

    var lines: [String] {
        var lines: [String] = []
        for setting in Setting.allCases {
            let rows = results.rows.filter { $0.setting == setting }
            guard !rows.isEmpty else { continue }
            let contenders = Contender.allCases.filter { one in
                rows.contains { $0.contender == one }
            }
            let heads = contenders.map { "\($0.title), \($0.note(setting))" }
            let head = heads.joined(separator: " | ")
            lines.append("| \(setting.rawValue) settings | \(head) |")
            lines.append("|---|" + contenders.map { _ in "---|" }.joined())
            for scenario in Scenario.allCases {
                let cells = contenders.map { one in
                    rows.first { $0.contender == one && $0.scenario == scenario }.map(cell) ?? "-"
                }
                guard cells.contains(where: { $0 != "-" }) else { continue }
                lines.append("| \(scenario.title) | " + cells.joined(separator: " | ") + " |")
            }
            let hogged = contenders.map { one in
                results.hogged.first { $0.contender == one && $0.setting == setting }
            }
            if let seconds = hogged.compactMap({ $0?.seconds }).first {
                let cells = hogged.map { $0.map { "\($0.falseFailovers)" } ?? "-" }
                lines.append(
                    "| false failovers in \(seconds) s with 8 CPU hogs | "
                        + cells.joined(separator: " | ") + " |"
                )
            }
            lines.append("")
        }
        return lines
    }

    /// `219/237/238; 20 of 20 lost; two answer ARP 3 of 10`
    private func cell(_ row: Bench.Row) -> String {
        let lost = row.samples.map(\.lostSessions)
        let doubles = row.samples.count { $0.isDouble }
        var text = Self.three(row.samples)
        if let least = lost.min(), let most = lost.max(), most > 0 {
            text += least == most ? "; \(most) of 20 lost" : "; \(least)–\(most) of 20 lost"
        }
        if doubles > 0 { text += "; two answer ARP \(doubles) of \(row.samples.count)" }
        return text
    }

    /// One object; durations in milliseconds, `null` for an outage that did not end.
    var json: String {
        let rows = results.rows.map { row in
            let samples = row.samples.map { sample in
                let outage = sample.outage.map { "\(Double($0.nanoseconds) / 1e6)" } ?? "null"
                return "{\"outage\": \(outage), \"lostSessions\": \(sample.lostSessions), "
                    + "\"isDouble\": \(sample.isDouble)}"
            }
            return "    {\"contender\": \"\(row.contender.rawValue)\", "
                + "\"setting\": \"\(row.setting.rawValue)\", "
                + "\"scenario\": \"\(row.scenario.rawValue)\", \"samples\": ["
                + samples.joined(separator: ", ") + "]}"
        }
        let hogged = results.hogged.map {
            "    {\"contender\": \"\($0.contender.rawValue)\", "
                + "\"setting\": \"\($0.setting.rawValue)\", \"seconds\": \($0.seconds), "
                + "\"falseFailovers\": \($0.falseFailovers)}"
        }
        return "{\n  \"rows\": [\n" + rows.joined(separator: ",\n") + "\n  ],\n  \"hogs\": [\n"
            + hogged.joined(separator: ",\n") + "\n  ]\n}\n"
    }
}
