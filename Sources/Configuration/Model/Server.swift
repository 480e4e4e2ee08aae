package import Primitives

/// One `server` line, `default-server` applied.
package struct Server: Sendable, Equatable {
    /// Unique in its proxy.
    package var name: String
    package var address: HostAddress
    package var port: UInt16
    /// Where it is written.
    package var location: SourceLocation
    package var options: ServerOptions
    /// `nil`: a file has it.
    package var addition: ServerAddition?

    package init(
        name: String,
        address: HostAddress,
        port: UInt16,
        location: SourceLocation,
        options: ServerOptions
    ) {
        self.name = name
        self.address = address
        self.port = port
        self.location = location
        self.options = options
    }

    /// `nil`: it is taken for alive always.
    package var check: ServerCheck? { options.isChecked ? options.check : nil }
    /// `nil`: there is none.
    package var agent: ServerAgent? { options.hasAgent ? options.agent : nil }
}

/// How a server begins that was added at run time.
package struct ServerAddition: Sendable, Equatable {
    /// In maintenance, until `enable server`.
    package var startsInMaintenance: Bool
    /// With its checks off, until `enable health`.
    package var startsUnchecked: Bool

    package init(startsInMaintenance: Bool, startsUnchecked: Bool) {
        self.startsInMaintenance = startsInMaintenance
        self.startsUnchecked = startsUnchecked
    }
}

/// What `default-server` can say for all servers.
package struct ServerOptions: Sendable, Equatable {
    /// `weight`; 0 takes no new sessions.
    package var weight: Weight = 1
    /// `backup`: used only when no other server is left.
    package var isBackup = false
    /// `disabled`: starts in maintenance.
    package var isDisabled = false
    /// `maxconn`: sessions beyond it wait; `nil`: no limit.
    package var maxConnections: Int?
    /// `minconn`: less than `maxConnections`, which it grows to with the load; `nil`: it is that
    /// always.
    package var minConnections: Int?
    /// `maxqueue`: so many may wait for this server alone; `nil`: no limit.
    package var maxQueue: Int?
    /// `on-marked-down shutdown-sessions`: when it goes down, its sessions are reset.
    package var shutsSessionsWhenDown = false
    /// `on-marked-up shutdown-backup-sessions`: when it comes up, those of all backups are.
    package var shutsBackupSessionsWhenUp = false
    /// Not with `non-stick`: a stick table remembers that a session went here.
    package var isRemembered = true
    /// `blacklist`: for how long it gets no sessions after one could not connect to it.
    package var blacklist: Duration?
    /// `slowstart`: in which its weight rises after it has come back; `nil`: at once.
    package var slowStart: Duration?
    /// `send-proxy`, `send-proxy-v2`
    package var proxyProtocol: ProxyProtocolVersion?
    /// `source`; `nil`: as the section.
    package var source: ConnectSource?
    /// `check`
    package var isChecked = false
    /// What `check` does, if it stands there.
    package var check = ServerCheck()
    /// `agent-check`
    package var hasAgent = false
    /// What `agent-check` does, if it stands there.
    package var agent = ServerAgent()

    /// `maxconn`, or a `minconn` that is alone or higher, as in HAProxy.
    package var sessionLimit: Int? { [maxConnections, minConnections].compactMap(\.self).max() }
}

/// How a server is checked.
package struct ServerCheck: Sendable, Equatable {
    /// `inter`: between checks. At least 1 ms.
    package var interval = Duration.seconds(2)
    /// `fastinter`: while the state is changing; `nil`: as `interval`.
    package var fastInterval: Duration?
    /// `downinter`: while it is down; `nil`: as `interval`.
    package var downInterval: Duration?
    /// `rise`: passed checks in a row that bring it up.
    package var rise = 2
    /// `fall`: failed checks in a row that take it down.
    package var fall = 3
    /// `addr`: check this host in place of the server's own.
    package var address: HostAddress?
    /// `port`: check this port in place of the server's own.
    package var port: UInt16?
    /// `observe layer4`
    package var observesConnects = false
    /// `error-limit`, `on-error`: in force with `observe` only.
    package var observation = ConnectObservation()
    /// `check-send-proxy`: also where `port` or `addr` lead elsewhere.
    package var sendsProxy = false
}

/// `agent-check`: a program beside the server that has a say in its state.
package struct ServerAgent: Sendable, Equatable {
    /// `agent-port`; 0: not given, which is an error with `agent-check`.
    package var port: UInt16 = 0
    /// `agent-addr`: ask this host in place of the server's own.
    package var address: HostAddress?
    /// `agent-inter`
    package var interval = Duration.seconds(2)
    /// `agent-send`: said first.
    package var message = ""
}

/// Of the header that tells a server who the client is.
package enum ProxyProtocolVersion: Sendable {
    case version1
    case version2
}
