import Primitives

/// Frames for the fence, byte by byte. The virtual addresses are 10.0.0.100 and fd00::100, the
/// others 10.0.0.7 and fd00::7.
enum FenceFrames {
    static let v4 = IPAddress.v4(0x0A00_0064)
    static let v6 = IPAddress.v6(0xFD00 << 112 | 0x100)
    static let other = IPAddress.v4(0x0A00_0007)
    static let other6 = IPAddress.v6(0xFD00 << 112 | 7)

    /// To, from, type.
    private static func ethernet(_ type: UInt16) -> [UInt8] {
        [0x02, 0x42, 0x0A, 0x00, 0x00, 0x0A, 0x02, 0x42, 0x0A, 0x00, 0x00, 0x07]
            + [UInt8(type >> 8), UInt8(type & 0xFF)]
    }

    static func arp(_ operation: UInt8, sender: IPAddress, target: IPAddress) -> [UInt8] {
        ethernet(0x0806) + [0, 1, 0x08, 0, 6, 4, 0, operation]  // Ethernet, IPv4, lengths
            + [0x02, 0x42, 0x0A, 0x00, 0x00, 0x07] + sender.networkBytes
            + [0, 0, 0, 0, 0, 0] + target.networkBytes
    }

    /// - Parameters:
    ///   - options: bytes between the header and the payload, a multiple of four.
    ///   - fragment: offset and flags.
    static func ipv4(
        _ kind: UInt8,
        from source: IPAddress,
        to destination: IPAddress,
        _ payload: [UInt8],
        options: Int = 0,
        fragment: UInt16 = 0
    ) -> [UInt8] {
        let header: [UInt8] =
            [0x40 | UInt8(5 + options / 4), 0, 0, UInt8(20 + options + payload.count), 0, 0]
            + [UInt8(fragment >> 8), UInt8(fragment & 0xFF), 64, kind, 0, 0]
        return ethernet(0x0800) + header + source.networkBytes + destination.networkBytes
            + [UInt8](repeating: 1, count: options) + payload
    }

    static func ipv6(
        _ kind: UInt8,
        from source: IPAddress,
        to destination: IPAddress,
        _ payload: [UInt8]
    ) -> [UInt8] {
        ethernet(0x86DD) + [0x60, 0, 0, 0, 0, UInt8(payload.count), kind, 255]
            + source.networkBytes + destination.networkBytes + payload
    }

    /// A TCP header (RFC 9293): ports, sequence, acknowledgement, 20 bytes, flags, window, sum.
    static func tcp(_ flags: UInt8) -> [UInt8] {
        [0x0C, 0xEA, 0x9C, 0x40, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, flags, 0xFF, 0xFF, 0, 0, 0, 0]
    }

    static let fin: UInt8 = 0x01
    static let syn: UInt8 = 0x02
    static let reset: UInt8 = 0x04
    static let push: UInt8 = 0x18
    static let acknowledge: UInt8 = 0x10

    /// Ports, length, no checksum.
    static let udp: [UInt8] = [0x0C, 0xEA, 0x9C, 0x40, 0, 8, 0, 0]

    /// Neighbor Discovery (RFC 4861): 135 solicits, 136 advertises.
    static func neighbor(
        _ type: UInt8,
        from source: IPAddress,
        to destination: IPAddress,
        target: IPAddress
    ) -> [UInt8] {
        let message: [UInt8] = [type, 0, 0, 0, 0x20, 0, 0, 0] + target.networkBytes
        return ipv6(58, from: source, to: destination, message)
    }

    static let allNodes = IPAddress.v6(0xFF02 << 112 | 1)
    static let solicited = IPAddress.v6(0xFF02 << 112 | 0x1_FF00_0100)
}
