package import Primitives

/// The question who has an address, asked in nobody's name: an ARP Probe (RFC 5227 §2.1.1) or the
/// Neighbor Solicitation of duplicate address detection (RFC 4862 §5.4.2).
///
/// The sender's address is unspecified. So the question changes no cache, needs no route back where
/// it is answered, and passes the own fence, which looks at the sender. Linux answers it for every
/// address that it would answer for at all (net/ipv4/arp.c, `arp_process`; net/ipv6/ndisc.c,
/// `ndisc_recv_ns`), for IPv6 to all nodes.
package enum AddressProbe {
    /// - Parameter receiver: who is asked; `nil` for everybody.
    package static func frame(
        for address: IPAddress,
        from mac: MACAddress,
        to receiver: MACAddress? = nil
    ) -> [UInt8] {
        address.isV4
            ? request(for: address, from: mac, to: receiver)
            : solicitation(for: address, from: mac, to: receiver)
    }

    /// 42 bytes.
    private static func request(
        for address: IPAddress,
        from mac: MACAddress,
        to receiver: MACAddress?
    ) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(42)
        frame += (receiver ?? .broadcast).bytes
        frame += mac.bytes
        frame += [0x08, 0x06]  // ARP
        frame += [0x00, 0x01]  // hardware: Ethernet
        frame += [0x08, 0x00]  // protocol: IPv4
        frame += [6, 4]  // address lengths
        frame += [0, 1]  // request
        frame += mac.bytes
        frame += [0, 0, 0, 0]  // in nobody's name
        frame += MACAddress.zero.bytes
        frame += address.networkBytes
        return frame
    }

    /// ff02::1:ff00:0 with the last 24 bits of the address (RFC 4291 §2.7.1).
    static func solicitedNode(_ address: IPAddress) -> [UInt8] {
        [0xFF, 0x02] + [UInt8](repeating: 0, count: 9) + [0x01, 0xFF]
            + address.networkBytes.suffix(3)
    }

    /// The Ethernet group behind it (RFC 2464 §7).
    package static func group(of address: IPAddress) -> MACAddress {
        MACAddress(bytes: [0x33, 0x33] + solicitedNode(address).suffix(4)) ?? .broadcast
    }

    /// 78 bytes. Asked of one host it still has to be addressed to the group in its IPv6 header.
    private static func solicitation(
        for address: IPAddress,
        from mac: MACAddress,
        to receiver: MACAddress?
    ) -> [UInt8] {
        let source = [UInt8](repeating: 0, count: 16)
        let destination = solicitedNode(address)
        var message: [UInt8] = [135, 0, 0, 0]  // type, code, checksum (filled in below)
        message += [0, 0, 0, 0]  // reserved
        message += address.networkBytes  // no option: RFC 4861 §4.3 forbids it here
        // RFC 8200 §8.1: addresses, length, zero, next header.
        let pseudoHeader = source + destination + [0, 0, 0, UInt8(message.count), 0, 0, 0, 58]
        let checksum = InternetChecksum.of(pseudoHeader + message)
        message[2] = UInt8(checksum >> 8)
        message[3] = UInt8(truncatingIfNeeded: checksum)
        var frame: [UInt8] = []
        frame.reserveCapacity(78)
        frame += (receiver ?? group(of: address)).bytes
        frame += mac.bytes
        frame += [0x86, 0xDD]  // IPv6
        frame += [0x60, 0, 0, 0]  // version 6, no traffic class, no flow label
        frame += [0, UInt8(message.count)]
        frame += [58, 255]  // ICMPv6; hop limit 255 proves that no router forwarded it
        frame += source
        frame += destination
        frame += message
        return frame
    }
}
