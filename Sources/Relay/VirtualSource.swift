package import Primitives

/// Sessions that were accepted on a virtual address connect to their servers from it, so that they
/// can be handed to the other node with it (design §6).
package struct VirtualSource: Sendable, Equatable {
    /// The virtual address.
    package var address: IPAddress
    /// This node's half of the port range, so that both nodes can hold sessions from one address.
    /// Needs Linux 6.3 (`IP_LOCAL_PORT_RANGE`); before that the system's range is used.
    package var ports: ClosedRange<UInt16>?
    /// The networks behind the interface of the address. Servers elsewhere see the node's own
    /// address.
    package var networks: [IPNetwork]

    package init(address: IPAddress, ports: ClosedRange<UInt16>?, networks: [IPNetwork]) {
        self.address = address
        self.ports = ports
        self.networks = networks
    }

    /// Whether a session that came in on `local` goes to `server` from the virtual address.
    func applies(from local: IPAddress, to server: IPAddress) -> Bool {
        local == address && networks.contains { $0.contains(server) }
    }
}
