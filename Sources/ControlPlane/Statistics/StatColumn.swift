/// One column of `show stat`: its name and how a row fills it.
struct StatColumn: Sendable {
    let name: String
    let value: @Sendable (StatRow) -> String

    init(_ name: String, _ value: @escaping @Sendable (StatRow) -> String) {
        self.name = name
        self.value = value
    }

    /// A number that may be absent.
    init(_ name: String, _ field: @escaping @Sendable (StatRow) -> Int?) {
        self.init(name) { row in field(row).map { "\($0)" } ?? "" }
    }

    /// A counter that may be absent.
    init(_ name: String, _ field: @escaping @Sendable (StatRow) -> UInt64?) {
        self.init(name) { row in field(row).map { "\($0)" } ?? "" }
    }

    /// A text that may be absent, and that must stay within its column.
    init(_ name: String, text field: @escaping @Sendable (StatRow) -> String?) {
        self.init(name) { row in Self.quoted(field(row) ?? "") }
    }

    /// A column of HTTP, compression, agents or connection pools: 0 in the rows where HAProxy has a
    /// counter for it in `mode tcp`, empty in the others.
    init(_ name: String, zeroIn kinds: Set<StatRow.Kind> = []) {
        self.init(name) { row in kinds.contains(row.kind) ? "0" : "" }
    }

    /// RFC 4180: in quotes when the text holds a comma, a quote or a line break. Line breaks become
    /// spaces all the same, since clients read line by line.
    static func quoted(_ text: String) -> String {
        let special: (UInt8) -> Bool = {
            $0 < 0x20 || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"")
        }
        guard text.utf8.contains(where: special) else { return text }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\"\""
            case _ where scalar.value < 0x20: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
