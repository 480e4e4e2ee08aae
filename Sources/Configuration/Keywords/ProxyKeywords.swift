internal import Primitives

/// `defaults`, `listen`, `frontend` and `backend`.
enum ProxyKeywords {
    static let table = KeywordTable(
        lines + logs + LogFormatKeyword.all + TimeoutKeywords.all + OptionKeywords.all
            + HTTPCheckKeywords.all + TCPCheckKeywords.all + ExternalCheckKeywords.all
            + StickKeywords.all + GLBKeywords.all + ServerStateKeywords.all + AccessKeywords.all
            + KeepAliveKeywords.all + [SourceKeyword.line] + oldWords
            + noEffect + notYet + notHere + statsPage
    )

    private static let lines: [Keyword<ProxyDraft>] = [
        Keyword("mode", "tcp") { (proxy, arguments) throws(Complaint) in
            let modes = ProxySettings.Mode.allCases.map { (name: $0.rawValue, value: $0) }
            proxy.settings.mode = try arguments.choice("mode", modes)
            proxy.settings.modeLocation = arguments.keyword
        },
        Keyword("bind", "[<address>]:<port>[, ...] [<option>...]", in: .frontend) {
            (proxy, arguments) throws(Complaint) in
            try BindKeywords.parse(into: &proxy, &arguments)
        },
        Keyword("server", "<name> <address>:<port> [<option>...]", in: .backend) {
            (proxy, arguments) throws(Complaint) in
            try ServerKeywords.parse(into: &proxy, &arguments)
        },
        Keyword("default-server", "[<option>...]", in: .backendSide) { (proxy, arguments) in
            ServerKeywords.table.applyOptions(
                to: &proxy.settings.serverOptions,
                &arguments,
                of: "default-server"
            )
        },
        Keyword("default_backend", "<backend>", in: .frontendSide) {
            (proxy, arguments) throws(Complaint) in
            proxy.settings.defaultBackend = try arguments.word("the name of a backend")
        },
        Keyword("balance", BalanceAlgorithm.usage, in: .backendSide) {
            (proxy, arguments) throws(Complaint) in
            try balance(&proxy, &arguments)
        },
        Keyword("hash-type", "{map-based | consistent} [<function>] [avalanche]", in: .backendSide)
        {
            (proxy, arguments) throws(Complaint) in
            proxy.settings.hashType = try hashType(&arguments)
        },
        Keyword("fullconn", "<number>", in: .backendSide) { (proxy, arguments) throws(Complaint) in
            let number = try arguments.integer(0...10_000_000)
            proxy.settings.fullConnections = number == 0 ? nil : number
        },
        Keyword("maxconn", "<number>", in: .frontendSide) { (proxy, arguments) throws(Complaint) in
            let number = try arguments.integer(0...10_000_000)
            proxy.settings.maxConnections = number == 0 ? nil : number
        },
        Keyword("backlog", "<number>", in: .frontendSide) { (proxy, arguments) throws(Complaint) in
            let number = try arguments.integer(0...Int(Int32.max))
            proxy.settings.backlog = number == 0 ? nil : number
        },
        Keyword("retries", "<number>", in: .backendSide) { (proxy, arguments) throws(Complaint) in
            proxy.settings.retries = try arguments.integer(0...65_535)
        },
        Keyword("disabled") { (proxy, _) in proxy.settings.isDisabled = true },
        Keyword("enabled") { (proxy, _) in proxy.settings.isDisabled = false },
        Keyword("description", "<text>", in: [.frontend, .backend]) {
            (proxy, arguments) throws(Complaint) in
            proxy.description = try arguments.sentence("a description")
        },
    ]

    private static let logs: [Keyword<ProxyDraft>] = [
        Keyword("log", "global | \(LogLine.usage)", no: { $0.settings.logs = [] }) {
            (proxy, arguments) throws(Complaint) in
            guard proxy.settings.logs.count < ConfigurationLimits.logTargets else {
                throw Complaint("too many 'log' lines", at: arguments.keyword)
            }
            if arguments.take("global") {
                proxy.settings.logs.append(.global)
            } else {
                proxy.settings.logs.append(.target(try LogLine.parse(&arguments)))
            }
        }
    ]

    /// Refused by HAProxy since 2.1, and still printed by the field's documents.
    private static let oldWords: [Keyword<ProxyDraft>] = [
        oldTimeout("contimeout", "connect", .backendSide) { $0.connect = $1 },
        oldTimeout("clitimeout", "client", .frontendSide) { $0.client = $1 },
        oldTimeout("srvtimeout", "server", .backendSide) { $0.server = $1 },
        Keyword("redispatch", in: .backendSide) { (proxy, arguments) in
            proxy.settings.redispatch = .fromLastRetry(1)
            arguments.note(
                "'redispatch' alone is old: write 'option redispatch'",
                at: arguments.keyword
            )
        },
    ]

    private static func oldTimeout(
        _ old: String,
        _ new: String,
        _ places: Places,
        _ set: @escaping TimeoutKeywords.Setter
    ) -> Keyword<ProxyDraft> {
        Keyword(old, "<time>", in: places) { (proxy, arguments) throws(Complaint) in
            set(&proxy.settings.timeouts, try arguments.timeout())
            arguments.note("'\(old)' is old: write 'timeout \(new)'", at: arguments.keyword)
        }
    }

    /// The function makes a number of a text; `balance source` has a number already, here and in
    /// HAProxy (`get_server_sh`).
    private static let hashFunctions = ["sdbm", "djb2", "wt6", "crc32"]

    private static func hashType(_ arguments: inout Arguments) throws(Complaint) -> HashType {
        let isConsistent = try arguments.choice(
            "method",
            [("map-based", false), ("consistent", true)]
        )
        guard arguments.peek()?.text.isEmpty == false else {
            return HashType(isConsistent: isConsistent, isMixed: isConsistent)
        }
        _ = try arguments.choice("function", hashFunctions.map { ($0, ()) })
        guard arguments.peek()?.text.isEmpty == false else {
            return HashType(isConsistent: isConsistent, isMixed: false)
        }
        try arguments.expect("avalanche")
        return HashType(isConsistent: isConsistent, isMixed: true)
    }

    private static let laterAlgorithms = [
        "uri", "url_param", "hdr", "rdp-cookie", "hash",
    ]

    private static func balance(
        _ proxy: inout ProxyDraft,
        _ arguments: inout Arguments
    ) throws(Complaint) {
        let known = BalanceAlgorithm.allCases.map { (name: $0.rawValue, value: $0) }
        if let word = arguments.peek(), laterAlgorithms.contains(word.text) {
            throw Complaint(
                "'balance \(word.text)' is not supported by this version",
                at: word.location,
                suggestion: BalanceAlgorithm.roundRobin.rawValue
            )
        }
        // Pen remembers, and does not choose.
        proxy.settings.isPen = arguments.take("pen")
        guard !proxy.settings.isPen else {
            proxy.settings.balance = .roundRobin
            proxy.settings.balancesTopOnly = false
            return
        }
        // HAProxy's own number of draws, said explicitly.
        let isRandom = arguments.take("random(2)")
        proxy.settings.balance =
            isRandom ? .random : try arguments.choice("algorithm", known)
        proxy.settings.balancesTopOnly = arguments.take("top")
    }
}

extension BalanceAlgorithm {
    fileprivate static let usage =
        "{" + allCases.map(\.rawValue).joined(separator: " | ") + "} [top] | pen"
}
