package import Primitives

/// Why the virtual addresses are not where they should be.
package enum AddressFault: Error, Hashable, Sendable {
    case interfaceMissing(String)
    case interfaceDown(String)
    /// CAP_NET_ADMIN is missing.
    case permissionDenied
    case ipv6Disabled(interface: String)
    /// Something else on this host keeps removing the address: it is put back once a second now.
    case removedRepeatedly(VirtualAddress)
    /// This copy of the address has a wide prefix and is the primary one of its subnet: removing it
    /// would take the node's other addresses along.
    case copyCarriesOthers(IPAddress, prefixLength: UInt8, interface: String)
    case refused(IPAddress, errno: Int32)
    case unanswered(IPAddress)
}

extension AddressFault {
    /// `nil` if the operation did what was wanted.
    package init?(_ result: AddressOperationResult, address: IPAddress, interface: String) {
        switch result {
        case .done, .absent: return nil
        case .interfaceGone: self = .interfaceMissing(interface)
        case .permissionDenied: self = .permissionDenied
        case .ipv6Disabled: self = .ipv6Disabled(interface: interface)
        case .refused(let errno): self = .refused(address, errno: errno)
        case .unanswered: self = .unanswered(address)
        }
    }
}

extension AddressFault: CustomStringConvertible {
    /// For the operator: what is wrong and what helps.
    package var description: String {
        switch self {
        case .interfaceMissing(let name):
            "interface \(name) does not exist"
        case .interfaceDown(let name):
            "interface \(name) is down"
        case .permissionDenied:
            "the kernel refuses to change addresses: the capability CAP_NET_ADMIN is missing"
        case .ipv6Disabled(let name):
            "IPv6 is switched off on \(name): see net.ipv6.conf.\(name).disable_ipv6"
        case .removedRepeatedly(let address):
            "something on this host keeps removing \(address); it is put back once a second"
        case .copyCarriesOthers(let address, let prefixLength, let name):
            "\(address)/\(prefixLength) on \(name) was not added by this program, and removing it "
                + "would remove the other addresses of its subnet: remove it by hand"
        case .refused(let address, let errno):
            "the kernel refuses the change of \(address) (errno \(errno))"
        case .unanswered(let address):
            "the kernel did not answer the change of \(address)"
        }
    }
}
