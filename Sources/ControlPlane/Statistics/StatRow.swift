/// One row of `show stat`: a frontend, a server or a backend. The field names are those of the CSV
/// columns spelled out; nil is an empty column. Source: HAProxy's management.txt §9.1.
package struct StatRow: Sendable, Equatable {
    package enum Kind: Int, Sendable, CaseIterable {
        case frontend = 0
        case backend = 1
        case server = 2
        case listener = 3
    }

    package var kind: Kind
    package var proxyName: String
    /// `FRONTEND`, `BACKEND`, or the name of the server.
    package var serviceName: String
    /// Numbers the proxies from 2 up, as HAProxy does (`iid`).
    package var proxyID: Int
    /// Numbers the servers of a backend from 1; 0 in the other rows (`sid`).
    package var serviceID: Int
    /// `OPEN`, `UP`, `UP 1/3`, `DOWN`, `MAINT`, `no check` …
    package var status: String

    package var queueCurrent: Int?
    package var queueMaximum: Int?
    package var queueLimit: Int?
    package var sessionsCurrent = 0
    package var sessionsMaximum = 0
    package var sessionsLimit: Int?
    package var sessionsTotal: UInt64 = 0
    package var bytesIn: UInt64 = 0
    package var bytesOut: UInt64 = 0
    package var connectionErrors: UInt64?
    package var retries: UInt64?
    package var redispatches: UInt64?
    package var deniedConnections: UInt64?
    package var deniedRequests: UInt64?
    /// Of a frontend.
    package var requestErrors: UInt64?
    package var abortedByClient: UInt64?
    package var abortedByServer: UInt64?

    /// Effective weight; of a backend, that of its usable servers together.
    package var weight: Int?
    /// As the operator set it.
    package var userWeight: Int?
    /// Percent of its weight that a server with `slowstart` has reached.
    package var throttle: Int?
    package var activeServers: Int?
    package var backupServers: Int?
    package var checkFailures: UInt64?
    /// How often failed connects of sessions counted against its health (`hanafail`).
    package var observedFailures: UInt64?
    package var downTransitions: UInt64?
    package var secondsSinceChange: Int?
    package var downtimeSeconds: Int?
    /// How often this server, or the backend, was chosen (`lbtot`).
    package var selected: UInt64?

    /// Sessions in the last second.
    package var sessionRate = 0
    package var sessionRateMaximum = 0
    package var connectionRate: Int?
    package var connectionRateMaximum: Int?
    package var connectionsTotal: UInt64?
    package var connectAttempts: UInt64?

    /// `L4OK`, `L7STS` …; with `* ` in front while a check runs.
    package var checkStatus: String?
    package var checkCode: Int?
    package var checkDurationMilliseconds: Int?
    /// `Layer7 check passed` …
    package var checkDescription: String?
    /// What the last check read, such as the version of the database.
    package var lastCheck: String?
    package var checkRise: Int?
    package var checkFall: Int?
    /// 0..<rise+fall
    package var checkHealth: Int?
    /// The same of `agent-check`.
    package var agentStatus: String?
    package var agentCode: Int?
    package var agentDurationMilliseconds: Int?
    package var agentDescription: String?
    package var lastAgent: String?
    package var agentRise: Int?
    package var agentFall: Int?
    package var agentHealth: Int?
    package var secondsSinceLastSession: Int?

    /// Averages over the last 1024 sessions.
    package var queueMilliseconds: Int?
    package var connectMilliseconds: Int?
    package var totalMilliseconds: Int?
    package var queueMillisecondsMaximum: Int?
    package var connectMillisecondsMaximum: Int?
    package var totalMillisecondsMaximum: Int?

    package var address: String?
    package var mode = "tcp"
    package var algorithm: String?

    package init(
        _ kind: Kind,
        proxy: String,
        service: String,
        proxyID: Int,
        serviceID: Int = 0,
        status: String
    ) {
        self.kind = kind
        proxyName = proxy
        serviceName = service
        self.proxyID = proxyID
        self.serviceID = serviceID
        self.status = status
    }
}
