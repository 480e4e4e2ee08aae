internal import Primitives

/// `option httpchk` and `http-check …`
enum HTTPCheckKeywords {
    static let all: [Keyword<ProxyDraft>] =
        [
            Keyword(
                "option httpchk",
                "[<uri> | <method> <uri> [<version>]]",
                in: .backendSide
            ) { (proxy, arguments) throws(Complaint) in
                let location = arguments.keyword
                proxy.settings.checkMethod = .http(try method(&arguments))
                proxy.settings.checkMethodLocation = location
            },
            Keyword("http-check send", sendUsage, in: .backendSide) {
                (proxy, arguments) throws(Complaint) in
                begin(&proxy, at: arguments.keyword)
                guard proxy.settings.httpCheckRules.request == nil else {
                    throw Complaint(
                        "a check makes one request: a second 'http-check send' is not supported",
                        at: arguments.keyword
                    )
                }
                proxy.settings.httpCheckRules.request = try request(&arguments)
            },
            Keyword("http-check expect", expectUsage, in: .backendSide) {
                (proxy, arguments) throws(Complaint) in
                begin(&proxy, at: arguments.keyword)
                let expectation = try expectation(&arguments)
                guard
                    proxy.settings.httpCheckRules.expectations.count
                        < ConfigurationLimits.httpExpectations
                else {
                    throw Complaint("too many 'http-check expect' lines", at: arguments.keyword)
                }
                proxy.settings.httpCheckRules.expectations.append(expectation)
            },
            Keyword("http-check comment", "<text>", in: .backendSide) {
                (_, arguments) throws(Complaint) in
                _ = try arguments.sentence("a comment")
            },
        ]
        + Keyword.notYet(
            "use 'http-check send' and 'http-check expect'",
            family: "http-check",
            "connect disable-on-404 send-state set-var set-var-fmt unset-var"
        )

    private static let sendUsage =
        "[meth <method>] [uri <uri>] [ver <version>] [hdr <name> <value>]... [body <text>]"
    private static let expectUsage =
        "[!] {status <codes> | string <text> | rstatus <regex> | rstring <regex>}"

    /// Set by the check itself: the answer would not be read to its end otherwise.
    private static let ownHeaders = ["connection", "content-length", "transfer-encoding"]

    private static func begin(_ proxy: inout ProxyDraft, at location: SourceLocation) {
        guard !proxy.hasHTTPCheckRules else { return }
        proxy.hasHTTPCheckRules = true
        proxy.settings.httpCheckRules = HTTPCheckRules(location: location)
    }

    // MARK: option httpchk

    private static func method(
        _ arguments: inout Arguments
    ) throws(Complaint) -> HTTPCheckMethod {
        var method = HTTPCheckMethod()
        guard arguments.peek()?.text.isEmpty == false else { return method }
        let first = try arguments.word("a URI or a method")
        guard arguments.peek()?.text.isEmpty == false else {
            method.uri = try target(first)
            return method
        }
        method.method = try token(first, "method")
        method.uri = try target(try arguments.word("a URI"))
        guard arguments.peek()?.text.isEmpty == false else { return method }
        let last = try arguments.word("a version")
        let parts = lines(of: last.text)
        method.version = try version(parts.head[0], at: last.location)
        guard parts.head.count > 1 || !parts.body.isEmpty else { return method }
        arguments.note(
            "headers behind the version are old: write"
                + " 'http-check send hdr <name> <value>'",
            at: last.location
        )
        for line in parts.head.dropFirst() {
            let header = try oldHeader(line, at: last.location)
            add(header, to: &method.headers, &arguments)
        }
        method.body = parts.body
        return method
    }

    /// The lines up to the first empty one, and what is behind that.
    private static func lines(of text: String) -> (head: [String], body: String) {
        var head: [String] = []
        var rest = Substring(text)
        // CR LF is one character.
        while let end = rest.firstIndex(where: \.isNewline) {
            let line = String(rest[..<end])
            rest = rest[rest.index(after: end)...]
            if line.isEmpty, !head.isEmpty { return (head, String(rest)) }
            head.append(line)
        }
        return (rest.isEmpty && !head.isEmpty ? head : head + [String(rest)], "")
    }

    private static func oldHeader(
        _ line: String,
        at location: SourceLocation
    ) throws(Complaint) -> HTTPCheckMethod.Header {
        guard let colon = line.firstIndex(of: ":") else {
            throw Complaint("'\(line)' is not a header: it has no ':'", at: location)
        }
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        let name = String(line[..<colon])
        guard isToken(name) else {
            throw Complaint("'\(name)' is not the name of a header", at: location)
        }
        return HTTPCheckMethod.Header(name: name, value: String(value))
    }

    // MARK: http-check

