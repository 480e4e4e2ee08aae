internal import ArgumentParser

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Print the ratios of a second run to a first.",
        discussion: """
            Less than 1.00 is less CPU, time or memory, or fewer requests a second. Marked are \
            changes that go beyond the spread of both runs: + better, - worse.
            """
    )

    @Argument(help: "The file of the run before.")
    var before: String

    @Argument(help: "The file of the run after.")
    var after: String

    func run() throws {
        do {
            let pair = (try Results.read(before), try Results.read(after))
            Comparison(before: pair.0, after: pair.1).lines.forEach(Console.line)
        } catch let error as BenchError {
            Console.note(error.description)
            throw ExitCode(1)
        }
    }
}

struct Comparison {
    let before: Results
    let after: Results

    private static let titleWidth = 44
    private static let cellWidth = 13

    var lines: [String] {
        let names = after.contenders.filter(before.contenders.contains)
        let heads = names.map { $0.aligned(to: Self.cellWidth) }.joined()
        var lines = [String(repeating: " ", count: Self.titleWidth) + heads]
        if before.setting != after.setting {
            lines.insert("beware, they were not measured alike:", at: 0)
            lines.insert(contentsOf: ["  \(before.setting)", "  \(after.setting)"], at: 1)
        }
        for entry in after.entries {
            guard let old = before.entries.first(where: { $0.row == entry.row }) else { continue }
            let title = "\(entry.row.load): \(entry.row.metric)".padded(to: Self.titleWidth)
            let cells = names.map { name in
                cell(Samples(old.values[name]), Samples(entry.values[name]), entry.row)
                    .aligned(to: Self.cellWidth)
            }
            lines.append(title + cells.joined())
        }
        return lines
    }

    private func cell(_ old: Samples?, _ new: Samples?, _ row: Row) -> String {
        guard let old, let new, old.median != 0 else { return "-" }
        let ratio = new.median / old.median
        let change = ratio - 1
        let mark: String
        // Nothing is known of the spread of a single round.
        let isSingle = min(old.values.count, new.values.count) == 1
        let floor = isSingle ? Samples.noisy : 0.02
        if change.magnitude <= max(old.spread, new.spread, floor) {
            mark = " "
        } else {
            mark = (change > 0) == row.isHigherBetter ? "+" : "-"
        }
        return ratio.fixed(2) + mark
    }
}
