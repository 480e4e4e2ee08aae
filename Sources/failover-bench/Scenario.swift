/// What befalls the node that holds the virtual IP.
enum Scenario: String, CaseIterable {
    case balancerKilled = "balancer-killed"
    case allKilled = "all-killed"
    case powerOff = "power-off"
    case linkDown = "link-down"
    case hang
    case planned
    case heartbeatBlocked = "heartbeat-blocked"
    case cutAndHealed = "cut-and-healed"

    var title: String {
        switch self {
        case .balancerKilled: "kill -9 of the balancer"
        case .allKilled: "kill -9 of guardian and daemon; of keepalived"
        case .powerOff: "power off"
        case .linkDown: "link down"
        case .hang: "hang (SIGSTOP of all)"
        case .planned: "planned (`failover`; SIGTERM of keepalived)"
        case .heartbeatBlocked: "heartbeat path blocked, both alive, 5 s"
        case .cutAndHealed: "segment cut for 3 s and healed: outage at the heal"
        }
    }

    /// Whether the virtual IP has to move.
    var moves: Bool { self != .heartbeatBlocked && self != .cutAndHealed }
}

/// How quick the contenders are told to be.
enum Setting: String, CaseIterable {
    case standard = "default"
    case tuned
}
