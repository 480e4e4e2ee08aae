package import Primitives

/// The servers of one backend as a value: who is usable, whose turn it is, what was counted.
/// `Backend` makes it safe for threads.
package struct ServerPool: Sendable {
    package private(set) var name: String
    var fullConnections: Int
    var allBackups: Bool
    var logsHealthChecks: Bool
    var balance: BalanceAlgorithm
    var hashType: HashType
    /// Only the heaviest servers take part.
    var isTopOnly: Bool
    /// By slot; `nil` is free.
    var servers: [Server?] = []
    /// The slots in the order of the configuration, without retired ones.
    var order: [Int] = []
    var actives: any BalancePolicy
    var backups: any BalancePolicy
    var stickTable: StickTable?
    var queue = SessionQueue()
    /// A session that is being placed, or has just left: the backend's, but in no queue and at no
    /// server.
    var passing = 0
    /// A server has `maxconn`: only then does anybody wait.
    var limitsServers: Bool
    /// When a server that is coming back is due for more weight.
    var nextWarmUp: Instant?
    /// Servers that are left alone, by slot, and until when; see `blacklist`.
    var shunned: [Int: Instant] = [:]
    var usableActives = 0
    var usableBackups = 0
    /// Of all servers ever in this backend; `current` and `maximum` are of the backend as a whole.
    var counters = ServerCounters()
    var lastChange: Instant
    var downtime: Duration = .zero
    /// "has no server available!" was said and not yet taken back.
    var isDownAnnounced = false
    var lastCheckSuccess: Instant?
    var lastCheckFailure: Instant?
    /// Owed by the pool's owner; see `takeShutdowns`.
    private(set) var shutdowns: [SessionShutdown] = []
    /// The last number given to a health.
    var healthNumber: UInt64 = 0
    /// The last number given to a server.
    var serverNumber: UInt64 = 0

    package init(_ definition: BackendDefinition, now: Instant) {
        name = definition.name
        fullConnections = definition.fullConnections
        allBackups = definition.allBackups
        logsHealthChecks = definition.logsHealthChecks
        balance = definition.balance
        hashType = definition.hashType
        isTopOnly = definition.isTopOnly
        actives = definition.balance.makePolicy(hashType, isTopOnly: isTopOnly)
        backups = definition.balance.makePolicy(hashType, isTopOnly: isTopOnly)
        limitsServers = definition.servers.contains { $0.maxConnections != nil }
        stickTable = definition.stick.map { StickTable($0) }
        lastChange = now
        order = definition.servers.enumerated().map { add($0.element, $0.offset, now) }
    }

    /// The server in a slot that somebody holds an id of.
    subscript(_ id: ServerID) -> Server {
        get {
            guard servers.indices.contains(id.index), let server = servers[id.index] else {
                preconditionFailure("no server in slot \(id.index) of \(name)")
            }
            return server
        }
        set { servers[id.index] = newValue }
    }

    var isUsable: Bool { usableActives + usableBackups > 0 }

    /// A further server finds a slot.
    package var hasRoom: Bool {
        servers.count { $0 != nil } < BalancerLimits.serversPerBackend
    }

    package func id(of name: String) -> ServerID? {
        order.first { servers[$0]?.definition.name == name }.map(ServerID.init(index:))
    }

    package func name(of id: ServerID) -> String? {
        servers.indices.contains(id.index) ? servers[id.index]?.definition.name : nil
    }

    /// Brings policies, counts and the backend's own times in line with a server that may have
    /// changed.
    mutating func usabilityChanged(_ slot: Int, now: Instant) {
        guard let server = servers[slot] else { return }
        let wasUsable = isUsable
        let standing = server.dueStanding
        usableActives += (standing == .active ? 1 : 0) - (server.standing == .active ? 1 : 0)
        usableBackups += (standing == .backup ? 1 : 0) - (server.standing == .backup ? 1 : 0)
        servers[slot]?.standing = standing
        servers[slot]?.sessionLimit = server.dueSessionLimit(now: now)
        let (weight, rank) = (server.balancedWeight(now: now), server.rank)
        actives.setWeight(standing == .active ? weight : 0, of: slot, rank: rank)
        backups.setWeight(standing == .backup ? weight : 0, of: slot, rank: rank)
        guard wasUsable != isUsable else { return }
        if isUsable {
            downtime += now - lastChange
        } else {
            counters.downTransitions += 1
        }
        lastChange = now
    }

    /// Sessions that changes since the last call want to have ended.
    package mutating func takeShutdowns() -> [SessionShutdown] {
        defer { shutdowns = [] }
        return shutdowns
    }

    mutating func shutSessions(of slot: Int, _ cause: TerminationCode.Cause) {
        guard let server = servers[slot], server.counters.current > 0 else { return }
        shutdowns.append(SessionShutdown(server: ServerID(index: slot), cause: cause))
    }

    func usableSlots(where isWanted: (Server) -> Bool) -> [Int] {
        order.filter { slot in
            servers[slot].map { $0.isUsable && isWanted($0) } ?? false
        }
    }
}
