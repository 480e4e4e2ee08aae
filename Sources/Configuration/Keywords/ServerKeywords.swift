internal import Primitives

/// The `server` and `default-server` lines.
enum ServerKeywords {
    static let table = KeywordTable(options + checks + agent + noEffect + notYet)

    private static let oneOrMore = 1...65_535
    private static let interval: ClosedRange<Duration> =
        .milliseconds(1)...ConfigurationLimits.longestTime

    private static let options: [Keyword<ServerOptions>] = [
        Keyword("weight", "<0-256>") { (server, arguments) throws(Complaint) in
            if let text = arguments.peek()?.text, text.contains("."),
                let weight = Weight(decimal: text)
            {
                _ = arguments.optional()
                server.weight = weight
            } else {
                server.weight = Weight(try arguments.integer(0...Weight.limit, "a weight"))
            }
        },
        Keyword("blacklist", "<time>") { (server, arguments) throws(Complaint) in
            let time = try arguments.timeout()
            server.blacklist = time == .zero ? nil : time
        },
        Keyword("backup") { (server, _) in server.isBackup = true },
        Keyword("no-backup") { (server, _) in server.isBackup = false },
        Keyword("disabled") { (server, _) in server.isDisabled = true },
        Keyword("enabled") { (server, _) in server.isDisabled = false },
        Keyword("send-proxy") { (server, _) in server.proxyProtocol = .version1 },
        Keyword("send-proxy-v2") { (server, _) in server.proxyProtocol = .version2 },
        Keyword("no-send-proxy") { (server, _) in server.proxyProtocol = nil },
        Keyword("no-send-proxy-v2") { (server, _) in server.proxyProtocol = nil },
        Keyword("slowstart", "<time>") { (server, arguments) throws(Complaint) in
            let time = try arguments.timeout()
            server.slowStart = time == .zero ? nil : time
        },
        Keyword("maxconn", "<number>") { (server, arguments) throws(Complaint) in
            let number = try arguments.integer(0...10_000_000)
            server.maxConnections = number == 0 ? nil : number
        },
        Keyword("minconn", "<number>") { (server, arguments) throws(Complaint) in
            let number = try arguments.integer(0...10_000_000)
            server.minConnections = number == 0 ? nil : number
        },
        Keyword("maxqueue", "<number>") { (server, arguments) throws(Complaint) in
            let number = try arguments.integer(0...10_000_000)
            server.maxQueue = number == 0 ? nil : number
        },
        Keyword("source", SourceKeyword.usage) { (server, arguments) throws(Complaint) in
            server.source = try SourceKeyword.parse(&arguments)
        },
        Keyword("non-stick") { (server, _) in server.isRemembered = false },
        Keyword("stick") { (server, _) in server.isRemembered = true },
        Keyword("on-marked-down", "shutdown-sessions") { (server, arguments) throws(Complaint) in
            try arguments.expect("shutdown-sessions")
            server.shutsSessionsWhenDown = true
        },
        Keyword("on-marked-up", "shutdown-backup-sessions") {
            (server, arguments) throws(Complaint) in
            try arguments.expect("shutdown-backup-sessions")
            server.shutsBackupSessionsWhenUp = true
        },
    ]

    private static let checks: [Keyword<ServerOptions>] = [
        Keyword("check") { (server, _) in server.isChecked = true },
        Keyword("no-check") { (server, _) in server.isChecked = false },
        Keyword("inter", "<time>") { (server, arguments) throws(Complaint) in
            server.check.interval = try arguments.duration(interval)
        },
        Keyword("fastinter", "<time>") { (server, arguments) throws(Complaint) in
            server.check.fastInterval = try arguments.duration(interval)
        },
        Keyword("downinter", "<time>") { (server, arguments) throws(Complaint) in
            server.check.downInterval = try arguments.duration(interval)
        },
        Keyword("rise", "<count>") { (server, arguments) throws(Complaint) in
            server.check.rise = try arguments.integer(oneOrMore, "a count")
        },
        Keyword("fall", "<count>") { (server, arguments) throws(Complaint) in
            server.check.fall = try arguments.integer(oneOrMore, "a count")
        },
        Keyword("port", "<port>") { (server, arguments) throws(Complaint) in
            server.check.port = UInt16(try arguments.integer(1...65_535, "a port"))
        },
        Keyword("check-send-proxy") { (server, _) in server.check.sendsProxy = true },
        Keyword("no-check-send-proxy") { (server, _) in server.check.sendsProxy = false },
        Keyword("observe", "layer4") { (server, arguments) throws(Complaint) in
            server.check.observesConnects = try arguments.choice(
                "mode",
                [("layer4", true), ("none", false)]
            )
        },
        Keyword("error-limit", "<count>") { (server, arguments) throws(Complaint) in
            server.check.observation.errorLimit = try arguments.integer(oneOrMore, "a count")
        },
        Keyword("on-error", "<reaction>") { (server, arguments) throws(Complaint) in
            server.check.observation.reaction = try arguments.choice(
                "reaction",
                ConnectObservation.Reaction.allCases.map { ($0.rawValue, $0) }
            )
        },
        Keyword("addr", "<address>") { (server, arguments) throws(Complaint) in
            let word = try arguments.word("an address")
            server.check.address = try AddressText.host(word.text, at: word)
        },
    ]

