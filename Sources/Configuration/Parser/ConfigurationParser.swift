/// What parsing gives.
package struct ParseResult: Sendable, Equatable {
    /// `nil` if there is any error.
    package var configuration: BalancerConfiguration?
    /// Everything that was found, in the order of the files, then of lines and columns.
    package var diagnostics: [Diagnostic]
}

/// Reads configuration files into a `BalancerConfiguration`.
///
/// All files are read to their end whatever is wrong in them, so that all mistakes are reported at
/// once. It does no input or output: names are looked up, files opened and users found by others.
package struct ConfigurationParser {
    /// The section that lines belong to.
    enum Section {
        /// Before the first section of a file.
        case outside
        /// A section that is unknown: its lines are passed over.
        case skipped
        case global
        /// An index into `proxies`, `defaults` included.
        case proxy(Int)
        /// An index into `pairs`.
        case pair(Int)
    }

    let environment: [String: String]
    let commandLine: CommandLineSettings
    var findings = Findings()
    var digest = ConfigurationDigest()
    var section = Section.outside
    /// The column of the last keyword of the section, or of its header before there is one.
    private var lastColumn = 1

    var global = GlobalSettings()
    var proxies: [ProxyDraft] = []
    var pairs: [PairDraft] = []
    /// The `defaults` that the next proxy inherits from; an index into `proxies`.
    var currentDefaults: Int?
    /// Named `defaults`, each with all that have the name.
    var namedDefaults: [String: [Int]] = [:]

    private init(environment: [String: String], commandLine: CommandLineSettings) {
        self.environment = environment
        self.commandLine = commandLine
    }

    /// Parses `files` in their order, as one configuration. `environment` is what `"$NAME"` means.
    package static func parse(
        _ files: [SourceFile],
        environment: [String: String] = [:],
        commandLine: CommandLineSettings = CommandLineSettings()
    ) -> ParseResult {
        var parser = ConfigurationParser(environment: environment, commandLine: commandLine)
        for file in files.prefix(ConfigurationLimits.files) {
            parser.read(file)
        }
        if let extra = files.dropFirst(ConfigurationLimits.files).first {
            parser.findings.add(
                .error,
                at: SourceLocation(file: extra.name, line: 1, column: 1),
                "more than \(ConfigurationLimits.files) files"
            )
        }
        if let number = commandLine.maxConnections { parser.global.maxConnections = number }
        var assembler = ConfigurationAssembler(parser)
        let configuration = assembler.assemble()
        return ParseResult(
            configuration: configuration,
            diagnostics: sorted(assembler.findings.list, by: files)
        )
    }

    private static func sorted(_ list: [Diagnostic], by files: [SourceFile]) -> [Diagnostic] {
        let order = Dictionary(
            files.enumerated().map { ($0.element.name, $0.offset) },
            uniquingKeysWith: { first, _ in first }
        )
        let keys = list.map { (order[$0.location.file] ?? 0, $0.location.line, $0.location.column) }
        return list.indices
            .sorted { keys[$0] == keys[$1] ? $0 < $1 : keys[$0] < keys[$1] }
            .map { list[$0] }
    }

    private mutating func read(_ file: SourceFile) {
        var lexer = Lexer(file, environment: environment)
        if let finding = lexer.inspect() {
            findings.add(finding)
            if finding.severity == .error { return }
        }
        // A file begins outside any section, as in HAProxy; `defaults` reach across files.
        section = .outside
        while let outcome = lexer.nextLine() {
            switch outcome {
            case .complaint(let complaint):
                findings.add(complaint)
            case .words(let words):
                digest.add(words)
                statement(words[...])
            }
        }
    }

    /// One line of a section, or the header of one.
    private mutating func statement(_ words: ArraySlice<Word>) {
        guard let first = words.first else { return }
        if let header = SectionHeader(rawValue: first.text) {
            lastColumn = first.location.column
            begin(header, words)
            return
        }
        if first.text.hasPrefix(".") {
            // Conditional blocks (`.if`) and messages (`.notice`) may stand anywhere.
            let message =
                "'\(first.text)' is not supported by this version: there are no conditions"
            findings.add(.error, at: first.location, message)
            return
        }
        if let reason = SectionHeader.noEffect[first.text], first.location.column <= lastColumn {
            let message = "section '\(first.text)' has no effect here: \(reason)"
            findings.add(.note, at: first.location, message)
            skipSection()
            return
        }
        if let hint = SectionHeader.notYet[first.text], first.location.column <= lastColumn {
            let message = "section '\(first.text)' is not supported by this version\(hint)"
            findings.add(.error, at: first.location, message)
            skipSection()
            return
        }
        switch section {
        case .skipped: return
        case .outside:
            unknownSection(first)
        case .global:
            let unknown = Self.run(GlobalKeywords.table, words, on: &global, "global", &findings)
            if let unknown { reject(unknown, first) }
        case .pair(let index):
            let before = findings.list.count
            let unknown = Self.run(PairKeywords.table, words, on: &pairs[index], "pair", &findings)
            if let unknown { reject(unknown, first) }
            pairs[index].faulty.formUnion(faulty(words, since: before))
        case .proxy(let index):
            let before = findings.list.count
            if let unknown = proxyLine(words, index) { reject(unknown, first) }
            proxies[index].faulty.formUnion(faulty(words, since: before))
        }
        lastColumn = first.location.column
    }
}

