/// The `global` section.
package struct GlobalSettings: Sendable, Equatable {
    package static let defaultStateDirectory = "/var/lib/ha-balancer"

    /// `maxconn`: sessions of the whole process; `nil` derives it from the descriptor limit.
    package var maxConnections: Int?
    /// `nbthread`, 1...64; `nil` is one per CPU that the process may use.
    package var threads: Int?
    /// `tune.engine`: how the relay hears of its sockets.
    package var engine = RelayEngineName.auto
    /// `log` lines.
    package var logTargets: [LogTarget] = []
    /// `log-tag`: the program name in log lines.
    package var logTag: String?
    /// `state-dir`, absolute.
    package var stateDirectory = GlobalSettings.defaultStateDirectory
    /// `stats socket` lines; the default socket if the files have none. Never empty.
    package var statsSockets: [StatsSocket] = []
    /// `stats timeout`: how long a client of a stats socket may be idle. `nil` is for ever.
    package var statsTimeout: Duration? = .seconds(10)
    /// `stats maxconn`: clients of the stats sockets at once.
    package var statsMaxConnections = 10
    /// `user` or `uid`.
    package var user: Identity?
    /// `group` or `gid`.
    package var group: Identity?
    /// `daemon`: go to the background.
    package var runsInBackground = false
    /// `pidfile`, absolute.
    package var pidFile: String?
    /// `quiet`: no messages at start.
    package var isQuiet = false
    /// `debug`: stay in the foreground and tell more.
    package var isDebug = false
    /// `node`: this host's name in `show info` and the statistics.
    package var node: String?
    /// `description`, likewise.
    package var description: String?
    /// `ulimit-n`: the descriptor limit to set.
    package var descriptorLimit: Int?
    /// `hard-stop-after`: the longest soft stop.
    package var hardStopAfter: Duration?
    /// `server-state-file`: for `load-server-state-from-file global`.
    package var serverStateFile: String?
    /// `server-state-base`: the folder of the local ones, and of a relative `server-state-file`.
    package var serverStateBase: String?
    /// `external-check`: programs may be run for checks.
    package var allowsExternalChecks = false
    /// `spread-checks`, 0...50: percent by which check intervals vary at random.
    package var spreadChecks = 0

    package init() {}
}

/// The values of `tune.engine`.
package enum RelayEngineName: String, Sendable, CaseIterable {
    /// io_uring where the kernel has what it needs, else epoll.
    case auto
    case epoll
    case ioUring = "io_uring"
}

/// A user or group, by name or by number.
package enum Identity: Sendable, Equatable {
    case name(String)
    case number(UInt32)
}
