internal import Primitives

/// Neighbor Discovery for IPv6 over Ethernet (RFC 4861), as whole frames.
enum NeighborFrame {
    enum Kind: UInt8 { case solicitation = 135, advertisement }

    /// Options that give a link-layer address (RFC 4861 §4.6.1).
    enum Option: UInt8 { case source = 1, target }

    /// 78 bytes, or 86 with an option.
    /// - Parameters:
    ///   - flags: of an advertisement, in its first reserved byte.
    ///   - option: says that the sender's MAC is that of source or target.
    static func bytes(
        _ kind: Kind,
        flags: UInt8 = 0,
        for target: IPAddress,
        option: Option?,
        from mac: MACAddress,
        _ source: IPAddress,
        to receiver: MACAddress,
        _ destination: IPAddress
    ) -> [UInt8] {
        precondition(!target.isV4 && !source.isV4, "Neighbor Discovery is for IPv6")
        let ends = source.networkBytes + destination.networkBytes
        var message: [UInt8] = [kind.rawValue, 0, 0, 0]  // type, code, checksum (filled in below)
        message += [flags, 0, 0, 0]
        message += target.networkBytes
        if let option { message += [option.rawValue, 1] + mac.bytes }  // one unit of 8 bytes
        // RFC 8200 §8.1: addresses, length, zero, next header.
        let pseudoHeader = ends + [0, 0, 0, UInt8(message.count), 0, 0, 0, 58]
        let checksum = InternetChecksum.of(pseudoHeader + message)
        message[2] = UInt8(checksum >> 8)
        message[3] = UInt8(truncatingIfNeeded: checksum)

        var frame: [UInt8] = []
        frame.reserveCapacity(86)
        frame += receiver.bytes
        frame += mac.bytes
        frame += [0x86, 0xDD]  // IPv6
        frame += [0x60, 0, 0, 0]  // version 6, no traffic class, no flow label
        frame += [0, UInt8(message.count)]
        frame += [58, 255]  // ICMPv6; hop limit 255 proves that no router forwarded it
        frame += ends
        frame += message
        return frame
    }

    /// The Ethernet group of an IPv6 group: its last 32 bits (RFC 2464 §7).
    static func group(of address: IPAddress) -> MACAddress {
        let low = address.networkBytes.suffix(4).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return MACAddress(0x3333 << 32 | low)
    }
}
