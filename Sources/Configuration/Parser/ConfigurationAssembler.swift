internal import Primitives

/// Makes the configuration out of what the sections said, and checks what no single line can show.
struct ConfigurationAssembler {
    var findings: Findings
    private let parser: ConfigurationParser
    private var frontends: [String: ProxyDraft] = [:]
    private var backends: [String: ProxyDraft] = [:]

    init(_ parser: ConfigurationParser) {
        self.parser = parser
        findings = parser.findings
    }

    /// The configuration, or `nil` if there is any error.
    mutating func assemble() -> BalancerConfiguration? {
        let drafts = parser.proxies.filter { $0.kind != .defaults && !$0.isBroken }
            .map(\.withPensDefaults)
        for draft in drafts { register(draft) }
        for draft in drafts { check(draft) }
        checkListeners(drafts)
        checkTotals(drafts)

        var pair: PairSettings?
        if let draft = parser.pairs.first, !draft.isBroken {
            pair = PairAssembly.assemble(draft, &findings)
        }
        var global = parser.global
        if global.statsSockets.isEmpty { global.statsSockets = [.standard] }

        let configuration = BalancerConfiguration(
            global: global,
            proxies: drafts.compactMap { proxy($0, global) },
            pair: pair,
            digest: parser.digest.value
        )
        let hasErrors = findings.hasErrors
        ConfigurationLint.inspect(configuration, drafts, &findings)
        return hasErrors ? nil : configuration
    }

    /// Names are unique among frontends and among backends; a `listen` is both.
    private mutating func register(_ draft: ProxyDraft) {
        let frontend = draft.kind != .backend ? frontends[draft.name] : nil
        let backend = draft.kind != .frontend ? backends[draft.name] : nil
        if let other = frontend ?? backend {
            let place = "\(other.location.file):\(other.location.line)"
            findings.add(
                .error,
                at: draft.location,
                "\(draft.kind.rawValue) '\(draft.name)' has the same name as"
                    + " \(other.kind.rawValue) '\(other.name)' at \(place)"
            )
            return
        }
        if draft.kind != .backend { frontends[draft.name] = draft }
        if draft.kind != .frontend { backends[draft.name] = draft }
    }

    private mutating func check(_ draft: ProxyDraft) {
        guard !draft.settings.isDisabled else { return }
        let title = "\(draft.kind.rawValue) '\(draft.name)'"
        guard !draft.isHTTPPage else { return tellPage(draft, title) }
        for complaint in draft.httpOnly { findings.add(complaint) }
        if let page = draft.settings.statsPage, draft.settings.mode == .tcp {
            findings.add(
                .note,
                at: page,
                "'stats' has no effect here: the statistics page belongs to 'mode http'"
            )
        }
        if draft.settings.mode == .http {
            let origin = draft.settings.modeLocation.map { " (set at \($0.file):\($0.line))" } ?? ""
            findings.add(
                .error,
                at: draft.location,
                "\(title) is in 'mode http'\(origin): only TCP is balanced here, write 'mode tcp'"
            )
        }
        checkTimeouts(draft, title)
        if let rule = draft.stickRule, draft.stickTable == nil,
            !draft.faulty.contains("stick-table")
        {
            findings.add(
                .error,
                at: rule.location,
                "\(title) has no 'stick-table': write 'stick-table type ip size 1000'"
            )
        }
        if let peers = draft.stickTable?.peers { checkPeers(peers) }
        if draft.kind != .frontend {
            checkExternal(draft, title)
            checkServerState(draft, title)
        }
        if draft.kind != .backend { checkFrontend(draft, title) }
        if draft.kind == .backend, draft.servers.isEmpty, !draft.faulty.contains("server") {
            findings.add(.warning, at: draft.location, "\(title) has no server")
        }
    }

    /// `stick-table … peers`
    private mutating func checkPeers(_ location: SourceLocation) {
        guard parser.pairs.isEmpty else {
            return findings.add(
                .note,
                at: location,
                "'peers' has no effect here: in a pair every stick table is told to the other node"
            )
        }
        findings.add(
            .warning,
            at: location,
            "'peers' has no effect without a 'pair' section: the table stays on this host"
        )
    }

