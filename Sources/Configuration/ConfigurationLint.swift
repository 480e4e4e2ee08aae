internal import Primitives

/// What loads and still goes wrong in the field: notes and warnings for the DBA.
enum ConfigurationLint {
    /// Connection pools keep idle connections longer than this as a rule.
    private static let shortIdle: Duration = .seconds(600)

    static func inspect(
        _ configuration: BalancerConfiguration,
        _ drafts: [ProxyDraft],
        _ findings: inout Findings
    ) {
        for (proxy, draft) in zip(configuration.proxies, drafts) where !proxy.isDisabled {
            if proxy.kind.hasBackend, !proxy.servers.isEmpty {
                check(proxy, draft, configuration, &findings)
                servers(proxy, configuration, &findings)
                timeouts(proxy, &findings)
            }
        }
        if configuration.proxies.allSatisfy({ $0.isDisabled || $0.binds.isEmpty }),
            let first = drafts.first, !drafts.contains(where: { $0.faulty.contains("bind") })
        {
            findings.add(.warning, at: first.location, "nothing listens: no 'bind' line is in use")
        }
    }

    private static func check(
        _ proxy: Proxy,
        _ draft: ProxyDraft,
        _ configuration: BalancerConfiguration,
        _ findings: inout Findings
    ) {
        if draft.hasHTTPCheckRules, !proxy.checkMethod.isHTTP {
            ignored("http-check", draft.settings.httpCheckRules.location, "httpchk")
        }
        if draft.hasTCPCheckRules, !proxy.checkMethod.isSteps {
            ignored("tcp-check", draft.settings.tcpCheckRules.location, "tcp-check")
        }
        func ignored(_ lines: String, _ first: SourceLocation?, _ option: String) {
            // An option that was misspelt is not missing.
            guard let first, !draft.faulty.contains("option") else { return }
            findings.add(
                .warning,
                at: first,
                "'\(lines)' is ignored: there is no 'option \(option)'"
            )
        }
        guard proxy.servers.contains(where: { $0.check != nil }),
            let location = draft.settings.checkMethodLocation
        else { return }
        switch proxy.checkMethod {
        case .tcp, .steps, .external: break
        case .mysql(let method): mysqlCheck(method, location, configuration, &findings)
        case .http: httpCheck(proxy, location, &findings)
        }
    }

    private static func httpCheck(
        _ proxy: Proxy,
        _ location: SourceLocation,
        _ findings: inout Findings
    ) {
        let bare = proxy.servers.filter { $0.check.map { $0.port == nil } ?? false }
        guard let first = bare.first else { return }
        let others = bare.count == 1 ? "" : " (and \(bare.count - 1) more)"
        findings.add(
            .note,
            at: location,
            "the HTTP check of server '\(first.name)'\(others) goes to port \(first.port), where"
                + " sessions go: an agent such as clustercheck answers elsewhere, write 'port 9200'"
        )
    }

    private static func mysqlCheck(
        _ method: MySQLCheckMethod,
        _ location: SourceLocation,
        _ configuration: BalancerConfiguration,
        _ findings: inout Findings
    ) {
        guard let user = method.user else {
            findings.add(
                .note,
                at: location,
                "without 'user', every check is an aborted handshake that the database counts"
                    + " against max_connect_errors, and at the limit it blocks this host"
            )
            return
        }
        guard let pair = configuration.pair else { return }
        let nodes = pair.nodes.flatMap(\.addresses).map(\.description).joined(separator: ", ")
        let virtual = pair.virtualAddresses.map(\.address.description).joined(separator: ", ")
        findings.add(
            .note,
            at: location,
            "grant '\(user)' for both nodes (\(nodes)), or its checks fail after a failover; "
                + "sessions come from the virtual address (\(virtual)): the applications' grants "
                + "must cover all of these"
        )
    }

    private static func servers(
        _ proxy: Proxy,
        _ configuration: BalancerConfiguration,
        _ findings: inout Findings
    ) {
        let virtual = Set(configuration.pair?.virtualAddresses.map(\.address) ?? [])
        for server in proxy.servers {
            if case .address(let address) = server.address, virtual.contains(address) {
                findings.add(
                    .warning,
                    at: server.location,
                    "server '\(server.name)' is at the virtual address: sessions would go in a "
                        + "circle"
                )
            }
        }
        for server in proxy.servers
        where server.check == nil && server.options.check.observesConnects {
            findings.add(
                .warning,
                at: server.location,
                "'observe' of server '\(server.name)' is ignored: it is not checked"
            )
        }
        let unchecked = proxy.servers.filter { $0.check == nil && !$0.options.isDisabled }
        guard let first = unchecked.first else { return }
        let others = unchecked.count == 1 ? "" : " (and \(unchecked.count - 1) more)"
        findings.add(
            .note,
            at: first.location,
            "server '\(first.name)'\(others) is not checked: it gets sessions even when it is dead"
        )
    }

    private static func timeouts(_ proxy: Proxy, _ findings: inout Findings) {
        guard proxy.timeouts.tunnel == nil, let server = proxy.timeouts.server else { return }
        if proxy.kind == .listen, let client = proxy.timeouts.client, client != server {
            findings.add(
                .note,
                at: proxy.location,
                "listen '\(proxy.name)': 'timeout client' (\(Arguments.describe(client))) and"
                    + " 'timeout server' (\(Arguments.describe(server))) differ, the shorter one"
                    + " ends idle sessions"
            )
        }
        if server < shortIdle {
            findings.add(
                .note,
                at: proxy.location,
                "\(proxy.kind.rawValue) '\(proxy.name)': sessions idle for"
                    + " \(Arguments.describe(server)) are closed; a connection pool that keeps them"
                    + " longer sees \"server has gone away\""
            )
        }
    }
}
