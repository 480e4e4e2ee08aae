package import Primitives

/// An address that moves between the two nodes, and the interface it lives on while this node is
/// active.
///
/// It is always added as a host address (/32 or /128): with a wider prefix it would become a
/// secondary of the node's own address and die with it, or take it along.
package struct VirtualAddress: Hashable, Sendable, CustomStringConvertible {
    package let address: IPAddress
    /// The name of the interface; its index is looked up each time, because it changes when the
    /// interface is recreated.
    package let interface: String

    package init(_ address: IPAddress, interface: String) {
        self.address = address
        self.interface = interface
    }

    /// `10.0.0.100 dev eth1`, as in the configuration.
    package var description: String { "\(address) dev \(interface)" }
}