    private mutating func checkServerState(_ draft: ProxyDraft, _ title: String) {
        guard draft.settings.serverState == .global, parser.global.serverStateFile == nil,
            let location = draft.settings.serverStateLocation
        else { return }
        findings.add(
            .warning,
            at: location,
            "\(title) loads no server state: 'global' has no 'server-state-file'"
        )
    }

    private mutating func checkExternal(_ draft: ProxyDraft, _ title: String) {
        guard draft.settings.checkMethod.isExternal,
            draft.servers.contains(where: { $0.check != nil }),
            let location = draft.settings.checkMethodLocation
        else { return }
        if !parser.global.allowsExternalChecks {
            findings.add(
                .error,
                at: location,
                "'option external-check' needs the line 'external-check' in 'global'"
            )
        }
        if draft.settings.externalCheck.command.isEmpty, !draft.faulty.contains("external-check") {
            findings.add(
                .error,
                at: location,
                "\(title) has no 'external-check command' line"
            )
        }
    }

    private mutating func tellPage(_ draft: ProxyDraft, _ title: String) {
        let places = draft.binds.map { "\($0.endpoint)" }.joined(separator: ", ")
        let what = draft.settings.statsPage == nil ? "HTTP" : "the statistics page"
        findings.add(
            .warning,
            at: draft.location,
            "\(title): \(what) is not served by this version"
                + (places.isEmpty ? "" : ", nothing listens on \(places)")
                + "; numbers and commands are on the stats socket"
        )
    }

    private mutating func checkFrontend(_ draft: ProxyDraft, _ title: String) {
        if draft.binds.isEmpty, !draft.faulty.contains("bind") {
            findings.add(
                .warning,
                at: draft.location,
                "\(title) has no 'bind' line: it listens nowhere"
            )
        }
        guard let target = draft.settings.defaultBackend else {
            let wanted = draft.kind == .listen ? "server" : "default_backend"
            // Servers may come at run time.
            let isWaiting = draft.glbControl != nil || draft.glbFifo != nil
            if draft.servers.isEmpty, !isWaiting, !draft.faulty.contains(wanted) {
                findings.add(
                    .warning,
                    at: draft.location,
                    "\(title) has no '\(wanted)' line: it closes every connection"
                )
            }
            return
        }
        if let control = draft.glbControl {
            findings.add(
                .error,
                at: control.location,
                "'glb-control' changes the servers of its own section, and the connections of"
                    + " \(title) go to '\(target.text)'"
            )
        }
        guard let backend = backends[target.text] else {
            findings.add(
                .error,
                at: target.location,
                "there is no backend '\(target.text)'",
                suggestion: Spelling.nearest(to: target.text, among: backends.keys.sorted())
            )
            return
        }
        if backend.settings.isDisabled {
            findings.add(.warning, at: target.location, "backend '\(target.text)' is disabled")
        }
    }

    private mutating func checkTimeouts(_ draft: ProxyDraft, _ title: String) {
        let timeouts = draft.settings.timeouts
        var missing: [String] = []
        func isMissing(_ timeout: Duration?) -> Bool { timeout == nil || timeout == .zero }
        if draft.kind != .backend, isMissing(timeouts.client) { missing.append("client") }
        if !draft.servers.isEmpty {
            if isMissing(timeouts.connect) { missing.append("connect") }
            if isMissing(timeouts.server) { missing.append("server") }
        }
        guard !missing.isEmpty, !draft.faulty.contains("timeout") else { return }
        let names = missing.map { "'timeout \($0)'" }.joined(separator: ", ")
        findings.add(
            .warning,
            at: draft.location,
            "\(title) has no \(names): dead connections would stay for ever"
        )
    }

    private mutating func checkListeners(_ drafts: [ProxyDraft]) {
        var seen: [String: SourceLocation] = [:]
        let served = drafts.filter { !$0.settings.isDisabled && !$0.isHTTPPage }
        let places = served.flatMap { draft in
            draft.binds.map { ($0.endpoint, $0.location) }
                + [draft.glbControl.map { ($0.endpoint, $0.location) }].compactMap(\.self)
        }
        for (endpoint, location) in places {
            if let first = seen[endpoint.description] {
                findings.add(
                    .error,
                    at: location,
                    "\(endpoint) is bound already, at \(first.file):\(first.line)"
                )
            } else {
                seen[endpoint.description] = location
            }
        }
    }

