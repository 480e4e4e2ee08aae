internal import Primitives

/// The keywords of one kind of section, or the options of one kind of line.
struct KeywordTable<Target>: Sendable {
    private let keywords: [Keyword<Target>]
    private let index: [String: Int]
    /// First words of names that have two, such as `timeout`.
    private let families: Set<String>

    /// Traps on a name that is there twice.
    init(_ keywords: [Keyword<Target>]) {
        self.keywords = keywords
        index = Dictionary(
            uniqueKeysWithValues: keywords.enumerated().map { ($0.element.name, $0.offset) }
        )
        families = Set(
            keywords.compactMap { keyword in
                let parts = keyword.name.split(separator: " ")
                return parts.count == 2 ? String(parts[0]) : nil
            }
        )
    }

    func keyword(named name: String) -> Keyword<Target>? {
        index[name].map { keywords[$0] }
    }

    /// Every name, one or two words.
    var names: [String] { keywords.map(\.name) }

    /// The keyword that `words` begin with, and how many words its name takes.
    func find(_ words: ArraySlice<Word>) -> (keyword: Keyword<Target>, length: Int)? {
        guard let first = words.first else { return nil }
        if words.count > 1, families.contains(first.text) {
            let second = words[words.startIndex + 1]
            if let found = keyword(named: "\(first.text) \(second.text)") { return (found, 2) }
        }
        return keyword(named: first.text).map { ($0, 1) }
    }

    /// What to say when `find` fails; `section` is named in the message.
    func unknown(_ words: ArraySlice<Word>, in section: String, other: [String] = []) -> Complaint {
        let first = words[words.startIndex]
        guard families.contains(first.text) else {
            return Complaint(
                "unknown keyword '\(first.text)' in section '\(section)'",
                at: first.location,
                suggestion: Spelling.nearest(to: first.text, among: firstWords + other)
            )
        }
        let prefix = first.text + " "
        let members = names.filter { $0.hasPrefix(prefix) }.map {
            String($0.dropFirst(prefix.count))
        }
        guard words.count > 1 else {
            let list = members.prefix(8).joined(separator: ", ")
            return Complaint("expected more after '\(first.text)': \(list) …", at: first.end)
        }
        let second = words[words.startIndex + 1]
        return Complaint(
            "unknown \(first.text) '\(second.text)'",
            at: second.location,
            suggestion: Spelling.nearest(to: second.text, among: members)
        )
    }

    private var firstWords: [String] {
        names.filter { !$0.contains(" ") } + families.sorted()
    }
}

// Options: what follows the fixed part of a `server` or `bind` line.
extension KeywordTable {
    /// Applies options until the line ends. A mistake is reported and the next option read on, so
    /// that all mistakes of a line are found.
    func applyOptions(to target: inout Target, _ arguments: inout Arguments, of line: String) {
        let usage = arguments.usage
        defer { arguments.usage = usage }
        while let word = arguments.optional() {
            guard !word.text.isEmpty else { continue }
            guard let option = keyword(named: word.text) else {
                arguments.report(
                    Diagnostic(
                        .error,
                        at: word.location,
                        "unknown option '\(word.text)' of '\(line)'",
                        suggestion: Spelling.nearest(to: word.text, among: names)
                    )
                )
                skipArguments(&arguments)
                continue
            }
            arguments.usage = option.fullUsage
            arguments.keyword = word.location
            do throws(Complaint) {
                try option.handler(&target, &arguments)
                guard arguments.ignoresRest else { continue }
                arguments.ignoresRest = false
                skipArguments(&arguments)
            } catch {
                arguments.report(Diagnostic(error))
                skipArguments(&arguments)
            }
        }
    }

    /// Goes on to the next word that is an option.
    private func skipArguments(_ arguments: inout Arguments) {
        while let word = arguments.peek(), keyword(named: word.text) == nil {
            _ = arguments.optional()
        }
    }
}