// Lines.
extension ConfigurationParser {
    /// Looks up the keyword of a line and has it handled. What to say if it is not known.
    private static func run<Target>(
        _ table: KeywordTable<Target>,
        _ words: ArraySlice<Word>,
        on target: inout Target,
        _ section: String,
        _ findings: inout Findings
    ) -> Complaint? {
        let isNegated = words.first?.text == "no" && words.count > 1
        let statement = isNegated ? words.dropFirst() : words
        guard let first = statement.first, let found = table.find(statement) else {
            let sections = SectionHeader.allCases.map(\.rawValue)
            return table.unknown(statement, in: section, other: sections)
        }
        let last = statement[statement.startIndex + found.length - 1]
        var arguments = Arguments(
            statement.dropFirst(found.length),
            after: last,
            usage: found.keyword.fullUsage
        )
        do throws(Complaint) {
            if isNegated {
                guard let negation = found.keyword.negation else {
                    throw Complaint(
                        "'no' cannot stand before '\(found.keyword.name)'",
                        at: first.location
                    )
                }
                negation(&target)
            } else {
                try found.keyword.handler(&target, &arguments)
                if !arguments.ignoresRest { try arguments.finish() }
            }
        } catch {
            findings.add(error)
        }
        for finding in arguments.findings { findings.add(finding) }
        return nil
    }

    /// The keyword that a line with a mistake has, or was meant to have; none if all is well.
    private func faulty(_ words: ArraySlice<Word>, since count: Int) -> [String] {
        let errors = findings.list.dropFirst(count).filter { $0.severity == .error }
        guard !errors.isEmpty, let first = words.first(where: { $0.text != "no" }) else {
            return []
        }
        return [first.text] + errors.compactMap(\.suggestion)
    }

    /// A line whose keyword is not known. One that stands where a section begins is taken for a
    /// misspelt header, so that the lines behind it are not blamed on the section before it.
    private mutating func reject(_ complaint: Complaint, _ first: Word) {
        let isNearSection = complaint.suggestion.map { SectionHeader(rawValue: $0) != nil } ?? false
        if first.location.column == 1, isNearSection || lastColumn > 1 {
            unknownSection(first)
        } else {
            findings.add(complaint)
        }
    }

    /// A line of `defaults`, `listen`, `frontend` or `backend`.
    private mutating func proxyLine(_ words: ArraySlice<Word>, _ index: Int) -> Complaint? {
        let statement = words.first?.text == "no" ? words.dropFirst() : words
        let kind = proxies[index].kind
        if let first = statement.first, let found = ProxyKeywords.table.find(statement) {
            let name = found.keyword.name
            if found.keyword.places.isDisjoint(with: kind.places) {
                misplaced(name, found.keyword.places, at: first.location, in: proxies[index])
                // A setting that HAProxy ignores with a warning is ignored here too.
                return nil
            }
        }
        return Self.run(ProxyKeywords.table, words, on: &proxies[index], kind.rawValue, &findings)
    }

    /// Keywords that must not be lost, and where they belong.
    private static let homes = [
        "bind": "'listen' or 'frontend'",
        "server": "'listen' or 'backend'",
        "default-server": "'listen' or 'backend'",
        // Who was to be kept out would be let in.
        "tcp-request connection": "'listen' or 'frontend'",
        "tcp-request content": "'listen' or 'frontend'",
    ]

    private mutating func misplaced(
        _ keyword: String,
        _ places: Places,
        at location: SourceLocation,
        in proxy: ProxyDraft
    ) {
        let kind = proxy.kind
        if kind == .defaults {
            findings.add(.error, at: location, "'\(keyword)' is not allowed in 'defaults'")
        } else if let home = Self.homes[keyword] {
            findings.add(
                .error,
                at: location,
                "'\(keyword)' is not allowed in '\(kind.rawValue)': it belongs to \(home)"
            )
        } else {
            let side = places.contains(.frontend) ? "frontend" : "backend"
            findings.add(
                .warning,
                at: location,
                "'\(keyword)' is ignored: \(kind.rawValue) '\(proxy.name)' has no \(side) side"
            )
        }
    }
}
