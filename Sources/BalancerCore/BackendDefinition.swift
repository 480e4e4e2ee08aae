package import Primitives

/// The servers of a `backend` or `listen` section and how they are chosen.
package struct BackendDefinition: Sendable, Equatable {
    package var name: String
    /// In the order of the configuration. Names are unique.
    package var servers: [ServerDefinition]
    package var balance: BalanceAlgorithm
    /// `hash-type`; in force with algorithms that hash.
    package var hashType: HashType
    /// `fullconn`: sessions with which the limit of a server with `minconn` is its `maxconn`.
    package var fullConnections: Int
    /// `balance … top`: only the heaviest of the usable servers take part.
    package var isTopOnly: Bool
    /// `option allbackups`: all usable backups share the traffic, not only the first.
    package var allBackups: Bool
    /// `option log-health-checks`: a notice for each check that changed something.
    package var logsHealthChecks: Bool
    package var stick: StickDefinition?

    package init(
        name: String,
        servers: [ServerDefinition],
        balance: BalanceAlgorithm = .roundRobin,
        hashType: HashType = .mapBased,
        fullConnections: Int = 1,
        isTopOnly: Bool = false,
        allBackups: Bool = false,
        logsHealthChecks: Bool = false,
        stick: StickDefinition? = nil
    ) {
        precondition(
            servers.count <= BalancerLimits.serversPerBackend,
            "too many servers in \(name)"
        )
        precondition(fullConnections > 0, "\(name) is full without a session")
        precondition(
            Set(servers.map(\.name)).count == servers.count,
            "a server name twice in \(name)"
        )
        self.name = name
        self.servers = servers
        self.balance = balance
        self.hashType = hashType
        self.fullConnections = fullConnections
        self.isTopOnly = isTopOnly
        self.allBackups = allBackups
        self.logsHealthChecks = logsHealthChecks
        self.stick = stick
    }
}
