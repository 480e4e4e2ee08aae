/// The words of a command line as getopt_long(3) reads them: short options together or apart, long
/// ones by their beginning, options among the operands.
struct GLBDOptions {
    struct Option {
        /// Its first long name.
        var name: String
        /// Empty where it takes none.
        var value = ""
    }

    private struct Known {
        let letter: Character?
        let names: [String]
        let takesValue: Bool

        init(_ letter: Character?, _ names: String..., value takesValue: Bool = false) {
            self.letter = letter
            self.names = names
            self.takesValue = takesValue
        }
    }

    private static let known = [
        Known("a", "defer-accept"), Known("b", "round", "round-robin", "rrb"),
        Known("c", "control", value: true), Known("d", "daemon"),
        Known("f", "fifo", value: true), Known("h", "help"),
        Known("i", "interval", value: true), Known("l", "linger"),
        Known("m", "max_conn", "connections", value: true), Known("n", "nodelay"),
        Known("r", "random"), Known("s", "source", "src_tracking", "source_tracking"),
        Known("t", "threads", value: true), Known("v", "verbose"),
        Known("w", "watchdog", value: true), Known("x", "extra", value: true),
        Known("D", "discover"), Known("K", "keepalive"), Known("L", "latency", value: true),
        Known("S", "single"), Known("T", "top"), Known("V", "version"),
        Known("Y", "synchronous"),
        // Ours.
        Known(nil, "configuration"),
    ]

    private var words: ArraySlice<String>
    /// The rest of a word of short options.
    private var letters: Substring = ""
    private(set) var operands: [String] = []

    init(_ arguments: [String]) { words = arguments[...] }

    mutating func next() throws(GLBDCommandLine.Refusal) -> Option? {
        if let letter = letters.popFirst() { return try short(letter) }
        while let word = words.popFirst() {
            if word == "--" {
                operands += words
                words = []
            } else if word.hasPrefix("--") {
                return try long(word.dropFirst(2))
            } else if word.hasPrefix("-"), word != "-" {
                letters = word.dropFirst()
                return try next()
            } else {
                operands.append(word)
            }
        }
        return nil
    }

    private mutating func short(
        _ letter: Character
    ) throws(GLBDCommandLine.Refusal) -> Option {
        guard let known = Self.known.first(where: { $0.letter == letter }) else {
            throw GLBDCommandLine.Refusal(text: "invalid option -- '\(letter)'")
        }
        guard known.takesValue else { return Option(name: known.names[0]) }
        let rest = letters
        letters = ""
        let value = rest.isEmpty ? words.popFirst() : String(rest)
        return try option(known, value, "-\(letter)")
    }

    private mutating func long(
        _ text: Substring
    ) throws(GLBDCommandLine.Refusal) -> Option {
        let name = text.prefix { $0 != "=" }
        var value = text.count > name.count ? String(text.dropFirst(name.count + 1)) : nil
        let exact = Self.known.filter { $0.names.contains(String(name)) }
        let found =
            exact.isEmpty ? Self.known.filter { $0.names.contains { $0.hasPrefix(name) } } : exact
        guard let known = found.first, !name.isEmpty else {
            throw GLBDCommandLine.Refusal(text: "unrecognized option '--\(name)'")
        }
        guard found.count == 1 else {
            throw GLBDCommandLine.Refusal(text: "option '--\(name)' is ambiguous")
        }
        guard known.takesValue else {
            guard value == nil else {
                throw GLBDCommandLine.Refusal(text: "option '--\(name)' doesn't allow an argument")
            }
            return Option(name: known.names[0])
        }
        if value == nil { value = words.popFirst() }
        return try option(known, value, "--\(name)")
    }

    private func option(
        _ known: Known,
        _ value: String?,
        _ spelling: String
    ) throws(GLBDCommandLine.Refusal) -> Option {
        guard let value else {
            throw GLBDCommandLine.Refusal(text: "option '\(spelling)' requires an argument")
        }
        return Option(name: known.names[0], value: value)
    }
}
