package import Primitives

/// Gratuitous ARP (RFC 826, RFC 5227): sender and target are both the announced address.
///
/// Both forms are sent, since some equipment honours only one. Linux updates an existing entry on
/// the request always, on the reply only if the target MAC equals the sender's (net/ipv4/arp.c,
/// `arp_is_garp`); neither creates a new entry.
package enum GratuitousARP {
    package static func request(for address: IPAddress, at mac: MACAddress) -> [UInt8] {
        frame(operation: 1, address: address, sender: mac, target: .zero)
    }

    package static func reply(for address: IPAddress, at mac: MACAddress) -> [UInt8] {
        frame(operation: 2, address: address, sender: mac, target: mac)
    }

    /// 42 bytes.
    private static func frame(
        operation: UInt8,
        address: IPAddress,
        sender: MACAddress,
        target: MACAddress
    ) -> [UInt8] {
        precondition(address.isV4, "ARP is for IPv4")
        var frame: [UInt8] = []
        frame.reserveCapacity(42)
        frame += MACAddress.broadcast.bytes
        frame += sender.bytes
        frame += [0x08, 0x06]  // ARP
        frame += [0x00, 0x01]  // hardware: Ethernet
        frame += [0x08, 0x00]  // protocol: IPv4
        frame += [6, 4]  // address lengths
        frame += [0, operation]
        frame += sender.bytes
        frame += address.networkBytes
        frame += target.bytes
        frame += address.networkBytes
        return frame
    }
}
