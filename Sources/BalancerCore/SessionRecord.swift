package import Primitives

/// One finished session: all that a log line says of it. Plain values, so that it can lie in a
/// ring.
package struct SessionRecord: Sendable, Equatable {
    /// As the PROXY header told it where there was one.
    package var client: Endpoint
    /// The frontend's and the backend's index in the relay's plan; `nil`: no backend was reached.
    package var frontend: Int
    package var backend: Int?
    /// The last server that the session was given to.
    package var server: ServerID?
    package var acceptedAt: Instant
    package var finishedAt: Instant
    /// Time until the PROXY header had come (`%Th`).
    package var handshakeTime: Duration = .zero
    /// Time until a connect was started (`%Tw`), and from then until it stood (`%Tc`); `nil`: never
    /// reached, -1 in the log.
    package var waitTime: Duration?
    package var connectTime: Duration?
    package var bytesToClient: UInt64
    package var bytesToServer: UInt64
    package var termination: TerminationCode
    package var retries: Int
    /// The session went to another server than the first: `+` before the retries.
    package var isRedispatched: Bool
    /// Sessions at the end: of the process and the frontend with this one, of the backend and the
    /// server without it, as in HAProxy's lines.
    package var processSessions: Int
    package var frontendSessions: Int
    package var backendSessions: Int
    package var serverSessions: Int
    /// `nil`: it did not wait.
    package var queuePosition: QueuePosition?
    /// It has only begun: the client is let in.
    package var isArrival = false
    /// Where its connections went; `nil`: no line of the frontend asks for it.
    package var ends: Ends?
    /// No session was begun: the connection did not say in time, or not well, who its client is.
    package var headerFault: ProxyHeaderFault?
    /// Where it came in: number of the listener in the frontend, from 0. Told where it is
    /// `accept-proxy`.
    package var listener = 0

    package struct Ends: Sendable, Equatable {
        /// What the client connected to.
        package var local: Endpoint?
        /// Of the connection to the server.
        package var source: Endpoint?
        package var server: Endpoint?

        package init(local: Endpoint?, source: Endpoint?, server: Endpoint?) {
            self.local = local
            self.source = source
            self.server = server
        }
    }

    package init(
        client: Endpoint,
        frontend: Int,
        backend: Int? = nil,
        server: ServerID? = nil,
        acceptedAt: Instant,
        finishedAt: Instant,
        waitTime: Duration? = nil,
        connectTime: Duration? = nil,
        bytesToClient: UInt64 = 0,
        bytesToServer: UInt64 = 0,
        termination: TerminationCode = .clean,
        retries: Int = 0,
        isRedispatched: Bool = false,
        processSessions: Int = 0,
        frontendSessions: Int = 0,
        backendSessions: Int = 0,
        serverSessions: Int = 0
    ) {
        self.client = client
        self.frontend = frontend
        self.backend = backend
        self.server = server
        self.acceptedAt = acceptedAt
        self.finishedAt = finishedAt
        self.waitTime = waitTime
        self.connectTime = connectTime
        self.bytesToClient = bytesToClient
        self.bytesToServer = bytesToServer
        self.termination = termination
        self.retries = retries
        self.isRedispatched = isRedispatched
        self.processSessions = processSessions
        self.frontendSessions = frontendSessions
        self.backendSessions = backendSessions
        self.serverSessions = serverSessions
    }

    /// `%Tt`
    package var totalTime: Duration { finishedAt - acceptedAt }

    /// For the means of `show stat`; `nil`: it reached no server.
    package var times: SessionTimes.Sample? {
        guard let waitTime, let connectTime else { return nil }
        return SessionTimes.Sample(
            queue: waitTime - handshakeTime,
            connect: connectTime,
            total: totalTime
        )
    }

    /// Nothing came and nothing went: `option dontlognull` is about these.
    package var isNull: Bool {
        switch headerFault {
        case nil: !isArrival && bytesToClient == 0 && bytesToServer == 0
        case .closed, .aborted, .timeout: true
        case .truncated, .notAHeader, .invalid, .unhandledProtocol: false
        }
    }

    /// `%Td`: since the connection to the server stood.
    var dataTime: Duration? {
        guard let waitTime, let connectTime else { return nil }
        return totalTime - waitTime - connectTime
    }
}
