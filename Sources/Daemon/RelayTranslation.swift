internal import BalancerCore
internal import Configuration
internal import Glibc
internal import LinuxIO
internal import Primitives
internal import Relay

/// From the proxies of a configuration to what the relay and the checks need.
struct RelayTranslation {
    let configuration: BalancerConfiguration
    /// What is already running under these names stays the same object.
    let existing: [String: Backend]
    var names = KnownNames()
    let now: Instant

    /// The definitions of all backends, resolved.
    /// - Throws: the first name that cannot be resolved.
    func backendDefinitions() throws(UnusableLine) -> [BackendDefinition] {
        var definitions: [BackendDefinition] = []
        for (number, proxy) in backends {
            definitions.append(try definition(of: proxy, numbered: number))
        }
        return definitions
    }

    /// Every name that cannot be resolved, and every pattern that is none.
    var unusableLines: [UnusableLine] {
        var list: [UnusableLine] = []
        for server in backends.flatMap(\.proxy.servers) {
            for address in [server.address, server.check?.address, server.agent?.address]
                .compactMap(\.self)
            {
                do throws(UnusableLine) {
                    _ = try HostNames.resolve(address, at: server.location)
                } catch {
                    list.append(error)
                }
            }
        }
        return list
            + backends.flatMap { id, proxy in
                CheckTranslation(proxy: proxy, proxyID: id, names: names).unusableLines
            }
    }

    /// With their numbers in `show stat`.
    private var backends: [(id: Int, proxy: Proxy)] {
        StatRows.numbered(configuration).filter {
            $0.proxy.kind.hasBackend && !$0.proxy.servers.isEmpty
        }
    }

    private func definition(
        of proxy: Proxy,
        numbered number: Int
    ) throws(UnusableLine) -> BackendDefinition {
        let checks = CheckTranslation(proxy: proxy, proxyID: number, names: names)
        var servers: [ServerDefinition] = []
        for (index, server) in proxy.servers.enumerated() {
            let address = try names.resolve(server.address, at: server.location)
            let options = server.options
            servers.append(
                ServerDefinition(
                    name: server.name,
                    endpoint: Endpoint(address, server.port),
                    weight: options.weight,
                    isBackup: options.isBackup,
                    isDisabled: options.isDisabled,
                    maxConnections: options.sessionLimit,
                    minConnections: options.minConnections,
                    maxQueue: options.maxQueue,
                    check: try checks.check(of: server, numbered: index + 1, at: address),
                    agent: try checks.agent(of: server, at: address),
                    shutsSessionsWhenDown: options.shutsSessionsWhenDown,
                    shutsBackupSessionsWhenUp: options.shutsBackupSessionsWhenUp,
                    isRemembered: options.isRemembered,
                    slowStart: options.slowStart,
                    proxyProtocol: options.proxyProtocol.map(ProxyProtocol.init),
                    source: options.source ?? proxy.source,
                    blacklist: options.blacklist,
                    startsInMaintenance: server.addition?.startsInMaintenance ?? false,
                    startsUnchecked: server.addition?.startsUnchecked ?? false
                )
            )
        }
        return BackendDefinition(
            name: proxy.name,
            servers: servers,
            balance: algorithm(of: proxy),
            hashType: proxy.hashType,
            fullConnections: proxy.fullConnections ?? fullConnections(of: proxy),
            isTopOnly: proxy.balancesTopOnly,
            allBackups: proxy.usesAllBackups,
            logsHealthChecks: proxy.logsHealthChecks,
            stick: proxy.stick.map { stick in
                StickDefinition(
                    key: stick.key == .source ? .source : .destination,
                    size: stick.size,
                    expiry: stick.expiry,
                    purges: stick.purges,
                    matches: stick.matches,
                    stores: stick.stores
                )
            }
        )
    }

    /// HAProxy's default: a tenth of what the frontends that lead here let in.
    private func fullConnections(of backend: Proxy) -> Int {
        let frontends = configuration.proxies.filter {
            $0.kind.hasFrontend && !$0.isDisabled
                && ($0.defaultBackend ?? $0.name) == backend.name
        }
        let limits = frontends.map { $0.maxConnections ?? maxConnections }
        return max(1, limits.reduce(0, +) / 10)
    }

    /// Of the process.
    private var maxConnections: Int {
        configuration.global.maxConnections ?? Self.connectionLimit
    }

