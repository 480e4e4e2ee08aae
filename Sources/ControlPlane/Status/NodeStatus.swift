/// One node of the pair. Of the peer everything is what it last said: see `isHeard`.
package struct NodeStatus: Codable, Sendable, Equatable {
    package enum Role: String, Codable, Sendable, CaseIterable {
        case starting, standby, activating, active, fenced, maintenance, fault, stopping
    }

    /// One thing that readiness is made of.
    package struct Fact: Codable, Sendable, Equatable {
        /// `relay`, `link`, `servers`, `source`, `descriptors`, or as in a `track` line.
        package var name: String
        package var isMet: Bool
        /// Why it is not met.
        package var reason: String?

        package init(name: String, isMet: Bool, reason: String? = nil) {
            self.name = name
            self.isMet = isMet
            self.reason = reason
        }
    }

    package var name: String
    package var isThisNode: Bool
    /// nil when it was never heard.
    package var role: Role?
    /// The first digits; a restart changes them.
    package var bootID: String?
    /// Why it could not take over; empty when it is ready.
    package var notReadyBecause: [String]
    /// Each fact that this node knows of itself; nil of the other one, of which only
    /// `notReadyBecause` is known.
    package var readiness: [Fact]?
    package var sessions: Int?
    package var priority: Int
    /// Whether its beats arrive now. This node always hears itself.
    package var isHeard: Bool
    /// Since the last beat; nil for this node, and when there never was one.
    package var lastHeardMillisecondsAgo: Int64?
    /// Whether it runs the same configuration as this node; nil while unknown.
    package var hasSameConfiguration: Bool?
    /// Version of the heartbeats that it sends; nil while unknown.
    package var protocolVersion: String?
    /// What stops its traffic when it hangs or dies; nil while unknown.
    package var fence: FenceStatus?

    package init(
        name: String,
        isThisNode: Bool,
        role: Role? = nil,
        bootID: String? = nil,
        notReadyBecause: [String] = [],
        readiness: [Fact]? = nil,
        sessions: Int? = nil,
        priority: Int = 100,
        isHeard: Bool,
        lastHeardMillisecondsAgo: Int64? = nil,
        hasSameConfiguration: Bool? = nil,
        protocolVersion: String? = nil,
        fence: FenceStatus? = nil
    ) {
        self.name = name
        self.isThisNode = isThisNode
        self.role = role
        self.bootID = bootID
        self.notReadyBecause = notReadyBecause
        self.readiness = readiness
        self.sessions = sessions
        self.priority = priority
        self.isHeard = isHeard
        self.lastHeardMillisecondsAgo = lastHeardMillisecondsAgo
        self.hasSameConfiguration = hasSameConfiguration
        self.protocolVersion = protocolVersion
        self.fence = fence
    }
}
