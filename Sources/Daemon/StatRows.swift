internal import BalancerCore
internal import Configuration
internal import ControlPlane
internal import Primitives
internal import Relay

/// The rows of `show stat`: HAProxy's order, numbers from the pools and from the relay's workers.
struct StatRows {
    let parts: Parts
    let statistics: RelayStatistics
    let now: Instant

    func rows() -> [StatRow] {
        var rows: [StatRow] = []
        for (proxyID, proxy) in Self.numbered(parts.configuration) {
            if proxy.kind.hasFrontend { rows.append(frontend(proxy.name, proxyID)) }
            if let backend = Self.backend(of: proxy, in: parts) {
                rows += self.backend(backend, proxyID)
            }
        }
        return rows
    }

    /// The backend with this number (`iid`), as `#2` in a command.
    static func backend(numbered number: Int, in parts: Parts) -> Backend? {
        numbered(parts.configuration).first { $0.id == number }.flatMap {
            backend(of: $0.proxy, in: parts)
        }
    }

    /// 1 is HAProxy's own frontend for its commands.
    static func numbered(
        _ configuration: BalancerConfiguration
    ) -> [(id: Int, proxy: Proxy)] {
        let proxies = configuration.proxies.filter { !$0.isDisabled }
        return proxies.enumerated().map { ($0.offset + 2, $0.element) }
    }

    static func backend(of proxy: Proxy, in parts: Parts) -> Backend? {
        guard proxy.kind.hasBackend else { return nil }
        return parts.backends.first { $0.name == proxy.name }
    }

    private func frontend(_ name: String, _ proxyID: Int) -> StatRow {
        var row = StatRow(
            .frontend,
            proxy: name,
            service: "FRONTEND",
            proxyID: proxyID,
            status: "OPEN"
        )
        guard let entry = statistics.frontends.first(where: { $0.name == name }) else { return row }
        Self.fill(&row, entry.traffic)
        row.status = Self.word(entry.standing)
        row.sessionsMaximum = entry.peak
        row.connectionRateMaximum = entry.busiestSecond
        row.sessionRateMaximum = entry.busiestSecond
        // HAProxy tells it of servers and backends.
        row.abortedByClient = nil
        row.abortedByServer = nil
        row.sessionsLimit = entry.maxConnections
        row.connectionsTotal = entry.traffic.connections
        row.requestErrors = entry.traffic.failedHeaders
        row.connectionRate = entry.traffic.rate
        row.deniedConnections = entry.traffic.deniedConnections
        row.deniedRequests = entry.traffic.deniedSessions
        return row
    }

    /// `nil`: it does not listen yet.
    static func word(_ standing: FrontendStanding?) -> String {
        switch standing {
        case .open, nil: "OPEN"
        case .paused: "PAUSED"
        case .stopped: "STOP"
        }
    }

    private func backend(_ backend: Backend, _ proxyID: Int) -> [StatRow] {
        let snapshot = backend.snapshot(now: now)
        let traffic = statistics.backends.first { $0.name == backend.name }
        var rows = snapshot.servers.enumerated().map { index, server in
            self.server(server, of: backend.name, proxyID, index + 1, traffic)
        }
        rows.append(summary(snapshot, proxyID, traffic?.traffic))
        return rows
    }

    private func server(
        _ server: ServerSnapshot,
        of proxy: String,
        _ proxyID: Int,
        _ serviceID: Int,
        _ traffic: RelayStatistics.Backend?
    ) -> StatRow {
        var row = StatRow(
            .server,
            proxy: proxy,
            service: server.name,
            proxyID: proxyID,
            serviceID: serviceID,
            status: server.status
        )
        let servers = traffic?.servers ?? []
        let isKnown = server.id.index < servers.count
        Self.fill(&row, isKnown ? servers[server.id.index] : TrafficStatistics())
        Self.fill(&row, server.counters)
        row.queueCurrent = server.queued
        row.queueMaximum = server.counters.queuedMaximum
        row.queueLimit = server.maxQueue
        row.sessionsLimit = server.maxConnections
        row.weight = server.effectiveWeight
        row.throttle = server.throttle
        row.userWeight = server.weight.whole
        row.activeServers = server.isBackup ? 0 : 1
        row.backupServers = server.isBackup ? 1 : 0
        row.secondsSinceChange = Self.seconds(server.sinceLastChange)
        row.downtimeSeconds = Self.seconds(server.downtime)
        row.secondsSinceLastSession = server.sinceLastAssigned.map(Self.seconds) ?? -1
        row.address = "\(server.endpoint)"
        Self.fill(&row, server)
        return row
    }

