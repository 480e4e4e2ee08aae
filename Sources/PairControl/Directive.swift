package import Heartbeat
package import Primitives

/// What the shell has to do now, in the order given.
package enum Directive: Equatable, Sendable {
    /// Send this on that rail.
    case send(Beat, rail: Int)
    /// Add the virtual addresses and announce them; answer `vipHeld` or `vipFailed`.
    case holdVIP
    /// Stop their traffic, then remove them, then reset their sessions; answer `vipReleased` or
    /// `vipFailed`.
    case releaseVIP
    /// The same, but the sessions stay: they may go on in a moment.
    case suspendVIP
    /// Let the traffic of the virtual addresses pass until then, which may be over already. Given
    /// after the beat that pays for it.
    case renewLease(until: Instant)
    /// Send one volley of probes; what is heard comes back as `Event.segment`.
    case ask(SegmentQuestion)
    /// Ask the arbiter; its answer comes back as `Event.arbiter`.
    case askArbiter(ArbiterRequest)
    /// Keep on disk where the peer's interface is.
    case rememberPeer(MACAddress)
    /// Announce them again: others may have heard of a second holder.
    case announceVIP
    /// Reset the sessions that `suspendVIP` has kept.
    case resetSessions
    /// The former holder did not take leave of its sessions: tell both ends of each that it is
    /// gone.
    case challengeSessions
    /// Keep on disk that no epoch up to this one may be used again; answer `epochsReserved`.
    case reserveEpochs(upTo: UInt64)
    /// Keep the maintenance state on disk.
    case storeMaintenance(Bool)
    /// The order with this number has ended.
    case complete(order: UInt32, OrderOutcome)
    case log(Notice)
    /// All is said and done: the process may exit.
    case exit
}
