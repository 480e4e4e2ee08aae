package import Primitives

/// What happened to the virtual addresses, for the node's state machine and for the log.
package enum VIPEvent: Equatable, Sendable {
    /// Every virtual address is acknowledged by the kernel and was read back.
    case held
    /// No virtual address is on this host any more.
    case released
    /// The same for a moment only, perhaps: the sessions are kept.
    case suspended
    /// Something else had removed the fence from an interface; it is back.
    case fenceRepaired
    /// It could not be put back: only the lifetime of the addresses is left. Told once.
    case fenceLost(errno: Int32)
    /// Something else had removed it; it is back and announced again. The role did not change.
    case repaired(VirtualAddress)
    /// What was asked for is not the case (any more). Told once; it is tried again each second and
    /// with every change of the interface, and `held` or `released` tells when it worked.
    case failed(AddressFault)
    /// Whether frames can leave through this interface. Told at the start and on each change.
    case linkChanged(interface: String, isUsable: Bool)
    /// Frames that left for this address: two for IPv4 (request and reply), one for IPv6.
    case announced(VirtualAddress, frames: Int)
    /// Told once; tried again every 100 ms.
    case announcementFailed(VirtualAddress, AnnouncementFault)
    /// A copy that should not have been there, from an earlier life or added by hand.
    case leftoverRemoved(IPAddress, prefixLength: UInt8, interface: String)
}
