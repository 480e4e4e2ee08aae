internal import Primitives

/// `option tcp-check` and `tcp-check …`
enum TCPCheckKeywords {
    static let all: [Keyword<ProxyDraft>] =
        [
            Keyword("option tcp-check", in: .backendSide) { (proxy, arguments) in
                proxy.settings.checkMethod = .steps(TCPCheckMethod())
                proxy.settings.checkMethodLocation = arguments.keyword
            },
            Keyword("tcp-check connect", "[port <port>] [comment <text>]", in: .backendSide) {
                (proxy, arguments) throws(Complaint) in
                begin(&proxy, at: arguments.keyword)
                guard proxy.settings.tcpCheckRules.count == 0 else {
                    throw Complaint(
                        "a check is one connection: 'tcp-check connect' may only come first",
                        at: arguments.keyword
                    )
                }
                proxy.settings.tcpCheckRules.count = 1
                try connect(&proxy.settings.tcpCheckRules, &arguments)
            },
            Keyword("tcp-check send", "<text> [comment <text>]", in: .backendSide) {
                (proxy, arguments) throws(Complaint) in
                let bytes = Array(try arguments.word("a text").text.utf8)
                try add(.send(bytes), comment: nil, to: &proxy, &arguments)
            },
            Keyword("tcp-check send-binary", "<hexadecimal> [comment <text>]", in: .backendSide) {
                (proxy, arguments) throws(Complaint) in
                let bytes = try hexadecimal(&arguments)
                try add(.send(bytes), comment: nil, to: &proxy, &arguments)
            },
            Keyword("tcp-check expect", expectUsage, in: .backendSide) {
                (proxy, arguments) throws(Complaint) in
                let (action, comment) = try expectation(&arguments)
                try add(action, comment: comment, to: &proxy, &arguments)
            },
            Keyword("tcp-check comment", "<text>", in: .backendSide) {
                (_, arguments) throws(Complaint) in
                _ = try arguments.sentence("a comment")
            },
        ]
        + Keyword.notYet(
            "use 'tcp-check connect', 'send' and 'expect'",
            family: "tcp-check",
            "send-lf send-binary-lf set-var set-var-fmt unset-var"
        )

    private static let expectUsage =
        "[comment <text>] [!] {string <text> | binary <hexadecimal> | rstring <regex>"
        + " | rbinary <regex>}"

    private static func begin(_ proxy: inout ProxyDraft, at location: SourceLocation) {
        guard !proxy.hasTCPCheckRules else { return }
        proxy.hasTCPCheckRules = true
        proxy.settings.tcpCheckRules = TCPCheckRules(location: location)
    }

    private static func add(
        _ action: TCPCheckMethod.Action,
        comment: String?,
        to proxy: inout ProxyDraft,
        _ arguments: inout Arguments
    ) throws(Complaint) {
        begin(&proxy, at: arguments.keyword)
        var comment = comment
        if arguments.take("comment") { comment = try arguments.word("a comment").text }
        guard proxy.settings.tcpCheckRules.count < ConfigurationLimits.tcpCheckRules else {
            throw Complaint("too many 'tcp-check' lines", at: arguments.keyword)
        }
        proxy.settings.tcpCheckRules.count += 1
        proxy.settings.tcpCheckRules.steps.append(
            TCPCheckMethod.Step(
                action: action,
                number: proxy.settings.tcpCheckRules.count,
                comment: comment
            )
        )
    }

    private static func connect(
        _ rules: inout TCPCheckRules,
        _ arguments: inout Arguments
    ) throws(Complaint) {
        while let word = arguments.peek(), !word.text.isEmpty {
            _ = arguments.optional()
            switch word.text {
            case "port":
                rules.port = UInt16(try arguments.integer(1...65_535, "a port"))
            case "comment": _ = try arguments.word("a comment")
            case "default": break
            default:
                throw Complaint(
                    "'\(word.text)' is not supported by this version; usage: \(arguments.usage)",
                    at: word.location,
                    suggestion: Spelling.nearest(to: word.text, among: ["port", "comment"])
                )
            }
        }
    }

    private static func expectation(
        _ arguments: inout Arguments
    ) throws(Complaint) -> (TCPCheckMethod.Action, comment: String?) {
        let (comment, isNegated, word) = try arguments.expectation(
            "'string', 'binary', 'rstring' or 'rbinary'"
        )
        switch word.text {
        case "string":
            let bytes = Array(try arguments.word("a text").text.utf8)
            return (.expect(bytes, isNegated: isNegated), comment)
        case "binary":
            return (.expect(try hexadecimal(&arguments), isNegated: isNegated), comment)
        case "rstring", "rbinary":
            let action = TCPCheckMethod.Action.expectPattern(
                try arguments.regex(),
                isHexadecimal: word.text == "rbinary",
                isNegated: isNegated
            )
            return (action, comment)
        case "string-lf", "binary-lf", "min-recv":
            throw Complaint(
                "'tcp-check expect \(word.text)' is not supported by this version: use"
                    + " 'string <text>' or 'binary <hexadecimal>'",
                at: word.location
            )
        default:
            throw Complaint(
                "unknown 'tcp-check expect \(word.text)'; usage: \(arguments.usage)",
                at: word.location,
                suggestion: Spelling.nearest(
                    to: word.text,
                    among: ["string", "binary", "rstring", "rbinary"]
                )
            )
        }
    }

    private static func hexadecimal(_ arguments: inout Arguments) throws(Complaint) -> [UInt8] {
        let word = try arguments.word("hexadecimal digits, two for each byte")
        let digits = word.text.utf8.compactMap { byte in
            UInt8(String(UnicodeScalar(byte)), radix: 16)
        }
        guard digits.count == word.text.utf8.count, digits.count % 2 == 0 else {
            throw Complaint(
                "'\(word.text)' is not hexadecimal: expected two digits for each byte",
                at: word.location
            )
        }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
