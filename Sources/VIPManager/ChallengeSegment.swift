package import Primitives

/// A TCP segment without data and with a senseless sequence number, in the name of a connection
/// that this host does not have (RFC 9293, 3.10.7.4: its receiver answers with an ACK).
package enum ChallengeSegment {
    private static let headerLength: UInt16 = 20
    private static let acknowledgement: UInt8 = 0x10
    private static let protocolNumber: UInt8 = 6

    /// An IP packet with both checksums; 40 or 60 bytes.
    /// - Parameters:
    ///   - source: its address is one of this host's. Both ends are of one family.
    ///   - sequence: most likely outside of the receiver's window, whatever that is.
    package static func packet(
        from source: Endpoint,
        to destination: Endpoint,
        sequence: UInt32
    ) -> [UInt8] {
        precondition(source.address.isV4 == destination.address.isV4, "two families")
        let ends = source.address.networkBytes + destination.address.networkBytes
        var segment = bytes(source.port) + bytes(destination.port)
        segment += bytes(UInt16(sequence >> 16)) + bytes(UInt16(truncatingIfNeeded: sequence))
        segment += bytes(UInt16(~sequence >> 16)) + bytes(UInt16(truncatingIfNeeded: ~sequence))
        segment += [0x50, acknowledgement]  // 5 words of header
        segment += bytes(1)  // window
        segment += [0, 0, 0, 0]  // checksum, no urgent data
        let pseudoHeader = ends + [0, protocolNumber] + bytes(headerLength)
        segment.replaceSubrange(16..<18, with: bytes(InternetChecksum.of(pseudoHeader + segment)))
        return header(isV4: source.address.isV4, ends) + segment
    }

    private static func header(isV4: Bool, _ ends: [UInt8]) -> [UInt8] {
        guard isV4 else {
            // RFC 8200: version 6, payload length, next header, hop limit.
            return [0x60, 0, 0, 0] + bytes(headerLength) + [protocolNumber, 64] + ends
        }
        // RFC 791: version 4 and 5 words, length, do not fragment, time to live.
        var header: [UInt8] = [0x45, 0] + bytes(20 + headerLength)
        header += [0, 0, 0x40, 0, 64, protocolNumber, 0, 0] + ends
        header.replaceSubrange(10..<12, with: bytes(InternetChecksum.of(header)))
        return header
    }

    private static func bytes(_ value: UInt16) -> [UInt8] {
        [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)]
    }
}