    private mutating func checkTotals(_ drafts: [ProxyDraft]) {
        var binds = 0
        var servers = 0
        for draft in drafts {
            binds += draft.binds.count
            servers += draft.servers.count
            if binds > ConfigurationLimits.listeners {
                let limit = ConfigurationLimits.listeners
                findings.add(.error, at: draft.location, "more than \(limit) addresses to bind")
                return
            }
            if servers > ConfigurationLimits.servers {
                let limit = ConfigurationLimits.servers
                findings.add(.error, at: draft.location, "more than \(limit) servers")
                return
            }
        }
    }
}

// From draft to model.
extension ConfigurationAssembler {
    private func proxy(_ draft: ProxyDraft, _ global: GlobalSettings) -> Proxy? {
        guard let kind = Proxy.Kind(rawValue: draft.kind.rawValue) else { return nil }
        let settings = draft.settings
        return Proxy(
            kind: kind,
            name: draft.name,
            location: draft.location,
            isDisabled: settings.isDisabled || draft.isHTTPPage,
            description: draft.description,
            binds: draft.binds,
            maxConnections: settings.maxConnections,
            backlog: settings.backlog,
            defaultBackend: kind.hasFrontend ? settings.defaultBackend?.text : nil,
            connectionRules: draft.connectionRules,
            contentRules: draft.contentRules,
            clientKeepAlive: settings.clientKeepAlive ? settings.clientProbes : nil,
            logFormat: settings.logFormat,
            skipsNullLogs: settings.skipsNullLogs,
            balance: settings.balance,
            hashType: settings.hashType,
            fullConnections: settings.fullConnections,
            balancesTopOnly: settings.balancesTopOnly,
            servers: draft.servers,
            serverDefaults: settings.serverOptions,
            glbControl: draft.glbControl?.endpoint,
            glbFifo: draft.glbFifo,
            stick: draft.stick,
            usesAllBackups: settings.usesAllBackups,
            retries: settings.retries,
            redispatch: settings.redispatch,
            checkMethod: settings.effectiveCheckMethod,
            logsHealthChecks: settings.logsHealthChecks,
            serverKeepAlive: settings.serverKeepAlive ? settings.serverProbes : nil,
            source: settings.source,
            serverState: settings.serverStateSource,
            timeouts: settings.timeouts.resolved,
            logTargets: settings.logs.flatMap { entry in
                switch entry {
                case .global: global.logTargets
                case .target(let target): [target]
                }
            }
        )
    }
}

extension ProxySettings {
    fileprivate var serverStateSource: ServerStateSource? {
        switch serverState {
        case .none: nil
        case .global: .global
        case .local: .local(serverStateFile)
        }
    }
}

extension ProxyDraft {
    /// A table without a `stick` line decides nothing.
    fileprivate var stick: StickSettings? {
        guard let table = stickTable, let rule = stickRule else { return nil }
        return StickSettings(
            key: rule.key,
            size: table.size,
            expiry: table.expiry,
            purges: table.purges,
            matches: rule.matches,
            stores: rule.stores
        )
    }
}

extension ProxySettings {
    /// With the `http-check` or `tcp-check` lines, which count for their own option alone.
    fileprivate var effectiveCheckMethod: CheckMethod {
        if case .steps = checkMethod {
            return .steps(TCPCheckMethod(steps: tcpCheckRules.steps, port: tcpCheckRules.port))
        }
        if checkMethod.isExternal { return .external(externalCheck) }
        guard case .http(var method) = checkMethod else { return checkMethod }
        if let request = httpCheckRules.request {
            method.method = request.method ?? method.method
            method.uri = request.uri ?? method.uri
            method.version = request.version ?? method.version
            method.headers += request.headers
            method.body = request.body ?? method.body
        }
        method.expectations = httpCheckRules.expectations
        return .http(method)
    }
}

extension Timeouts {
    /// As HAProxy takes them: 0 is none, and `queue` is as `connect` unless it is given.
    fileprivate var resolved: Timeouts {
        func some(_ time: Duration?) -> Duration? { time == .zero ? nil : time }
        return Timeouts(
            connect: some(connect),
            client: some(client),
            server: some(server),
            clientFin: some(clientFin),
            serverFin: some(serverFin),
            tunnel: some(tunnel),
            queue: some(queue ?? connect),
            check: some(check)
        )
    }
}
