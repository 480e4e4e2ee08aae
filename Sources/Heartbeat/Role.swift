/// What a node says of itself in each beat. The raw values are on the wire.
package enum Role: UInt8, Sendable, CaseIterable {
    /// Just booted: listening before it competes.
    case starting = 1
    /// Able to take the virtual IP, does not hold it.
    case standby = 2
    /// Decided to take the virtual IP; the kernel has not acknowledged it yet.
    case activating = 3
    /// Holds the virtual IP.
    case active = 4
    /// Kept away by the operator.
    case maintenance = 5
    /// Not able to hold the virtual IP.
    case fault = 6
    /// Leaving in order; the last thing it says.
    case stopping = 7

    /// Whether a node in this role has, or is about to have, the virtual IP.
    package var claimsVIP: Bool { self == .active || self == .activating }
}

extension Role: CustomStringConvertible {
    package var description: String {
        switch self {
        case .starting: "starting"
        case .standby: "standby"
        case .activating: "activating"
        case .active: "active"
        case .maintenance: "maintenance"
        case .fault: "fault"
        case .stopping: "stopping"
        }
    }
}
