package import Primitives

/// A `listen`, `frontend` or `backend` with everything that its defaults gave it.
package struct Proxy: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case listen, frontend, backend

        package var hasFrontend: Bool { self != .backend }
        package var hasBackend: Bool { self != .frontend }
    }

    package var kind: Kind
    /// Unique among those with a frontend, and among those with a backend.
    package var name: String
    /// Where its section begins.
    package var location: SourceLocation
    /// `disabled`: it is parsed, but neither listens nor checks.
    package var isDisabled: Bool
    package var description: String?

    // The frontend half; empty or unused in a `backend`.
    package var binds: [Bind]
    /// `maxconn` of the frontend: beyond it connections wait in the kernel's backlog. `nil`: as the
    /// process.
    package var maxConnections: Int?
    /// `backlog`: the queue length asked of `listen(2)`.
    package var backlog: Int?
    /// The backend that takes the connections, which exists. A `listen` without one uses itself.
    package var defaultBackend: String?
    /// `tcp-request connection`: who is reset as soon as it connects.
    package var connectionRules: [AccessRule]
    /// `tcp-request content`: who is let in, and then turned away with a line in the log.
    package var contentRules: [AccessRule]
    /// `option tcpka` or `clitcpka`, with `clitcpka-cnt` and so on; `nil`: off.
    package var clientKeepAlive: KeepAlive?
    /// `log-format` and `option tcplog`: the line of each session; `nil`: none.
    package var logFormat: SessionLogFormat?
    /// `option dontlognull`: no line for a session in which no byte moved.
    package var skipsNullLogs: Bool

    // The backend half; unused in a `frontend`.
    package var balance: BalanceAlgorithm
    package var hashType: HashType
    /// `fullconn`: sessions with which a `minconn` has become the `maxconn`; `nil`: a tenth of what
    /// the frontends let in.
    package var fullConnections: Int?
    /// `balance … top`: only the servers with the largest weight take part.
    package var balancesTopOnly: Bool
    package var servers: [Server]
    /// What `default-server` says, for those that come at run time.
    package var serverDefaults: ServerOptions
    /// `glb-control`: where the servers can be changed in the Galera Load Balancer's protocol.
    package var glbControl: Endpoint?
    /// `glb-fifo`: the same by a named pipe.
    package var glbFifo: String?
    package var stick: StickSettings?
    /// `option allbackups`: all backup servers are used at once, not only the first.
    package var usesAllBackups: Bool
    /// `retries`: further attempts after a failed connect.
    package var retries: Int
    package var redispatch: RedispatchPolicy
    package var checkMethod: CheckMethod
    /// `option log-health-checks`: every change of a check's result is logged.
    package var logsHealthChecks: Bool
    /// `option tcpka` or `srvtcpka`, with `srvtcpka-cnt` and so on; `nil`: off.
    package var serverKeepAlive: KeepAlive?
    /// `source` of the section: for the servers that have none of their own.
    package var source: ConnectSource?

    /// `load-server-state-from-file`; `nil`: none.
    package var serverState: ServerStateSource?

    package var timeouts: Timeouts
    /// Where this proxy logs to, `log global` replaced by the targets of `global`.
    package var logTargets: [LogTarget]

    /// Names are unique in a proxy.
    package var serversByName: [String: Server] {
        Dictionary(uniqueKeysWithValues: servers.map { ($0.name, $0) })
    }
}

/// `balance`.
package enum BalanceAlgorithm: String, Sendable, CaseIterable {
    /// Weighted, smoothly spaced.
    case roundRobin = "roundrobin"
    /// Weighted, in a fixed order.
    case staticRoundRobin = "static-rr"
    /// The fewest sessions for the weight.
    case leastConnections = "leastconn"
    /// The first one with room.
    case first
    /// The client's address decides.
    case source
    /// The less busy one of two that are drawn.
    case random
    /// One that is drawn.
    case randomOnce = "random(1)"
    /// Those of the Galera Load Balancer: `least`, `round` and `single`.
    case glbLeast = "glb-least"
    case glbRound = "glb-round"
    case glbSingle = "glb-single"
}
