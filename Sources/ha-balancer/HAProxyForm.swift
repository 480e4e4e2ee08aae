/// HAProxy's command line, turned into a command of this program: `-f FILE` runs, `-c -f FILE`
/// checks. HAProxy's management guide, "Starting HAProxy".
struct HAProxyForm {
    /// One that would change behaviour and cannot be honoured: what to write instead.
    struct Refusal: Error, Equatable {
        var text: String
    }

    /// What a command line means.
    struct Command {
        var arguments: [String]
        /// What of it has no effect, and why.
        var notes: [String] = []
    }

    private var words: ArraySlice<String>
    private var files: [String] = []
    private var options: [String] = []
    private var runOptions: [String] = []
    private var checks = false
    private var isQuiet = false
    private var staysInFront = false
    private var notes: [String] = []

    /// What takes a value and means the same here.
    private static let kept: Set<String> = [
        "-L", "-C", "-n", "-N", "-S", "--node", "--directory",
    ]
    /// Debugging and tuning of what works in another way here.
    private static let ignored: Set<String> = [
        "-V", "-de", "-dp", "-dk", "-dS", "-dG", "-dr", "-dR", "-dZ", "-dF", "-dL", "-dD", "-dt",
        "-dv",
    ]
    private static let refused: [String: String] = [
        // As a limit of the address space it would end the daemon where HAProxy refuses a client.
        "-m": "write 'maxconn', or set MemoryMax= in the systemd unit",
        "-cc": "there are no conditions to check",
        "-dW": "'ha-balancer check' tells warnings from errors",
    ]

    private init(_ arguments: [String]) { words = arguments[...] }

    /// - Returns: `nil` when the arguments are not in HAProxy's form
    static func command(_ arguments: [String]) throws(Refusal) -> Command? {
        guard let first = arguments.first, first.hasPrefix("-"),
            !["-h", "--help", "--version"].contains(first)
        else { return nil }
        var form = HAProxyForm(arguments)
        guard let command = try form.read() else { return nil }
        return Command(arguments: command, notes: form.isQuiet ? [] : form.notes)
    }

    private mutating func read() throws(Refusal) -> [String]? {
        var isBegun = false
        while let word = words.popFirst() {
            defer { isBegun = true }
            switch word {
            case "-v", "-vv": return ["--version"]
            case "-f", "--file": files += ["-f", try value(of: word)]
            case "--":
                files += words.flatMap { ["-f", $0] }
                words = []
            case "-c": checks = true
            case "-q": isQuiet = true
            case "-D": runOptions.append("-D")
            case "-db", "-d", "-W", "-Ws": staysInFront = true
            case "-p", "--pid-file": runOptions += ["-p", try value(of: word)]
            case "-sf", "-st": takePIDs(for: word == "-sf" ? "--finish" : "--terminate")
            case "-x":
                _ = try value(of: word)
                notes.append("'-x' has no effect: a running ha-balancer keeps its listeners")
            case _ where Self.kept.contains(word): options += [word, try value(of: word)]
            case _ where Self.ignored.contains(word) || word.hasPrefix("-dM"): break
            default:
                guard let advice = Self.refused[word] else {
                    // At first it may be one of ours, which is told about as such.
                    guard isBegun else { return nil }
                    throw Refusal(text: "unknown option '\(word)'")
                }
                throw Refusal(text: "'\(word)' is not supported: \(advice)")
            }
        }
        guard !files.isEmpty else {
            throw Refusal(text: "no configuration file: name one with -f FILE")
        }
        if isQuiet { options.append("-q") }
        if checks { return ["check"] + files + options }
        runOptions.append(staysInFront ? "--foreground" : "--obey-daemon")
        return ["run"] + files + options + runOptions
    }

    private mutating func value(of option: String) throws(Refusal) -> String {
        guard let value = words.popFirst() else {
            throw Refusal(text: "'\(option)' needs a value")
        }
        return value
    }

    /// The numbers that follow; there may be none.
    private mutating func takePIDs(for option: String) {
        while let number = words.first.flatMap({ Int32($0) }), number > 0 {
            runOptions += [option, "\(number)"]
            words.removeFirst()
        }
    }
}