    private static let agent: [Keyword<ServerOptions>] = [
        Keyword("agent-check") { (server, _) in server.hasAgent = true },
        Keyword("no-agent-check") { (server, _) in server.hasAgent = false },
        Keyword("agent-inter", "<time>") { (server, arguments) throws(Complaint) in
            server.agent.interval = try arguments.duration(interval)
        },
        Keyword("agent-port", "<port>") { (server, arguments) throws(Complaint) in
            server.agent.port = UInt16(try arguments.integer(1...65_535, "a port"))
        },
        Keyword("agent-addr", "<address>") { (server, arguments) throws(Complaint) in
            let word = try arguments.word("an address")
            server.agent.address = try AddressText.host(word.text, at: word)
        },
        Keyword("agent-send", "<string>") { (server, arguments) throws(Complaint) in
            server.agent.message = try arguments.word("a text").text
        },
    ]

    private static let noEffect: [Keyword<ServerOptions>] =
        Keyword.noEffect("there is no TLS", "no-ssl no-check-ssl no-verifyhost")
        + lookup

    /// A server whose address changes without a reload would be lost: a warning, no note.
    private static let lookup = [
        "resolvers", "resolve-prefer", "resolve-net", "resolve-opts", "init-addr",
    ].map { name in
        Keyword<ServerOptions>(name, "<value>") { (_, arguments) throws(Complaint) in
            let location = arguments.keyword
            let value = try arguments.word("a value").text
            // Also what the daemon does: the name is looked up before it starts.
            guard name != "init-addr" || value.split(separator: ",").contains("none") else {
                return
            }
            arguments.warn(
                "'\(name)' has no effect here: names are looked up once, at start and at each"
                    + " reload, and one that cannot be found stops that",
                at: location
            )
        }
    }

    private static let notYet: [Keyword<ServerOptions>] =
        Keyword.notYet("it belongs to 'mode http'; leave it out", "cookie redir proto")
        + Keyword.notYet("there is no TLS", "ssl check-ssl verify ca-file crt sni")
        + Keyword.notYet("servers are named, not numbered: leave it out", "id")
        + Keyword.notYet(
            """
            check-proto check-via-socks4 init-state log-bufsize namespace
            pool-max-conn send-proxy-v2-ssl send-proxy-v2-ssl-cn shard
            socks4 tcp-ut tfo track usesrc
            """
        )

    static func parse(
        into proxy: inout ProxyDraft,
        _ arguments: inout Arguments
    ) throws(Complaint) {
        let name = try arguments.name("a server name")
        let location = arguments.previous.location
        let word = try arguments.word("ADDRESS:PORT")
        var problem: Complaint?
        var place: (host: HostAddress, port: UInt16)?
        do throws(Complaint) {
            place = try address(word, &arguments)
        } catch {
            // The options are looked at all the same.
            problem = error
        }
        var options = proxy.settings.serverOptions
        let findings = arguments.findings.count
        table.applyOptions(to: &options, &arguments, of: "server")
        if let problem { throw problem }
        // An option that was misspelt is not missing.
        let isFlawed = arguments.findings.dropFirst(findings).contains { $0.severity == .error }
        if options.hasAgent, options.agent.port == 0, !isFlawed {
            throw Complaint("'agent-check' of server '\(name)' needs 'agent-port'", at: location)
        }
        if let first = proxy.serverLocations[name] {
            throw Complaint(
                "another server is named '\(name)' at \(first.file):\(first.line)",
                at: location
            )
        }
        guard let place else { return }
        proxy.serverLocations[name] = location
        proxy.servers.append(
            Server(
                name: name,
                address: place.host,
                port: place.port,
                location: location,
                options: options
            )
        )
    }

    private static func address(
        _ word: Word,
        _ arguments: inout Arguments
    ) throws(Complaint) -> (host: HostAddress, port: UInt16) {
        let text = try AddressText(word)
        guard text.port != nil else {
            throw Complaint(
                "'\(word.text)' has no port: expected ADDRESS:PORT (the port of the client's"
                    + " connection is not taken over by this version)",
                at: word.end
            )
        }
        let port = try text.requiredPort()
        let host = try text.remoteHost()
        if text.isAmbiguous {
            arguments.warn(
                "'\(word.text)' is read as [\(host)]:\(port): write the brackets",
                at: word.location
            )
        }
        return (host, port)
    }
}
