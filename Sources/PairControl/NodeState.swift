package import Heartbeat
package import Primitives

/// The one state of a node; pairs of facts that cannot be together cannot be spelled.
package enum NodeState: Equatable, Sendable {
    /// Listens until then, or until it knows enough.
    case starting(until: Instant)
    case standby(Standby)
    /// Waits for the kernel to acknowledge the addresses.
    case activating(Activation, until: Instant)
    case active(Activation)
    /// Still holds the addresses and is giving them up.
    case releasing(Release)
    /// Was active until its lease ran out; its kernel lets nothing through. Asks who holds now.
    case fenced(Fenced)
    case maintenance(since: Instant)
    case fault(Fault)
    /// Says goodbye a few times.
    case stopping(beatsLeft: Int, nextAt: Instant)

    package struct Standby: Equatable, Sendable {
        package var since: Instant
        /// Gave the virtual IP away: no candidate until the peer holds it or this passes.
        package var yielding: Yield?
        /// The peer did not take it: if this node takes it now, it comes back.
        package var takesBack = false
    }

    package struct Yield: Equatable, Sendable {
        package var until: Instant
        /// When the addresses began to go.
        package var startedAt: Instant
        package var reason: ActivationReason
        /// The operator's order behind it, if one is.
        package var order: UInt32?
    }

    package struct Activation: Equatable, Sendable {
        package var epoch: UInt64
        package var since: Instant
        package var reason: ActivationReason
    }

    package struct Release: Equatable, Sendable {
        package var activation: Activation
        /// When the addresses began to go.
        package var startedAt: Instant
        package var next: Next

        package enum Next: Equatable, Sendable {
            case yield(ActivationReason, order: UInt32?)
            case maintenance(order: UInt32)
            case fault(String)
            /// The other holder stays.
            case standDown
            case stop
        }
    }

    package struct Fenced: Equatable, Sendable {
        /// The one that ended.
        package var activation: Activation
        package var since: Instant
        /// An answer to a beat with this number or a later one is an answer to the question.
        package var askedFrom: UInt64
        /// Silence until then is an answer too.
        package var until: Instant
        /// The kernel has removed the addresses.
        package var isClear = false
    }

    package struct Fault: Equatable, Sendable {
        package var reason: String
        package var since: Instant
        package var retryAt: Instant
    }

    /// What the beats say. A node that is still releasing still holds.
    package var role: Role {
        switch self {
        case .starting: .starting
        // The beat says beside it that the node is fenced; older versions see a standby node.
        case .standby, .fenced: .standby
        case .activating: .activating
        case .active, .releasing: .active
        case .maintenance: .maintenance
        case .fault: .fault
        case .stopping: .stopping
        }
    }

    /// Whether the kernel may have the addresses by this node's own will.
    var holdsVIP: Bool {
        switch self {
        case .activating, .active, .releasing: true
        case .starting, .standby, .fenced, .maintenance, .fault, .stopping: false
        }
    }

    /// When time alone changes this state.
    var deadline: Instant {
        switch self {
        case .starting(let until): until
        case .standby(let standby): standby.yielding?.until ?? .distantFuture
        case .activating(_, let until): until
        case .fenced(let fenced): fenced.until
        case .active, .releasing, .maintenance: .distantFuture
        case .fault(let fault): fault.retryAt
        case .stopping(_, let nextAt): nextAt
        }
    }
}
