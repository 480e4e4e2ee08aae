/// One column of `show stat`: its name and how a row fills it.
struct StatColumn: Sendable {
    let name: String
    /// `nil`: a row of this kind has none.
    let value: @Sendable (StatRow) -> String?
    private let isText: Bool

    private init(
        _ name: String,
        isText: Bool,
        _ value: @escaping @Sendable (StatRow) -> String?
    ) {
        self.name = name
        self.isText = isText
        self.value = value
    }

    /// Empty: there is none.
    init(_ name: String, _ value: @escaping @Sendable (StatRow) -> String) {
        self.init(name, isText: false) { row in
            let text = value(row)
            return text.isEmpty ? nil : text
        }
    }

    /// A number that may be absent.
    init(_ name: String, _ field: @escaping @Sendable (StatRow) -> Int?) {
        self.init(name, isText: false) { row in field(row).map { "\($0)" } }
    }

    /// A counter that may be absent.
    init(_ name: String, _ field: @escaping @Sendable (StatRow) -> UInt64?) {
        self.init(name, isText: false) { row in field(row).map { "\($0)" } }
    }

    /// A text that may be absent, or empty.
    init(_ name: String, text field: @escaping @Sendable (StatRow) -> String?) {
        self.init(name, isText: true, field)
    }

    /// A column of HTTP, compression, agents or connection pools: 0 in the rows where HAProxy has a
    /// counter for it in `mode tcp`, empty in the others.
    init(_ name: String, zeroIn kinds: Set<StatRow.Kind> = []) {
        self.init(name) { row in kinds.contains(row.kind) ? "0" : "" }
    }

    /// As CSV: a text stays within its column.
    func csv(_ row: StatRow) -> String {
        guard let value = value(row) else { return "" }
        return isText ? Self.quoted(value) : value
    }

    /// Line breaks and their like become spaces: clients read line by line.
    static func oneLine(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            result.unicodeScalars.append(scalar.value < 0x20 ? " " : scalar)
        }
        return result
    }

    /// RFC 4180: in quotes when the text holds a comma, a quote or a line break.
    static func quoted(_ text: String) -> String {
        let special: (UInt8) -> Bool = {
            $0 < 0x20 || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"")
        }
        guard text.utf8.contains(where: special) else { return text }
        var result = "\""
        for scalar in oneLine(text).unicodeScalars {
            if scalar == "\"" { result += "\"" }
            result.unicodeScalars.append(scalar)
        }
        return result + "\""
    }
}
