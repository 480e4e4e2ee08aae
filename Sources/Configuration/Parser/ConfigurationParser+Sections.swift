internal import Primitives

// Section headers.
extension ConfigurationParser {
    mutating func begin(_ header: SectionHeader, _ words: ArraySlice<Word>) {
        guard let first = words.first else { return }
        var arguments = Arguments(words.dropFirst(), after: first, usage: Self.usage(header))
        do throws(Complaint) {
            switch header {
            case .global:
                section = .global
            case .pair:
                try beginPair(&arguments)
            case .defaults:
                try beginDefaults(&arguments)
            case .listen:
                try beginProxy(.listen, &arguments)
            case .frontend:
                try beginProxy(.frontend, &arguments)
            case .backend:
                try beginProxy(.backend, &arguments)
            }
            try arguments.finish()
        } catch {
            findings.add(error)
        }
        for finding in arguments.findings { findings.add(finding) }
    }

    private static func usage(_ header: SectionHeader) -> String {
        switch header {
        case .global: "global"
        case .pair: "pair <name>"
        case .defaults: "defaults [<name>] [from <defaults>]"
        case .listen, .frontend, .backend: "\(header.rawValue) <name> [from <defaults>]"
        }
    }

    /// Passes over the lines of a section that is not known.
    mutating func skipSection() {
        section = .skipped
    }

    mutating func unknownSection(_ word: Word) {
        let names = SectionHeader.allCases.map(\.rawValue)
        findings.add(
            .error,
            at: word.location,
            "unknown section '\(word.text)': expected \(names.joined(separator: ", "))",
            suggestion: Spelling.nearest(to: word.text, among: names)
        )
        skipSection()
    }

    private mutating func beginPair(_ arguments: inout Arguments) throws(Complaint) {
        let location = arguments.keyword
        pairs.append(PairDraft(name: "", location: location, isBroken: true))
        section = .pair(pairs.count - 1)
        let name = try arguments.name("the name of the pair")
        guard pairs.count == 1 else {
            let first = pairs[0].location
            throw Complaint(
                "there is a 'pair' section already, at \(first.file):\(first.line)",
                at: location
            )
        }
        pairs[0].name = name
        pairs[0].isBroken = false
    }

    private mutating func beginDefaults(_ arguments: inout Arguments) throws(Complaint) {
        let index = try append(.defaults, &arguments)
        currentDefaults = index
        if let word = arguments.peek(), word.text != "from" {
            let name = try arguments.name("the name of these defaults")
            proxies[index].name = name
            namedDefaults[name, default: []].append(index)
        }
        if arguments.peek()?.text == "from" {
            proxies[index].settings = try parent(&arguments)
        }
    }

    private mutating func beginProxy(
        _ kind: ProxyDraft.Kind,
        _ arguments: inout Arguments
    ) throws(Complaint) {
        let index = try append(kind, &arguments)
        if let currentDefaults {
            proxies[index].settings = proxies[currentDefaults].settings
            proxies[index].faulty = proxies[currentDefaults].faulty
        }
        proxies[index].name = try arguments.name("the name of the \(kind.rawValue)")
        if let word = arguments.peek(), word.text != "from", !word.text.isEmpty {
            try oldAddress(index, &arguments)
        }
        if arguments.peek()?.text == "from" {
            proxies[index].settings = try parent(&arguments)
        }
        proxies[index].isBroken = false
    }

    /// A new draft, broken until its header is understood.
    private mutating func append(
        _ kind: ProxyDraft.Kind,
        _ arguments: inout Arguments
    ) throws(Complaint) -> Int {
        let location = arguments.keyword
        guard proxies.count < ConfigurationLimits.proxies else {
            skipSection()
            throw Complaint(
                "more than \(ConfigurationLimits.proxies) sections",
                at: location
            )
        }
        proxies.append(
            ProxyDraft(
                kind: kind,
                name: "",
                location: location,
                settings: ProxySettings(maxConnections: commandLine.proxyMaxConnections),
                isBroken: true
            )
        )
        section = .proxy(proxies.count - 1)
        return proxies.count - 1
    }

    /// `from NAME`: the settings of the named defaults.
    private mutating func parent(_ arguments: inout Arguments) throws(Complaint) -> ProxySettings {
        try arguments.expect("from")
        let word = try arguments.word("the name of a 'defaults' section")
        // A section does not inherit from itself: only what stands before counts.
        let earlier = (namedDefaults[word.text] ?? []).filter { $0 < proxies.count - 1 }
        guard let index = earlier.first else {
            let others = namedDefaults.keys.filter { $0 != word.text }.sorted()
            throw Complaint(
                "no 'defaults \(word.text)' before this line",
                at: word.location,
                suggestion: Spelling.nearest(to: word.text, among: others)
            )
        }
        guard earlier.count == 1 else {
            let lines = earlier.map { "\(proxies[$0].location.file):\(proxies[$0].location.line)" }
            throw Complaint(
                "several 'defaults \(word.text)': at \(lines.joined(separator: " and "))",
                at: word.location
            )
        }
        return proxies[index].settings
    }

    /// `listen NAME ADDRESS:PORT`, refused by HAProxy today and printed everywhere.
    private mutating func oldAddress(
        _ index: Int,
        _ arguments: inout Arguments
    ) throws(Complaint) {
        let word = try arguments.word("ADDRESS:PORT")
        guard proxies[index].kind != .backend, word.text.contains(":") else {
            throw Complaint(
                "unexpected '\(word.text)'; usage: \(arguments.usage)",
                at: word.location,
                suggestion: Spelling.nearest(to: word.text, among: ["from"])
            )
        }
        for endpoint in try BindKeywords.endpoints(word, &arguments) {
            proxies[index].binds.append(Bind(endpoint: endpoint, location: word.location))
        }
        arguments.note(
            "an address on the '\(proxies[index].kind.rawValue)' line is the old form: write"
                + " 'bind \(word.text)' on a line of its own",
            at: word.location
        )
    }
}
