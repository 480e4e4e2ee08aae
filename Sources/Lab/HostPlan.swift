package import Primitives

/// A host to be made: its name and the address of its `eth1`.
package struct HostPlan: Sendable, Equatable {
    package let name: String
    package let address: IPAddress

    package init(_ name: String, _ address: IPAddress) {
        self.name = name
        self.address = address
    }

    package static let node01 = HostPlan("haproxy-node01", .v4(0x0A00_000A))
    package static let node02 = HostPlan("haproxy-node02", .v4(0x0A00_000B))
    package static let galera = (1...3).map { HostPlan("galera-node0\($0)", .v4(0x0A00_0000 + $0)) }
    package static let client = HostPlan("client", .v4(0x0A00_0032))

    /// 10.0.0.100, which no host has at the start.
    package static let virtualAddress = IPAddress.v4(0x0A00_0064)

    /// Two balancers, three databases and a client, all in 10.0.0.0/8.
    package static let article = [node01, node02] + galera + [client]

    /// Fixed, so that an ARP answer names the host: 02:00 and the four bytes of the address.
    package var hardwareAddress: MACAddress {
        MACAddress(address.networkBytes.reduce(0x0200) { $0 << 8 | UInt64($1) })
    }
}
