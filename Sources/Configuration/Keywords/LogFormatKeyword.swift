internal import Primitives

/// `log-format`: the variables of HAProxy's manual, 8.2.6, that `mode tcp` has.
enum LogFormatKeyword {
    static let all: [Keyword<ProxyDraft>] = [
        Keyword("log-format", "<format>", no: { $0.settings.logFormat = nil }) {
            (proxy, arguments) throws(Complaint) in
            let word = try arguments.word("a format (in quotes, or with '\\ ' for each space)")
            var reader = Reader(Array(word.text.unicodeScalars), word.location)
            proxy.settings.logFormat = try reader.format()
        }
    ]

    private typealias Variable = SessionLogFormat.Variable
    private typealias Style = SessionLogFormat.Style

    private static let variables: [String: Variable] = [
        "B": .bytesToClient, "U": .bytesToServer, "H": .hostName, "pid": .processID,
        "rt": .sessionCount, "lc": .lineCount, "t": .acceptedAt, "T": .acceptedAtUTC,
        "Tl": .acceptedAtLocal, "Ts": .acceptedSecond, "ms": .acceptedMillisecond,
        "Tc": .connectTime, "Td": .dataTime, "Th": .handshakeTime, "Tt": .totalTime,
        "Tu": .totalTime, "Tw": .waitTime, "f": .frontend, "ft": .frontend, "b": .backend,
        "s": .server, "ci": .clientAddress, "cp": .clientPort, "fi": .frontendAddress,
        "fp": .frontendPort, "bi": .sourceAddress, "bp": .sourcePort, "si": .serverAddress,
        "sp": .serverPort, "ac": .processSessions, "fc": .frontendSessions,
        "bc": .backendSessions, "sc": .serverSessions, "sq": .serverQueue, "bq": .backendQueue,
        "rc": .retries, "ts": .terminationState,
    ]

    /// What HAProxy writes for them where there is no HTTP, no TLS and no `unique-id-format`: plain
    /// and in quotes.
    private static let constants: [String: (plain: String, quoted: String)] = [
        "ST": ("0", "0"), "ID": ("-", "\"\""), "sslc": ("-", "-"), "sslv": ("-", "-"),
        "hr": ("", ""), "hs": ("", ""), "hrl": ("", ""), "hsl": ("", ""),
    ]

    private static let httpOnly: Set<String> = [
        "CC", "CS", "HM", "HP", "HPO", "HQ", "HU", "HV", "Ta", "Ti", "Tq", "TR", "Tr", "r", "tr",
        "trg", "trl", "tsc",
    ]

    /// Sample expressions that say what a variable says.
    private static let samples: [String: Variable] = [
        "src": .clientAddress, "src_port": .clientPort, "dst": .frontendAddress,
        "dst_port": .frontendPort, "fe_name": .frontend, "be_name": .backend,
        "srv_name": .server,
    ]

    private struct Reader {
        private let scalars: [Unicode.Scalar]
        private let location: SourceLocation
        private var next = 0
        private var pieces: [SessionLogFormat.Piece] = []
        private var text = ""
        /// Spaces are merged, and dropped at the beginning.
        private var isBehindSpace = true
        /// What `%o` said, for all that follow.
        private var style: Style = []

        init(_ scalars: [Unicode.Scalar], _ location: SourceLocation) {
            self.scalars = scalars
            self.location = location
        }

        mutating func format() throws(Complaint) -> SessionLogFormat {
            while let scalar = take() {
                if scalar == "%" {
                    try variable()
                } else if scalar != " " {
                    put(String(scalar))
                } else if !isBehindSpace {
                    put(" ")
                    isBehindSpace = true
                }
            }
            flush()
            return SessionLogFormat(pieces)
        }

        private mutating func take() -> Unicode.Scalar? {
            guard next < scalars.count else { return nil }
            next += 1
            return scalars[next - 1]
        }

        private mutating func put(_ more: String) {
            guard !more.isEmpty else { return }
            text += more
            isBehindSpace = false
        }

        private mutating func flush() {
            if !text.isEmpty { pieces.append(.text(text)) }
            text = ""
        }

        /// Behind a `%`.
        private mutating func variable() throws(Complaint) {
            var own = style
            var hasFlags = false
            if next < scalars.count, scalars[next] == "{" {
                own = try flags(to: own)
                hasFlags = true
            }
            guard next < scalars.count else {
                throw Complaint(
                    hasFlags
                        ? "a variable is missing behind the flags"
                        : "a variable is missing behind the last '%': '%%' stands for the sign",
                    at: location
                )
            }
            if scalars[next] == "%", !hasFlags {
                next += 1
                return put("%")
            }
            if scalars[next] == "[" { return try sample(own) }
            let name = word()
            if name == "o" {
                style = own
            } else if let variable = variables[name] {
                put(variable, own)
            } else if let constant = constants[name] {
                put(own.contains(.quoted) ? constant.quoted : constant.plain)
            } else if httpOnly.contains(name) {
                throw Complaint("'%\(name)' belongs to 'mode http'", at: location)
            } else {
                throw Complaint(
                    name.isEmpty
                        ? "a '%' needs a variable: '%%' stands for the sign"
                        : "there is no variable '%\(name)'; '%%' stands for the sign",
                    at: location
                )
            }
        }

        private mutating func put(_ variable: Variable, _ style: Style) {
            flush()
            pieces.append(.variable(variable, style))
            isBehindSpace = false
        }

        private mutating func word() -> String {
            var name = ""
            while next < scalars.count, scalars[next].properties.isAlphabetic {
                name.unicodeScalars.append(scalars[next])
                next += 1
            }
            return name
        }

        /// `{+Q,-X}`. `E` escapes what no name and no address contains.
        private mutating func flags(to style: Style) throws(Complaint) -> Style {
            let inside = try upTo("}")
            var result = style
            for flag in inside.dropFirst().split(separator: ",") {
                switch flag {
                case "+Q": result.insert(.quoted)
                case "-Q": result.remove(.quoted)
                case "+X": result.insert(.hexadecimal)
                case "-X": result.remove(.hexadecimal)
                case "+E", "-E": break
                default:
                    throw Complaint("'\(flag)' is none of the flags Q, X and E", at: location)
                }
            }
            return result
        }

        private mutating func sample(_ style: Style) throws(Complaint) {
            let expression = String(try upTo("]").dropFirst())
            guard let variable = samples[expression] else {
                throw Complaint(
                    "'%[\(expression)]' is not supported by this version; known are "
                        + samples.keys.sorted().joined(separator: ", "),
                    at: location
                )
            }
            put(variable, style)
        }

        /// The text from here up to `end`, which is taken too.
        private mutating func upTo(_ end: Unicode.Scalar) throws(Complaint) -> String {
            var inside = ""
            while let scalar = take() {
                if scalar == end { return inside }
                inside.unicodeScalars.append(scalar)
            }
            throw Complaint("'\(end)' is missing in a log format", at: location)
        }
    }
}
