package import Primitives

/// The unsolicited Neighbor Advertisement (RFC 4861 §7.2.6): IPv6's gratuitous ARP.
package enum NeighborAdvertisement {
    /// ff02::1
    private static let allNodes = IPAddress.v6(0xFF02 << 112 | 1)
    /// Router 0, solicited 0, override 1.
    private static let override: UInt8 = 0x20

    /// 86 bytes, to all nodes, with the override flag set so that caches are updated.
    package static func unsolicited(for address: IPAddress, at mac: MACAddress) -> [UInt8] {
        NeighborFrame.bytes(
            .advertisement,
            flags: override,
            for: address,
            option: .target,
            from: mac,
            address,
            to: NeighborFrame.group(of: allNodes),
            allNodes
        )
    }
}
