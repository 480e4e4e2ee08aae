internal import Primitives
internal import VIPManager

/// The question who has an address, and its answers, as whole Ethernet frames.
///
/// Asked in this node's own name, as any client asks: the question in nobody's name
/// (`AddressProbe`) is a node's claim to the virtual IP, and shuts the fence of one that is about
/// to take it.
enum ProbeFrame {
    /// - Parameters:
    ///   - own: an address of this host of the same family.
    ///   - mac: that of the interface.
    static func make(for address: IPAddress, by own: IPAddress, at mac: MACAddress) -> [UInt8] {
        address.isV4 ? arp(address, own, mac) : solicitation(address, own, mac)
    }

    /// An ARP request (RFC 826).
    private static func arp(_ address: IPAddress, _ own: IPAddress, _ mac: MACAddress) -> [UInt8] {
        let head = MACAddress.broadcast.bytes + mac.bytes + [0x08, 0x06]
        let kind: [UInt8] = [0, 1, 0x08, 0, 6, 4, 0, 1]  // Ethernet, IPv4, lengths, request
        return head + kind + mac.bytes + own.networkBytes + MACAddress.zero.bytes
            + address.networkBytes
    }

    /// A Neighbor Solicitation (RFC 4861 §4.3) with the asker's hardware address in an option.
    private static func solicitation(
        _ address: IPAddress,
        _ own: IPAddress,
        _ mac: MACAddress
    ) -> [UInt8] {
        let target = address.networkBytes
        // ff02::1:ff00:0 with the last 24 bits of the address (RFC 4291 §2.7.1).
        let group: [UInt8] =
            [0xFF, 0x02] + [UInt8](repeating: 0, count: 9) + [0x01, 0xFF] + target.suffix(3)
        let source = own.networkBytes
        var message: [UInt8] = [135, 0, 0, 0, 0, 0, 0, 0] + target + [1, 1] + mac.bytes
        let pseudoHeader = source + group + [0, 0, 0, UInt8(message.count), 0, 0, 0, 58]
        let checksum = InternetChecksum.of(pseudoHeader + message)
        message[2] = UInt8(checksum >> 8)
        message[3] = UInt8(truncatingIfNeeded: checksum)
        let ethernet = AddressProbe.group(of: address).bytes + mac.bytes + [0x86, 0xDD]
        let header: [UInt8] = [0x60, 0, 0, 0, 0, UInt8(message.count), 58, 255]
        return ethernet + header + source + group + message
    }

    /// The hardware address that claims `address` in a frame; `nil` if it is about something else.
    static func sender(of frame: [UInt8], claiming address: IPAddress) -> MACAddress? {
        if address.isV4 {
            // Requests count too: who asks in the name of the address has it, or thinks so.
            guard frame.count >= 42, Array(frame[12..<14]) == [0x08, 0x06],
                Array(frame[28..<32]) == address.networkBytes
            else { return nil }
            return MACAddress(bytes: frame[22..<28])
        }
        // Neighbor Advertisement: type 136 behind Ethernet (14) and IPv6 (40), target from 62 on.
        guard frame.count >= 78, Array(frame[12..<14]) == [0x86, 0xDD], frame[20] == 58,
            frame[54] == 136, Array(frame[62..<78]) == address.networkBytes
        else { return nil }
        return MACAddress(bytes: frame[6..<12])
    }
}
