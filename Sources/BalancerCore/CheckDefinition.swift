package import Primitives

/// How one server is checked (`check` on the server line and what belongs to it).
package struct CheckDefinition: Sendable, Equatable {
    package var kind: CheckKind
    /// Where the check connects: the server's own endpoint with `port` and `addr` applied.
    package var endpoint: Endpoint
    /// `inter`: pause between two checks in a stable state.
    package var interval: Duration
    /// `fastinter`: pause while the state is in question; unset means `interval`.
    package var fastInterval: Duration?
    /// `downinter`: pause while the server is fully down; unset means `interval`.
    package var downInterval: Duration?
    /// Consecutive passes that bring a server up, at least 1.
    package var rise: Int
    /// Consecutive failures that take a server down, at least 1.
    package var fall: Int
    /// `timeout connect` of the backend; the connect of a check never takes longer than `interval`
    /// either.
    package var connectTimeout: Duration?
    /// `timeout check`: time for the answer after the connect; unset means that `interval` bounds
    /// the whole check.
    package var readTimeout: Duration?
    /// `observe`; without it a refused connect of a session is a failed check.
    package var observation: ConnectObservation?
    /// What the server wants to be told first, as in a session.
    package var proxyProtocol: ProxyProtocol?
    /// `source` of the server; `nil`: the node's own address.
    package var source: ConnectSource?

    package init(
        kind: CheckKind,
        endpoint: Endpoint,
        interval: Duration = .seconds(2),
        fastInterval: Duration? = nil,
        downInterval: Duration? = nil,
        rise: Int = 2,
        fall: Int = 3,
        connectTimeout: Duration? = nil,
        readTimeout: Duration? = nil,
        observation: ConnectObservation? = nil,
        proxyProtocol: ProxyProtocol? = nil,
        source: ConnectSource? = nil
    ) {
        precondition(rise >= 1 && fall >= 1, "rise and fall count from 1")
        precondition(interval > .zero, "a check without an interval would never pause")
        self.kind = kind
        self.endpoint = endpoint
        self.interval = interval
        self.fastInterval = fastInterval
        self.downInterval = downInterval
        self.rise = rise
        self.fall = fall
        self.connectTimeout = connectTimeout
        self.readTimeout = readTimeout
        self.observation = observation
        self.proxyProtocol = proxyProtocol
        self.source = source
    }

    /// What is sent as soon as the connection from `source` stands; may be empty.
    package func hello(from source: Endpoint) -> [UInt8] {
        (proxyProtocol?.checkHeader(from: source, to: endpoint) ?? []) + kind.hello
    }

    /// How long the connect may take: min(`timeout connect`, `inter`), as in HAProxy.
    package var connectLimit: Duration { min(connectTimeout ?? interval, interval) }
}