    private static func request(
        _ arguments: inout Arguments
    ) throws(Complaint) -> HTTPCheckRules.Request {
        var request = HTTPCheckRules.Request()
        while let word = arguments.peek(), !word.text.isEmpty {
            let part = try arguments.choice(
                "part of a request",
                ["meth", "uri", "ver", "hdr", "body", "comment"].map { (name: $0, value: $0) }
            )
            switch part {
            case "meth": request.method = try token(try arguments.word("a method"), "method")
            case "uri": request.uri = try target(try arguments.word("a URI"))
            case "ver":
                let word = try arguments.word("a version")
                request.version = try version(word.text, at: word.location)
            case "hdr":
                let name = try token(try arguments.word("the name of a header"), "header name")
                let value = try arguments.word("the value of the header")
                guard !value.text.utf8.contains(where: { $0 < 0x20 }) else {
                    throw Complaint("a header must not hold line ends", at: value.location)
                }
                let header = HTTPCheckMethod.Header(name: name, value: value.text)
                add(header, to: &request.headers, &arguments)
            case "body": request.body = try arguments.word("a body").text
            default: _ = try arguments.word("a comment")
            }
        }
        return request
    }

    private static func add(
        _ header: HTTPCheckMethod.Header,
        to headers: inout [HTTPCheckMethod.Header],
        _ arguments: inout Arguments
    ) {
        guard !ownHeaders.contains(header.name.lowercased()) else {
            return arguments.note(
                "'\(header.name)' has no effect here: the check sets it itself",
                at: arguments.previous.location
            )
        }
        headers.append(header)
    }

    private static func expectation(
        _ arguments: inout Arguments
    ) throws(Complaint) -> HTTPCheckMethod.Expectation {
        let (_, isNegated, word) = try arguments.expectation(
            "'status', 'string', 'rstatus' or 'rstring'"
        )
        switch word.text {
        case "status":
            let codes = try ranges(try arguments.word("a list of codes such as 200-299,404"))
            return HTTPCheckMethod.Expectation(pattern: .status(codes), isNegated: isNegated)
        case "string":
            let text = try arguments.word("a text").text
            return HTTPCheckMethod.Expectation(pattern: .string(text), isNegated: isNegated)
        case "rstatus":
            let pattern = HTTPCheckMethod.Expectation.Pattern.statusPattern(try arguments.regex())
            return HTTPCheckMethod.Expectation(pattern: pattern, isNegated: isNegated)
        case "rstring":
            let pattern = HTTPCheckMethod.Expectation.Pattern.pattern(try arguments.regex())
            return HTTPCheckMethod.Expectation(pattern: pattern, isNegated: isNegated)
        case "string-lf", "hdr", "fhdr", "min-recv":
            throw Complaint(
                "'http-check expect \(word.text)' is not supported by this version: use"
                    + " 'status <codes>' or 'string <text>'",
                at: word.location
            )
        default:
            throw Complaint(
                "unknown 'http-check expect \(word.text)'; usage: \(arguments.usage)",
                at: word.location,
                suggestion: Spelling.nearest(
                    to: word.text,
                    among: ["status", "string", "rstatus", "rstring"]
                )
            )
        }
    }

    /// `200-299,404`
    private static func ranges(_ word: Word) throws(Complaint) -> [ClosedRange<Int>] {
        var ranges: [ClosedRange<Int>] = []
        for item in word.text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = item.split(separator: "-", omittingEmptySubsequences: false)
            let codes = ends.compactMap { end in
                end.count == 3 && end.utf8.allSatisfy { (48...57).contains($0) } ? Int(end) : nil
            }
            guard (1...2).contains(ends.count), codes.count == ends.count,
                let low = codes.first, let high = codes.last, low <= high
            else {
                throw Complaint(
                    "'\(item)' is neither a status nor a range of them: expected a list such as"
                        + " 200-299,404",
                    at: word.location
                )
            }
            ranges.append(low...high)
        }
        return ranges
    }

    // MARK: words

    private static func version(
        _ text: String,
        at location: SourceLocation
    ) throws(Complaint) -> String {
        let known = ["HTTP/1.0", "HTTP/1.1"]
        guard known.contains(text) else {
            throw Complaint(
                "'\(text)' is not a version that checks speak: expected HTTP/1.0 or HTTP/1.1",
                at: location,
                suggestion: Spelling.nearest(to: text, among: known)
            )
        }
        return text
    }

    private static func target(_ word: Word) throws(Complaint) -> String {
        guard word.text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw Complaint("a URI must not hold spaces or line ends", at: word.location)
        }
        return word.text
    }

    private static func token(_ word: Word, _ what: String) throws(Complaint) -> String {
        guard isToken(word.text) else {
            throw Complaint("'\(word.text)' is not a \(what)", at: word.location)
        }
        return word.text
    }

    /// RFC 9110 §5.6.2
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122: true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
