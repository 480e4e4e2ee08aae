/// The figures of a run for the terminal. One block for the contenders with one thread and one for
/// those with more; each has HAProxy with as many threads as its reference.
struct Table {
    let results: Results

    init(_ results: Results) { self.results = results }

    private static let titleWidth = 34
    private static let cellWidth = 20

    var lines: [String] {
        var lines = header
        var blocks: [Substring?: [String]] = [:]
        for name in results.contenders {
            blocks[Contender.threadSuffix(of: name), default: []].append(name)
        }
        for suffix in blocks.keys.sorted(by: { ($0 ?? "") < ($1 ?? "") }) {
            lines += [""] + block(blocks[suffix] ?? [])
        }
        return lines
    }

    private var header: [String] {
        let versions = results.versions.sorted { $0.key < $1.key }.map(\.value)
        return [
            versions.joined(separator: "; "), "\(results.setting)",
            "figure, ratio to HAProxy with as many threads, spread (max - min) / median; ~ noisy",
        ]
    }

    private func block(_ names: [String]) -> [String] {
        let reference = Contender.reference(for: names.first(where: { $0 != "none" }) ?? "")
        let heads = names.map { $0.aligned(to: Self.cellWidth) }.joined()
        var lines = [String(repeating: " ", count: Self.titleWidth) + heads]
        var load = ""
        for entry in results.entries where names.contains(where: { entry.values[$0] != nil }) {
            if load != entry.row.load {
                load = entry.row.load
                lines.append(load)
            }
            let base = Samples(entry.values[reference])
            let samples = names.map { Samples(entry.values[$0]) }
            let isNoisy = samples.contains { ($0?.spread ?? 0) > Samples.noisy }
            let title = (isNoisy ? "~ " : "  ") + entry.row.metric
            let cells = samples.map { cell($0, base, entry.row).aligned(to: Self.cellWidth) }
            lines.append(title.padded(to: Self.titleWidth) + cells.joined())
        }
        return lines
    }

    private func cell(_ samples: Samples?, _ base: Samples?, _ row: Row) -> String {
        guard let samples else { return "-" }
        var text = samples.median.fixed(row.digits)
        if let base, base.median != 0 {
            text += (samples.median / base.median).fixed(2).aligned(to: 6) + "x"
        }
        // One round has no spread.
        if samples.values.count == 1 { return text }
        return text + "\((samples.spread * 100).fixed(0))%".aligned(to: 5)
    }
}
