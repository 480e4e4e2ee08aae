internal import Primitives

/// `option NAME`
enum OptionKeywords {
    static let all: [Keyword<ProxyDraft>] = switches + others + noEffect + notYet

    private static let switches: [Keyword<ProxyDraft>] = [
        Keyword(
            "option tcpka",
            no: {
                $0.settings.clientKeepAlive = false
                $0.settings.serverKeepAlive = false
            }
        ) { (proxy, _) in
            proxy.settings.clientKeepAlive = true
            proxy.settings.serverKeepAlive = true
        },
        option("clitcpka", .frontendSide) { $0.clientKeepAlive = $1 },
        option("srvtcpka", .backendSide) { $0.serverKeepAlive = $1 },
        option("tcplog", .everywhere) { $0.logFormat = $1 ? .tcplog : nil },
        option("dontlognull", .frontendSide) { $0.skipsNullLogs = $1 },
        option("log-health-checks", .backendSide) { $0.logsHealthChecks = $1 },
        option("allbackups", .backendSide) { $0.usesAllBackups = $1 },
    ]

    private static let others: [Keyword<ProxyDraft>] = [
        Keyword(
            "option redispatch",
            "[<interval>]",
            in: .backendSide,
            no: { $0.settings.redispatch = .never }
        ) { (proxy, arguments) throws(Complaint) in
            let hasInterval = arguments.peek()?.text.isEmpty == false
            let interval = hasInterval ? try arguments.integer(-65_535...65_535) : -1
            proxy.settings.redispatch =
                if interval == 0 {
                    .never
                } else if interval > 0 {
                    .everyRetry(interval)
                } else {
                    .fromLastRetry(-interval)
                }
        },
        Keyword(
            "option mysql-check",
            "[user <name> [pre-41|post-41|post-80]]",
            in: .backendSide
        ) { (proxy, arguments) throws(Complaint) in
            let location = arguments.keyword
            proxy.settings.checkMethod = .mysql(try mysqlCheck(&arguments))
            proxy.settings.checkMethodLocation = location
        },
        Keyword("option httplog", "[clf]") { (proxy, arguments) in
            // HAProxy falls back in the same way, with a warning.
            _ = arguments.take("clf")
            proxy.settings.logFormat = .tcplog
            arguments.note(
                "'option httplog' belongs to 'mode http': taken as 'option tcplog'",
                at: arguments.keyword
            )
        },
    ]

    private static func option(
        _ name: String,
        _ places: Places,
        _ set: @escaping @Sendable (inout ProxySettings, Bool) -> Void
    ) -> Keyword<ProxyDraft> {
        Keyword(
            "option \(name)",
            in: places,
            no: { set(&$0.settings, false) }
        ) { (proxy, _) in
            set(&proxy.settings, true)
        }
    }

    private static func mysqlCheck(
        _ arguments: inout Arguments
    ) throws(Complaint) -> MySQLCheckMethod {
        guard arguments.peek()?.text.isEmpty == false else {
            return MySQLCheckMethod(user: nil, handshake: .post41)
        }
        try arguments.expect("user")
        let user = try arguments.word("a user name")
        guard user.text.utf8.count <= ConfigurationLimits.userNameBytes else {
            let limit = ConfigurationLimits.userNameBytes
            throw Complaint("the user name is longer than \(limit) bytes", at: user.location)
        }
        var method = MySQLCheckMethod(user: user.text, handshake: .post41)
        if arguments.peek()?.text.isEmpty == false {
            method.handshake = try arguments.choice(
                "handshake",
                MySQLCheckMethod.Handshake.allCases.map { (name: $0.rawValue, value: $0) }
            )
        }
        return method
    }

    private static let noEffect: [Keyword<ProxyDraft>] =
        Keyword.noEffect(
            "it belongs to 'mode http'",
            family: "option",
            """
            accept-invalid-http-request accept-invalid-http-response checkcache
            disable-h2-upgrade forwardfor h1-case-adjust-bogus-client
            h1-case-adjust-bogus-server http-buffer-request http-ignore-probes http-keep-alive
            http-no-delay http-pretend-keepalive http-restrict-req-hdr-names http-server-close
            http-use-proxy-header httpclose forceclose httpslog originalto
            idle-close-on-response
            """
        )
        + Keyword.noEffect(
            "the relay decides by itself when to splice",
            family: "option",
            "splice-auto splice-request splice-response"
        )
        + Keyword.noEffect(
            "it saves single packets only",
            family: "option",
            "tcp-smart-accept tcp-smart-connect"
        )
        + Keyword.noEffect("counters are always current", family: "option", "contstats")

    private static let notYet: [Keyword<ProxyDraft>] =
        Keyword.notYet(
            "use 'option mysql-check', 'option httpchk' or 'option tcp-check'",
            family: "option",
            """
            ldap-check pgsql-check redis-check smtpchk spop-check ssl-hello-chk
            """
        )
        + Keyword.notYet(
            family: "option",
            """
            abortonclose dontlog-normal independent-streams log-separate-errors logasap
            nolinger persist prefer-last-server socket-stats transparent
            """
        )
}
