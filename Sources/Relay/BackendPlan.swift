package import BalancerCore
package import Primitives

/// A `backend`, or the back half of a `listen` section, as the relay uses it.
package struct BackendPlan: Sendable {
    /// Chooses the servers. A reload recognises a backend by its name.
    package var backend: Backend
    /// `timeout connect`; `nil`: none.
    package var connectTimeout: Duration?
    /// `timeout queue`: how long a session waits for a server with room; `nil`: as long as its
    /// client does.
    package var queueTimeout: Duration?
    /// `timeout server`; `nil`: none.
    package var serverTimeout: Duration?
    /// `timeout server-fin`; `nil`: as `serverTimeout`.
    package var serverFinTimeout: Duration?
    /// `timeout tunnel`: replaces `timeout client` and `timeout server` of established sessions.
    package var tunnelTimeout: Duration?
    /// `retries`: attempts after the first, 0...255.
    package var retries: UInt8
    /// `option redispatch`: another server is tried at once.
    package var redispatches: Bool
    /// `option tcpka`, `option srvtcpka`
    package var serverKeepAlive: KeepAlive?
    /// A server has `observe`: the backend wants to know of each connect that succeeds.
    package var observesConnects: Bool
    /// `stick on dst`: the backend wants to know what the client connected to.
    package var sticksOnDestination: Bool
    /// A server has a `source`: the backend is asked where a connect comes from.
    package var hasSources: Bool

    package init(
        backend: Backend,
        connectTimeout: Duration? = nil,
        queueTimeout: Duration? = nil,
        serverTimeout: Duration? = nil,
        serverFinTimeout: Duration? = nil,
        tunnelTimeout: Duration? = nil,
        retries: UInt8 = 3,
        redispatches: Bool = false,
        serverKeepAlive: KeepAlive? = nil,
        observesConnects: Bool = false,
        sticksOnDestination: Bool = false,
        hasSources: Bool = false
    ) {
        self.backend = backend
        self.connectTimeout = connectTimeout
        self.queueTimeout = queueTimeout
        self.serverTimeout = serverTimeout
        self.serverFinTimeout = serverFinTimeout
        self.tunnelTimeout = tunnelTimeout
        self.retries = retries
        self.redispatches = redispatches
        self.serverKeepAlive = serverKeepAlive
        self.observesConnects = observesConnects
        self.sticksOnDestination = sticksOnDestination
        self.hasSources = hasSources
    }
}
