/// One change of the kernel's address table.
package struct AddressOperation: Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        /// Idempotent: an address that is already there is refreshed.
        case add
        /// Idempotent: an address that is not there counts as removed.
        case remove
    }

    package let action: Action
    package let key: KernelAddress.Key

    package init(_ action: Action, _ key: KernelAddress.Key) {
        self.action = action
        self.key = key
    }
}

/// What the kernel answered.
package enum AddressOperationResult: Equatable, Sendable {
    case done
    /// `EADDRNOTAVAIL`: there was nothing to remove.
    case absent
    /// `ENODEV`: the interface went away in between.
    case interfaceGone
    /// `EPERM`: CAP_NET_ADMIN is missing.
    case permissionDenied
    /// `EACCES`: the interface has `disable_ipv6` set.
    case ipv6Disabled
    /// Any other error number.
    case refused(errno: Int32)
    /// The kernel answers a request before the call that sent it returns; this time it did not.
    case unanswered
}
