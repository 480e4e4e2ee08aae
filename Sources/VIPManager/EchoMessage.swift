/// ICMP echo messages of IPv4 (RFC 792) and IPv6 (RFC 4443 §4), as raw sockets send and give them.
package enum EchoMessage {
    /// Eight bytes of header and no data. The kernel fills in the checksum of ICMPv6.
    package static func request(
        isV4: Bool,
        _ identifier: UInt16,
        _ sequence: UInt16
    ) -> [UInt8] {
        var bytes: [UInt8] = [isV4 ? 8 : 128, 0, 0, 0]
        bytes += [identifier, sequence].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        guard isV4 else { return bytes }
        let checksum = InternetChecksum.of(bytes)
        bytes[2] = UInt8(checksum >> 8)
        bytes[3] = UInt8(checksum & 0xFF)
        return bytes
    }

    /// - Parameter bytes: with the IP header in front where it is IPv4 (raw(7)), without for IPv6
    package static func isReply(
        _ bytes: [UInt8],
        isV4: Bool,
        _ identifier: UInt16,
        _ sequence: UInt16
    ) -> Bool {
        guard let first = bytes.first else { return false }
        let message = bytes.dropFirst(isV4 ? Int(first & 0x0F) * 4 : 0).prefix(8)
        let wanted = [identifier, sequence].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        return message.count == 8 && message.first == (isV4 ? 0 : 129)
            && message.suffix(4) == wanted[...]
    }
}
