/// One fact of a netlink message, out of a notification or out of a dump.
package enum KernelChange: Equatable, Sendable {
    /// New, or anything about it changed: name, flags, carrier, MAC.
    case linkChanged(KernelLink)
    case linkRemoved(index: UInt32)
    /// New, or its flags, lifetime or tag changed.
    case addressAdded(KernelAddress)
    case addressRemoved(KernelAddress.Key)
}

/// The two tables that are read as a whole.
package enum KernelTable: Sendable {
    case links
    case addresses
}
