package import Primitives

/// One `server` line, resolved.
package struct ServerDefinition: Sendable, Equatable {
    package var name: String
    package var endpoint: Endpoint
    /// 0 takes no balanced traffic.
    package var weight: Weight
    /// `backup`: used only when no active server is usable.
    package var isBackup: Bool
    /// `disabled`: starts in maintenance.
    package var isDisabled: Bool
    /// `maxconn`: sessions beyond it wait; `nil`: no limit.
    package var maxConnections: Int?
    /// `minconn`: the limit while the backend is idle; it rises to `maxConnections` with the load.
    /// `nil`: it stands.
    package var minConnections: Int?
    /// `maxqueue`: so many may wait for this server alone; `nil`: no limit.
    package var maxQueue: Int?
    /// `nil`: the server is never checked and always believed.
    package var check: CheckDefinition?
    /// `agent-check`; its `rise` and `fall` are 1. `nil`: there is no agent.
    package var agent: CheckDefinition?
    /// `on-marked-down shutdown-sessions`: when it stops serving, its sessions are reset.
    package var shutsSessionsWhenDown: Bool
    /// `on-marked-up shutdown-backup-sessions`: when it serves again, those of all backups are.
    package var shutsBackupSessionsWhenUp: Bool
    /// `send-proxy`, `send-proxy-v2`
    package var proxyProtocol: ProxyProtocol?
    /// `slowstart`: the time in which its weight rises after it has come back; `nil`: at once.
    package var slowStart: Duration?
    /// Not with `non-stick`: a stick table remembers that a session went here.
    package var isRemembered: Bool
    /// `source`; `nil`: as the routes say.
    package var source: ConnectSource?
    /// `blacklist`: for how long it gets no sessions after one could not connect to it, as long as
    /// others are usable; `nil`: the checks alone decide.
    package var blacklist: Duration?
    /// Added at run time: in maintenance, and with its checks off, until the operator says
    /// otherwise. Of no effect on a server that is there.
    package var startsInMaintenance: Bool
    package var startsUnchecked: Bool

    package init(
        name: String,
        endpoint: Endpoint,
        weight: Weight = 1,
        isBackup: Bool = false,
        isDisabled: Bool = false,
        maxConnections: Int? = nil,
        minConnections: Int? = nil,
        maxQueue: Int? = nil,
        check: CheckDefinition? = nil,
        agent: CheckDefinition? = nil,
        shutsSessionsWhenDown: Bool = false,
        shutsBackupSessionsWhenUp: Bool = false,
        isRemembered: Bool = true,
        slowStart: Duration? = nil,
        proxyProtocol: ProxyProtocol? = nil,
        source: ConnectSource? = nil,
        blacklist: Duration? = nil,
        startsInMaintenance: Bool = false,
        startsUnchecked: Bool = false
    ) {
        self.name = name
        self.endpoint = endpoint
        self.weight = weight
        self.isBackup = isBackup
        self.isDisabled = isDisabled
        self.maxConnections = maxConnections
        self.minConnections = minConnections
        self.maxQueue = maxQueue
        self.check = check
        self.agent = agent
        self.shutsSessionsWhenDown = shutsSessionsWhenDown
        self.shutsBackupSessionsWhenUp = shutsBackupSessionsWhenUp
        self.isRemembered = isRemembered
        self.slowStart = slowStart
        self.proxyProtocol = proxyProtocol
        self.source = source
        self.blacklist = blacklist
        self.startsInMaintenance = startsInMaintenance
        self.startsUnchecked = startsUnchecked
    }
}
