internal import Primitives
internal import VIPManager

/// The question who has an address, and its answers, as whole Ethernet frames.
enum ProbeFrame {
    static func make(for address: IPAddress, from mac: MACAddress) -> [UInt8] {
        address.isV4 ? arp(address, mac) : solicitation(address, mac)
    }

    /// An ARP request with the sender 0.0.0.0.
    private static func arp(_ address: IPAddress, _ mac: MACAddress) -> [UInt8] {
        let head = MACAddress.broadcast.bytes + mac.bytes + [0x08, 0x06]
        let kind: [UInt8] = [0, 1, 0x08, 0, 6, 4, 0, 1]  // Ethernet, IPv4, lengths, request
        return head + kind + mac.bytes + [0, 0, 0, 0] + MACAddress.zero.bytes
            + address.networkBytes
    }

    /// A Neighbor Solicitation from :: to the solicited-node multicast address (RFC 4861 §4.3).
    private static func solicitation(_ address: IPAddress, _ mac: MACAddress) -> [UInt8] {
        let target = address.networkBytes
        let low = Array(target.suffix(3))
        let group: [UInt8] =
            [0xFF, 0x02] + [UInt8](repeating: 0, count: 9) + [0x01, 0xFF] + low
        let source = [UInt8](repeating: 0, count: 16)
        var message: [UInt8] = [135, 0, 0, 0, 0, 0, 0, 0] + target
        let pseudoHeader = source + group + [0, 0, 0, UInt8(message.count), 0, 0, 0, 58]
        let checksum = InternetChecksum.of(pseudoHeader + message)
        message[2] = UInt8(checksum >> 8)
        message[3] = UInt8(truncatingIfNeeded: checksum)
        let ethernet = [0x33, 0x33, 0xFF] + low + mac.bytes + [0x86, 0xDD]
        let header: [UInt8] = [0x60, 0, 0, 0, 0, UInt8(message.count), 58, 255]
        return ethernet + header + source + group + message
    }

    /// The hardware address that claims `address` in a frame; `nil` if it is about something else.
    static func sender(of frame: [UInt8], claiming address: IPAddress) -> MACAddress? {
        if address.isV4 {
            // Requests count too: a sender address is a claim (RFC 5227 §2.1.1).
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
