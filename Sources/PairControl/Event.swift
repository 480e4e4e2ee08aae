package import Heartbeat
package import Primitives

/// A fact that the shell tells the node.
package enum Event: Equatable, Sendable {
    /// The time that `nextDeadline` named has come, or any other.
    case timer
    /// A datagram on a rail, decoded or not.
    case datagram(Result<Beat, FrameDecodingError>, rail: Int)
    /// Something was heard on the segment of the virtual addresses, asked for or not.
    case segment(SegmentNews)
    /// The kernel has acknowledged every virtual address.
    case vipHeld
    /// The kernel has acknowledged that none is left.
    case vipReleased
    /// The addresses could not be set or removed; the reason in words. Told only as an answer: what
    /// befalls a held address later is repaired without giving up the role.
    case vipFailed(String)
    /// The kernel had closed the fence before `renewLease` came to it.
    case leaseBroken
    case readiness(NodeReadiness)
    case order(Order)
    /// Epochs up to this one are safe on disk.
    case epochsReserved(UInt64)
    /// To the question that was asked then.
    case arbiter(ArbiterAnswer, askedAt: Instant)
    /// The configuration was reloaded.
    case configured(PairSettings)
}
