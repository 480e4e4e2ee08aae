package import Heartbeat
package import Primitives

/// What the rest of the daemon tells the pair logic about this node.
package struct NodeReadiness: Equatable, Sendable {
    /// One thing that readiness is made of, by its name in `status`: `relay`, `gateway 10.0.0.1`.
    package struct Fact: Equatable, Sendable {
        package var name: String
        /// Why it is not so; `nil` while it is, or is not known yet.
        package var fault: String?

        package init(name: String, fault: String?) {
            self.name = name
            self.fault = fault
        }
    }

    /// Every relay worker turns and every listener is bound.
    package var relayServes: Bool
    /// All interfaces of the virtual addresses exist and have carrier.
    package var linkIsUp: Bool
    /// Servers that may get new sessions; `true` where no server is configured.
    package var serversUsable: Bool
    /// The own addresses of the `node` line are there.
    package var hasSource: Bool
    /// New connections find descriptors.
    package var hasDescriptors: Bool
    /// What the configuration tracks.
    package var tracks: [Fact]
    /// Every checked server has had its first result.
    package var checksSettled: Bool
    package var lastCheckSuccess: Instant?
    package var lastCheckFailure: Instant?
    package var clientSessions: Int

    package init(
        relayServes: Bool = false,
        linkIsUp: Bool = false,
        serversUsable: Bool = false,
        hasSource: Bool = true,
        hasDescriptors: Bool = true,
        tracks: [Fact] = [],
        checksSettled: Bool = false,
        lastCheckSuccess: Instant? = nil,
        lastCheckFailure: Instant? = nil,
        clientSessions: Int = 0
    ) {
        self.relayServes = relayServes
        self.linkIsUp = linkIsUp
        self.serversUsable = serversUsable
        self.hasSource = hasSource
        self.hasDescriptors = hasDescriptors
        self.tracks = tracks
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
        if hasSource { flags.insert(.source) }
        if hasDescriptors { flags.insert(.descriptors) }
        if tracks.allSatisfy({ $0.fault == nil }) { flags.insert(.tracks) }
        return flags
    }

    /// Whether this node can hold the virtual IP at all.
    var isAble: Bool { flags.isSuperset(of: .able) }

    /// Each fact that readiness is made of, by its name, with the reason where it is not so.
    package var facts: [Fact] {
        let flags = flags
        return ReadinessFlags.names.map { flag, name, fault in
            Fact(name: name, fault: flags.contains(flag) ? nil : fault)
        } + tracks
    }

    /// What is missing, for people; empty when all is well.
    package var shortcomings: [String] {
        var own = flags
        own.insert(.tracks)
        return own.shortcomings
            + tracks.compactMap { track in track.fault.map { "\(track.name) \($0)" } }
    }
}

extension ReadinessFlags {
    /// Those that are facts of their own, what status calls them, and what is said where one is
    /// missing.
    fileprivate static let names: [(ReadinessFlags, String, String)] = [
        (.relay, "relay", "its relay does not serve"),
        (.link, "link", "its interface for the virtual IP has no link"),
        (.servers, "servers", "it has no usable server"),
        (.source, "source", "its own address is missing"),
        (.descriptors, "descriptors", "it is out of file descriptors"),
    ]

    /// What is missing, for people; empty when all is well.
    package var shortcomings: [String] {
        var list = Self.names.compactMap { flag, _, fault in contains(flag) ? nil : fault }
        if !contains(.tracks) { list.append("something that it tracks has failed") }
        return list
    }
}
