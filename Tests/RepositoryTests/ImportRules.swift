/// Who may import whom: the table of docs/ARCHITECTURE.md.
struct ImportRules {
    enum Kind: String {
        case program, shell, pure
        case foreign = "C"

        /// What every target of the kind may import besides.
        var common: Set<String> {
            switch self {
            case .foreign: []
            case .pure: ["Synchronization"]
            case .shell, .program:
                ["Primitives", "LinuxIO", "CLinux", "Glibc", "Synchronization"]
            }
        }
    }

    struct Row {
        let targets: [String]
        let kind: Kind
        let imports: Set<String>
    }

    let rows: [Row]

    init(_ document: [Substring]) {
        rows = document.compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingSpaces }
            guard cells.count == 4, let kind = Kind(rawValue: String(cells[1])) else { return nil }
            return Row(
                targets: cells[0].split(separator: ",").map {
                    $0.filter { $0 != "`" && $0 != " " }
                },
                kind: kind,
                imports: Set(cells[3].split(separator: ",").map { String($0.trimmingSpaces) })
                    .subtracting(["–", "everything below"])
            )
        }
    }

    /// What the files of a target may import; nil if the table does not know it.
    func allowed(in target: String) -> Set<String>? {
        guard let row = rows.first(where: { $0.targets.contains(target) }) else { return nil }
        let own = row.imports.union(row.kind.common)
        guard row.kind == .program else { return own }
        return rows.reduce(own) { $0.union($1.targets).union($1.imports) }
    }

    /// The module that a line of Swift imports, if it is an import.
    static func module(importedBy line: Substring) -> String? {
        let pattern =
            #/^\s*(?:@\w+\s+)*(?:\w+\s+)?import\s+(?:(?:struct|class|enum|func|var|let)\s+)?(\w+)/#
        return line.firstMatch(of: pattern).map { String($0.output.1) }
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        let rest = drop { $0 == " " }
        return rest.prefix(rest.count - rest.reversed().prefix { $0 == " " }.count)
    }
}
