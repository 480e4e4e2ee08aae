/// What `show info` reports of the process. Source: HAProxy's management.txt §9.3, keys of 2.6.
package struct InfoReport: Sendable, Equatable {
    package var name = "ha-balancer"
    /// Of this program.
    package var version: String
    /// What tools are told: those that ask for a version mean HAProxy's, whose commands these are.
    package var haproxyVersion: String { "2.6.0-ha-balancer-\(version)" }
    /// `2026/11/22`
    package var releaseDate: String
    package var threads: Int
    /// How the relay hears of its sockets: `epoll` or `io_uring`. HAProxy has no such key.
    package var engine = ""
    package var pid: Int32
    package var uptime: Duration
    package var startedAt: WallTime
    package var nodeName: String
    /// RLIMIT_NOFILE
    package var descriptorLimit = 0
    package var socketLimit = 0
    package var connectionLimit = 0
    package var connectionsCurrent = 0
    package var connectionsTotal: UInt64 = 0
    package var requestsTotal: UInt64 = 0
    package var pipesMaximum = 0
    package var pipesUsed = 0
    package var pipesFree = 0
    /// Connections, and sessions, in the last second.
    package var connectionRate = 0
    package var connectionRateMaximum = 0
    package var sessionRate = 0
    package var sessionRateMaximum = 0
    /// 0...100
    package var idlePercent = 100
    package var isStopping = false
    package var jobs = 0
    package var listeners = 0
    package var droppedLogs: UInt64 = 0
    package var bytesOut: UInt64 = 0
    package var bytesOutRate: UInt64 = 0
    package var bytesSpliced: UInt64 = 0
    /// Memory of the process: all of it is in use, there are no pools.
    package var memoryBytes: UInt64 = 0

    package init(
        version: String,
        releaseDate: String,
        threads: Int,
        pid: Int32,
        uptime: Duration,
        startedAt: WallTime,
        nodeName: String
    ) {
        self.version = version
        self.releaseDate = releaseDate
        self.threads = threads
        self.pid = pid
        self.uptime = uptime
        self.startedAt = startedAt
        self.nodeName = nodeName
    }
}
