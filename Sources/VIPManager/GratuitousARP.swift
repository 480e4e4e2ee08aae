package import Primitives

/// Gratuitous ARP (RFC 826, RFC 5227): sender and target are both the announced address.
///
/// Both forms are sent, since some equipment honours only one. Linux updates an existing entry on
/// the request always, on the reply only if the target MAC equals the sender's (net/ipv4/arp.c,
/// `arp_is_garp`); neither creates a new entry.
package enum GratuitousARP {
    package static func request(for address: IPAddress, at mac: MACAddress) -> [UInt8] {
        frame(.request, for: address, sender: mac, target: .zero)
    }

    package static func reply(for address: IPAddress, at mac: MACAddress) -> [UInt8] {
        frame(.reply, for: address, sender: mac, target: mac)
    }

    private static func frame(
        _ operation: ARPFrame.Operation,
        for address: IPAddress,
        sender: MACAddress,
        target: MACAddress
    ) -> [UInt8] {
        ARPFrame.bytes(
            operation,
            to: .broadcast,
            sender: .init(mac: sender, address: address),
            target: .init(mac: target, address: address)
        )
    }
}
