package import Heartbeat
package import Primitives

/// What the rest of the daemon tells the pair logic about this node.
package struct NodeReadiness: Equatable, Sendable {
    /// Every relay worker turns and every listener is bound.
    package var relayServes: Bool
    /// All interfaces of the virtual addresses exist and have carrier.
    package var linkIsUp: Bool
    /// Servers that may get new sessions; `true` where no server is configured.
    package var serversUsable: Bool
    /// Every checked server has had its first result.
    package var checksSettled: Bool
    package var lastCheckSuccess: Instant?
    package var lastCheckFailure: Instant?
    package var clientSessions: Int

    package init(
        relayServes: Bool = false,
        linkIsUp: Bool = false,
        serversUsable: Bool = false,
        checksSettled: Bool = false,
        lastCheckSuccess: Instant? = nil,
        lastCheckFailure: Instant? = nil,
        clientSessions: Int = 0
    ) {
        self.relayServes = relayServes
        self.linkIsUp = linkIsUp
        self.serversUsable = serversUsable
        self.checksSettled = checksSettled
        self.lastCheckSuccess = lastCheckSuccess
        self.lastCheckFailure = lastCheckFailure
        self.clientSessions = clientSessions
    }

    package var flags: ReadinessFlags {
        var flags: ReadinessFlags = []
        if relayServes { flags.insert(.relay) }
        if linkIsUp { flags.insert(.link) }
        if serversUsable { flags.insert(.servers) }
        return flags
    }

    /// Whether this node can hold the virtual IP at all.
    var isAble: Bool { flags.isSuperset(of: .able) }
}

extension ReadinessFlags {
    /// What is missing, for people; empty when all is well.
    package var shortcomings: [String] {
        var list: [String] = []
        if !contains(.relay) { list.append("its relay does not serve") }
        if !contains(.link) { list.append("its interface for the virtual IP has no link") }
        if !contains(.servers) { list.append("it has no usable server") }
        return list
    }
}