    private func summary(
        _ snapshot: BackendSnapshot,
        _ proxyID: Int,
        _ traffic: TrafficStatistics?
    ) -> StatRow {
        var row = StatRow(
            .backend,
            proxy: snapshot.name,
            service: "BACKEND",
            proxyID: proxyID,
            status: snapshot.status
        )
        Self.fill(&row, traffic ?? TrafficStatistics())
        Self.fill(&row, snapshot.counters)
        row.checkFailures = nil
        row.queueCurrent = snapshot.queued
        row.queueMaximum = snapshot.counters.queuedMaximum
        row.weight = snapshot.weight
        row.userWeight = snapshot.userWeight
        row.sessionsLimit = snapshot.fullConnections
        row.activeServers = snapshot.usableActives
        row.backupServers = snapshot.usableBackups
        row.secondsSinceChange = Self.seconds(snapshot.sinceLastChange)
        row.downtimeSeconds = Self.seconds(snapshot.downtime)
        row.secondsSinceLastSession = snapshot.sinceLastAssigned.map(Self.seconds) ?? -1
        // As HAProxy, whatever the number of draws.
        row.algorithm = snapshot.balance == .randomOnce ? "random" : snapshot.balance.rawValue
        return row
    }

    private static func fill(_ row: inout StatRow, _ traffic: TrafficStatistics) {
        row.sessionsCurrent = traffic.current
        row.sessionsTotal = traffic.total
        row.bytesIn = traffic.bytesIn
        row.bytesOut = traffic.bytesOut
        row.sessionRate = traffic.rate
        row.abortedByClient = traffic.clientAborts
        row.abortedByServer = traffic.serverAborts
    }

    private static func fill(_ row: inout StatRow, _ counters: ServerCounters) {
        row.sessionsCurrent = counters.current
        row.sessionsMaximum = counters.maximum
        row.sessionsTotal = counters.total
        row.selected = counters.selected
        row.connectionErrors = counters.connectErrors
        row.retries = counters.retries
        row.redispatches = counters.redispatches
        row.connectAttempts = counters.connects
        row.sessionRateMaximum = counters.busiestSecond.maximum
        fill(&row, counters.times)
        row.downTransitions = counters.downTransitions
        row.checkFailures = counters.failedChecks
    }

    private static func fill(_ row: inout StatRow, _ times: SessionTimes) {
        row.queueMilliseconds = Int(times.queue.value)
        row.connectMilliseconds = Int(times.connect.value)
        row.totalMilliseconds = Int(times.total.value)
        row.queueMillisecondsMaximum = Int(times.queue.maximum)
        row.connectMillisecondsMaximum = Int(times.connect.maximum)
        row.totalMillisecondsMaximum = Int(times.total.maximum)
    }

    private static func fill(_ row: inout StatRow, _ server: ServerSnapshot) {
        if let agent = server.agent, agent.isOn { fill(&row, agent) }
        guard let check = server.check, !server.isCheckSuspended else {
            row.checkFailures = nil
            row.downTransitions = nil
            row.downtimeSeconds = nil
            return
        }
        guard server.isCheckOn else { return }
        row.checkRise = check.rise
        row.checkFall = check.fall
        row.checkHealth = server.checkHealth
        row.observedFailures = server.counters.observedFailures
        guard let outcome = server.lastOutcome else { return }
        row.checkStatus = (server.isCheckRunning ? "* " : "") + outcome.code.rawValue
        row.checkDescription = outcome.code.description
        row.checkDurationMilliseconds = outcome.duration.map { Int($0.milliseconds) }
        row.lastCheck = outcome.info
        if outcome.code.hasStatus { row.checkCode = outcome.status }
    }

    private static func fill(_ row: inout StatRow, _ agent: AgentSnapshot) {
        let outcome = agent.lastOutcome
        row.agentRise = agent.definition.rise
        row.agentFall = agent.definition.fall
        row.agentHealth = agent.health
        row.agentStatus = (agent.isRunning ? "* " : "") + outcome.code.rawValue
        row.agentDescription = outcome.code.description
        row.agentDurationMilliseconds = outcome.duration.map { Int($0.milliseconds) }
        row.lastAgent = outcome.info
        if outcome.code.hasStatus { row.agentCode = outcome.status }
    }

    private static func seconds(_ duration: Duration) -> Int { Int(duration.milliseconds / 1000) }
}