    private func algorithm(of proxy: Proxy) -> BalancerCore.BalanceAlgorithm {
        switch proxy.balance {
        case .roundRobin: .roundRobin
        case .staticRoundRobin: .staticRoundRobin
        case .leastConnections: .leastConnections
        case .first: .first
        case .source: .source
        case .random: .random
        case .randomOnce: .randomOnce
        case .glbLeast: .glbLeast
        case .glbRound: .glbRound
        case .glbSingle: .glbSingle
        }
    }

    /// - Parameter definitions: those of `backendDefinitions()`.
    func plan(_ definitions: [BackendDefinition], sources: [VirtualSource]) -> RelayPlan {
        let objects = definitions.map { existing[$0.name] ?? Backend($0, now: now) }
        let plans = zip(backends.map(\.proxy), objects).map { proxy, backend in
            BackendPlan(
                backend: backend,
                connectTimeout: proxy.timeouts.connect,
                queueTimeout: proxy.timeouts.queue,
                serverTimeout: proxy.timeouts.server,
                serverFinTimeout: proxy.timeouts.serverFin,
                tunnelTimeout: proxy.timeouts.tunnel,
                retries: UInt8(clamping: proxy.retries),
                redispatches: proxy.redispatch != .never,
                serverKeepAlive: proxy.serverKeepAlive,
                observesConnects: proxy.servers.contains { $0.check?.observesConnects == true },
                sticksOnDestination: proxy.stick?.key == .destination,
                hasSources: proxy.source != nil
                    || proxy.servers.contains { $0.options.source != nil }
            )
        }
        let positions = Dictionary(
            uniqueKeysWithValues: definitions.enumerated().map { ($0.element.name, $0.offset) }
        )
        let frontends = configuration.proxies.filter {
            $0.kind.hasFrontend && !$0.isDisabled && !$0.binds.isEmpty
        }
        return RelayPlan(
            frontends: frontends.map { frontend(of: $0, positions) },
            backends: plans,
            threads: configuration.global.threads ?? Self.processors,
            engine: engine,
            maxConnections: maxConnections,
            virtualSources: sources,
            pulseInterval: configuration.pair == nil ? nil : .milliseconds(100)
        )
    }

    private var engine: EngineChoice {
        switch configuration.global.engine {
        case .auto: .auto
        case .epoll: .fixed(.epoll)
        case .ioUring: .fixed(.ioUring)
        }
    }

    private func frontend(of proxy: Proxy, _ positions: [String: Int]) -> FrontendPlan {
        FrontendPlan(
            name: proxy.name,
            listeners: proxy.binds.map { bind in
                ListenerPlan(
                    bind.endpoint,
                    takesIPv4: takesIPv4(bind),
                    acceptsProxy: bind.acceptsProxy
                )
            },
            backend: positions[proxy.defaultBackend ?? proxy.name],
            maxConnections: proxy.maxConnections,
            clientTimeout: proxy.timeouts.client,
            clientFinTimeout: proxy.timeouts.clientFin,
            clientKeepAlive: proxy.clientKeepAlive,
            connectionRules: proxy.connectionRules,
            contentRules: proxy.contentRules,
            logsConnections: proxy.logFormat?.wantsConnections ?? false,
            logsArrivals: proxy.logFormat == nil && !proxy.logTargets.isEmpty,
            backlog: proxy.backlog.map { Int32(clamping: $0) } ?? 4096
        )
    }

    /// `v4v6`; without a word as Linux does by default, unless the same port has a line for IPv4.
    private func takesIPv4(_ bind: Bind) -> Bool {
        guard !bind.endpoint.address.isV4, bind.endpoint.address.isUnspecified else { return false }
        if let isV6Only = bind.isV6Only { return !isV6Only }
        let served = configuration.proxies.filter { !$0.isDisabled }
        return !served.flatMap(\.binds).contains {
            $0.endpoint.address.isV4 && $0.endpoint.port == bind.endpoint.port
        }
    }

    /// CPUs that this process may use, 1...64.
    static var processors: Int {
        min(max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))), RelayLimits.workers)
    }

    /// Two descriptors a session, and some for listeners, checks, pipes and the rest.
    static var connectionLimit: Int {
        max(1, min((DescriptorLimit.current - 512) / 2, 1 << 20))
    }
}
