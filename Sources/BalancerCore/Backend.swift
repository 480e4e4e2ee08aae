package import Primitives
internal import Synchronization

/// A `ServerPool` for all threads. The lock is taken when a session starts or ends, a check
/// finishes, or the control side asks; nothing outside runs under it. `readiness` takes no lock.
package final class Backend: Sendable {
    package let name: String
    private let pool: Mutex<ServerPool>
    private let usableServers: Atomic<Int>
    private let lastCheckSuccess: Atomic<Int64>
    private let lastCheckFailure: Atomic<Int64>
    private static let never = Int64.min

    package init(_ definition: BackendDefinition, now: Instant) {
        let pool = ServerPool(definition, now: now)
        name = definition.name
        usableServers = Atomic(pool.usableActives + pool.usableBackups)
        lastCheckSuccess = Atomic(Self.never)
        lastCheckFailure = Atomic(Self.never)
        self.pool = Mutex(pool)
    }

    /// See `ServerPool.assign`. Any thread.
    package func assign(
        for client: IPAddress,
        to destination: IPAddress? = nil,
        avoiding avoided: ServerID? = nil,
        now: Instant
    ) -> Assignment? {
        pool.withLock {
            $0.assign(for: client, to: destination, avoiding: avoided, now: now)
        }
    }

    /// See `ServerPool.place`. Any thread.
    package func place(
        _ ticket: QueueTicket,
        for client: IPAddress,
        to destination: IPAddress? = nil,
        now: Instant
    ) -> Placement {
        pool.withLock { $0.place(ticket, for: client, to: destination, now: now) }
    }

    /// See `ServerPool.leaveQueue`.
    package func leaveQueue(_ ticket: QueueTicket, isTimeout: Bool) -> QueuePosition? {
        pool.withLock { $0.leaveQueue(ticket, isTimeout: isTimeout) }
    }

    /// The session, or its attempt to connect, left the server: once for each `assign`, assigned
    /// placement and grant.
    @discardableResult
    package func finished(
        _ server: ServerID,
        bytesToServer: UInt64 = 0,
        bytesToClient: UInt64 = 0,
        times: SessionTimes.Sample? = nil,
        now: Instant
    ) -> Departure {
        pool.withLock { pool in
            let counts = pool.finished(
                server,
                bytesToServer: bytesToServer,
                bytesToClient: bytesToClient,
                times: times
            )
            pool.passing = 1
            defer { pool.passing = 0 }
            return Departure(counts: counts, grants: pool.takeGrants(now: now))
        }
    }

    /// A connect failed; `step` is what follows. Before `finished`. See `ServerPool.connectFailed`.
    package func connectFailed(
        _ server: ServerID,
        _ step: ConnectFailureStep,
        isRefused: Bool,
        now: Instant
    ) -> ConnectEvidence? {
        pool.withLock { $0.connectFailed(server, step, isRefused: isRefused, now: now) }
    }

    /// `source` of a server; `nil`: none.
    package func source(of server: ServerID) -> ConnectSource? {
        pool.withLock { $0[server].definition.source }
    }

    /// See `ServerPool.connected`.
    package func connected(_ server: ServerID) {
        pool.withLock { $0.connected(server) }
    }

    /// See `ServerPool.weigh`.
    package func weigh(_ evidence: ConnectEvidence, now: Instant) -> ServerOutcome {
        change(now) { $0.weigh(evidence, now: now) }
    }

    /// See `ServerPool.checkStarted`.
    package func checkStarted(
        _ server: ServerID,
        _ role: CheckRole = .health
    ) -> CheckTicket? {
        pool.withLock { $0.checkStarted(server, role) }
    }

    /// See `ServerPool.checkDelay`.
    package func checkDelay(_ server: ServerID, _ role: CheckRole = .health) -> Duration? {
        pool.withLock { $0.checkDelay(server, role) }
    }

    /// See `ServerPool.isCurrent`.
    package func isCurrent(_ ticket: CheckTicket) -> Bool {
        pool.withLock { $0.isCurrent(ticket) }
    }

    package func checkFinished(
        _ ticket: CheckTicket,
        _ outcome: CheckOutcome,
        now: Instant
    ) -> ServerOutcome {
        change(now) { $0.checkFinished(ticket, outcome, now: now) }
    }

    package func reconfigure(_ definition: BackendDefinition, now: Instant) -> ServerOutcome {
        change(now) { $0.reconfigure(definition, now: now) }
    }

    package func setWeight(_ weight: Weight, of server: ServerID, now: Instant) -> ServerOutcome {
        change(now) { $0.setWeight(weight, of: server, now: now) }
    }

    /// `set weight 50%`: of the weight in the configuration.
    package func setWeight(
        percent: Int,
        of server: ServerID,
        now: Instant
    ) -> ServerOutcome {
        change(now) { pool in
            let weight = pool[server].definition.weight(percent: percent)
            return pool.setWeight(weight, of: server, now: now)
        }
    }

    /// See `ServerPool.setMaxConnections`.
    package func setMaxConnections(
        _ limit: Int?,
        of server: ServerID,
        now: Instant
    ) -> ServerOutcome {
        change(now) { pool in
            pool.setMaxConnections(limit, of: server, now: now)
            return []
        }
    }

    /// See `ServerPool.clearCounters`.
    package func clearCounters(all: Bool) {
        pool.withLock { $0.clearCounters(all: all) }
    }

    package func setAdministrativeState(
        _ state: AdministrativeState,
        of server: ServerID,
        now: Instant
    ) -> ServerOutcome {
        change(now) { $0.setAdministrativeState(state, of: server, now: now) }
    }

    /// See `ServerPool.setHealth`.
    package func setHealth(isUp: Bool, of server: ServerID, now: Instant) -> ServerOutcome? {
        changeIfKnown(now) { $0.setHealth(isUp: isUp, of: server, now: now) }
    }

    /// See `ServerPool.setAgentHealth`.
    package func setAgentHealth(isUp: Bool, of server: ServerID, now: Instant) -> ServerOutcome? {
        changeIfKnown(now) { $0.setAgentHealth(isUp: isUp, of: server, now: now) }
    }

    /// See `ServerPool.setAgents`.
    package func setAgents(areOn: Bool, of server: ServerID, now: Instant) -> ServerOutcome? {
        changeIfKnown(now) { $0.setAgents(areOn: areOn, of: server, now: now) }
    }

    /// `nil` where `body` says that the server has nothing of the kind.
    private func changeIfKnown(
        _ now: Instant,
        _ body: (inout sending ServerPool) -> [HealthNotice]?
    ) -> ServerOutcome? {
        var isKnown = true
        let outcome = change(now) { pool in
            guard let notices = body(&pool) else {
                isKnown = false
                return []
            }
            return notices
        }
        return isKnown ? outcome : nil
    }

    /// See `ServerPool.setChecks`.
    @discardableResult
    package func setChecks(areOn: Bool, of server: ServerID) -> Bool {
        pool.withLock { $0.setChecks(areOn: areOn, of: server) }
    }

    /// See `ServerPool.stickTableUse`.
    package func stickTableUse(now: Instant) -> (size: Int, used: Int)? {
        pool.withLock { $0.stickTableUse(now: now) }
    }

    /// See `ServerPool.stickListing`.
    package func stickListing(now: Instant) -> [StickListing] {
        pool.withLock { $0.stickListing(now: now) }
    }

    /// See `ServerPool.clearStickTable`.
    package func clearStickTable(_ key: IPAddress?) {
        pool.withLock { $0.clearStickTable(key) }
    }

    /// See `ServerPool.hasRoom`.
    package var hasRoom: Bool { pool.withLock { $0.hasRoom } }

    /// See `ServerPool.tellStickTable`.
    package func tellStickTable() { pool.withLock { $0.tellStickTable() } }

    /// See `ServerPool.walkStickTable`.
    package func walkStickTable() { pool.withLock { $0.walkStickTable() } }

    /// See `ServerPool.takeStickPages`.
    package func takeStickPages(limit: Int, now: Instant) -> StickExcerpt? {
        pool.withLock { $0.takeStickPages(limit: limit, now: now) }
    }

    /// See `ServerPool.adopt`.
    package func adopt(
        _ excerpt: StickExcerpt,
        from source: StickSource,
        now: Instant
    ) -> [StickDropReason: Int] {
        pool.withLock { $0.adopt(excerpt, from: source, now: now) }
    }

    /// See `ServerPool.ageStickTable`.
    package func ageStickTable(now: Instant) { pool.withLock { $0.ageStickTable(now: now) } }

    package var stickStanding: StickStanding? { pool.withLock { $0.stickStanding } }

    package func id(of name: String) -> ServerID? {
        pool.withLock { $0.id(of: name) }
    }

    /// For the log. A server that is gone and without sessions has no name any more.
    package func name(of server: ServerID) -> String? {
        pool.withLock { $0.name(of: server) }
    }

    package func snapshot(now: Instant) -> BackendSnapshot {
        pool.withLock { $0.snapshot(now: now) }
    }

    /// Lock-free, for the heart thread.
    package var readiness: BackendReadiness {
        BackendReadiness(
            usableServers: usableServers.load(ordering: .relaxed),
            lastCheckSuccess: Self.instant(lastCheckSuccess.load(ordering: .relaxed)),
            lastCheckFailure: Self.instant(lastCheckFailure.load(ordering: .relaxed))
        )
    }

    private static func instant(_ nanoseconds: Int64) -> Instant? {
        nanoseconds == never ? nil : Instant(nanoseconds: nanoseconds)
    }

    /// Changes the pool and publishes what `readiness` shows of it.
    private func change(_ now: Instant, _ body: (inout sending ServerPool) -> [HealthNotice])
        -> ServerOutcome
    {
        pool.withLock { pool in
            let notices = body(&pool)
            usableServers.store(pool.usableActives + pool.usableBackups, ordering: .relaxed)
            lastCheckSuccess.store(
                pool.lastCheckSuccess?.nanoseconds ?? Self.never,
                ordering: .relaxed
            )
            lastCheckFailure.store(
                pool.lastCheckFailure?.nanoseconds ?? Self.never,
                ordering: .relaxed
            )
            return ServerOutcome(
                notices: notices,
                shutdowns: pool.takeShutdowns(),
                grants: pool.takeGrants(now: now)
            )
        }
    }
}
