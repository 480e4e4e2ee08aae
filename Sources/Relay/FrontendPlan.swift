package import Primitives

/// A `frontend`, or the front half of a `listen` section.
package struct FrontendPlan: Sendable {
    /// Unique among the frontends; a reload recognises a frontend by it.
    package var name: String
    package var listeners: [ListenerPlan]
    /// Index in `RelayPlan.backends`; `nil`: connections are closed at once.
    package var backend: Int?
    /// `maxconn` of the section; `nil`: the global one.
    package var maxConnections: Int?
    /// `timeout client`; `nil`: none.
    package var clientTimeout: Duration?
    /// `timeout client-fin`; `nil`: as `clientTimeout`.
    package var clientFinTimeout: Duration?
    /// `option tcpka`, `option clitcpka`
    package var clientKeepAlive: KeepAlive?
    /// `tcp-request connection`: who is reset before it is a session.
    package var connectionRules: [AccessRule]
    /// `tcp-request content`: whose session ends before it gets a server.
    package var contentRules: [AccessRule]
    /// Records of its sessions say where their connections went.
    package var logsConnections: Bool
    /// There is a record of each session that begins, too.
    package var logsArrivals: Bool
    /// `backlog`; the kernel caps it at `net.core.somaxconn`.
    package var backlog: Int32

    package init(
        name: String,
        listeners: [ListenerPlan],
        backend: Int?,
        maxConnections: Int? = nil,
        clientTimeout: Duration? = nil,
        clientFinTimeout: Duration? = nil,
        clientKeepAlive: KeepAlive? = nil,
        connectionRules: [AccessRule] = [],
        contentRules: [AccessRule] = [],
        logsConnections: Bool = false,
        logsArrivals: Bool = false,
        backlog: Int32 = 4096
    ) {
        self.name = name
        self.listeners = listeners
        self.backend = backend
        self.maxConnections = maxConnections
        self.clientTimeout = clientTimeout
        self.clientFinTimeout = clientFinTimeout
        self.clientKeepAlive = clientKeepAlive
        self.connectionRules = connectionRules
        self.contentRules = contentRules
        self.logsConnections = logsConnections
        self.logsArrivals = logsArrivals
        self.backlog = backlog
    }
}
