internal import Glibc
package import LinuxIO
package import VIPManager

/// The guardian's way to take the virtual addresses off this host when the daemon is dead.
package enum AddressRemoval {
    /// Removes our host address (/32, /128) of each; what is not there counts as removed. Each is
    /// tried, whatever became of those before it. Waits for nothing; needs CAP_NET_ADMIN.
    /// - Returns: the fault of each address that may still be there; empty if all are gone.
    /// - Throws: if there is no netlink socket to be had.
    package static func remove(
        _ addresses: [VirtualAddress]
    ) throws(SystemError) -> [(address: VirtualAddress, fault: AddressFault)] {
        var commands = try NetlinkCommands(tag: 0)
        var failures: [(address: VirtualAddress, fault: AddressFault)] = []
        for address in addresses {
            let index = unsafe if_nametoindex(address.interface)
            guard index != 0 else { continue }  // no interface, no address
            let key = KernelAddress.Key(host: address.address, index: index)
            let result = commands.execute(AddressOperation(.remove, key))
            if result == .interfaceGone { continue }
            if let fault = AddressFault(
                result,
                address: address.address,
                interface: address.interface
            ) {
                failures.append((address, fault))
            }
        }
        return failures
    }
}
