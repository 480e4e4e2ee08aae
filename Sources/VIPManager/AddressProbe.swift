package import Primitives

/// The question who has an address, and its answers.
///
/// Asked in nobody's name it is an ARP Probe (RFC 5227 §2.1.1) or the Neighbor Solicitation of
/// duplicate address detection (RFC 4862 §5.4.2). The sender's address is unspecified. So the
/// question changes no cache, needs no route back where it is answered, and passes the own fence,
/// which looks at the sender. Linux answers it for every address that it would answer for at all
/// (net/ipv4/arp.c, `arp_process`; net/ipv6/ndisc.c, `ndisc_recv_ns`), for IPv6 to all nodes. It is
/// a node's claim to the address: one that is about to take it shuts its fence.
///
/// Asked in this host's own name it is what any client asks, and claims nothing.
package enum AddressProbe {
    /// - Parameters:
    ///   - own: an address of this host of the same family; `nil` for nobody's name.
    ///   - receiver: who is asked; `nil` for everybody.
    package static func frame(
        for address: IPAddress,
        from mac: MACAddress,
        inTheNameOf own: IPAddress? = nil,
        to receiver: MACAddress? = nil
    ) -> [UInt8] {
        guard address.isV4 else {
            return NeighborFrame.bytes(
                .solicitation,
                for: address,
                // RFC 4861 §4.3: not where the source is unspecified.
                option: own == nil ? nil : .source,
                from: mac,
                own ?? .anyV6,
                // Asked of one host it still has to be addressed to the group in its IPv6 header.
                to: receiver ?? group(of: address),
                solicitedNode(address)
            )
        }
        return ARPFrame.bytes(
            .request,
            to: receiver ?? .broadcast,
            sender: .init(mac: mac, address: own ?? .anyV4),
            target: .init(mac: .zero, address: address)
        )
    }

    /// The hardware address that a frame says an address is at; `nil` where it says nothing of it.
    /// Who asks in the name of the address has it, or thinks so.
    package static func holder(of address: IPAddress, in frame: [UInt8]) -> MACAddress? {
        guard let heard = SegmentFrame(frame), heard.kind != .question, heard.address == address
        else { return nil }
        return heard.sender
    }

    /// ff02::1:ff00:0 with the last 24 bits of the address (RFC 4291 §2.7.1).
    private static func solicitedNode(_ address: IPAddress) -> IPAddress {
        let low = address.networkBytes.suffix(3).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        return .v6(0xFF02 << 112 | 0x1_FF00_0000 | low)
    }

    /// The Ethernet group behind it.
    package static func group(of address: IPAddress) -> MACAddress {
        NeighborFrame.group(of: solicitedNode(address))
    }
}
