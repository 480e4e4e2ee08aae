package import Primitives

/// A PROXY header that came in (`accept-proxy`), of either version. HAProxy's
/// doc/proxy-protocol.txt, which HAProxy 2.6 itself does not follow in all: it refuses `UNKNOWN`
/// with more behind it, and version 2 with AF_UNSPEC.
package struct ProxyHeader: Sendable, Equatable {
    /// Bytes, all of the header.
    package var length: Int
    /// `nil`: the sender speaks for itself, or does not know. The connection's own ends count.
    package var ends: Ends?

    package struct Ends: Sendable, Equatable {
        package var client: Endpoint
        package var local: Endpoint

        package init(client: Endpoint, local: Endpoint) {
            self.client = client
            self.local = local
        }
    }

    /// The longest one, with what a sender of version 2 adds (certificates, names of the cloud).
    package static let longest = 8192

    private static let signatureV1 = Array("PROXY ".utf8)
    /// With its line end.
    private static let longestV1 = 107
    private static let fixedV2 = 16

    /// Reads the first bytes of a connection.
    /// - Returns: `nil`: more of it has to come
    package static func read(_ bytes: [UInt8]) throws(ProxyHeaderFault) -> ProxyHeader? {
        if begins(bytes, ProxyProtocol.signature) {
            return bytes.count < fixedV2 ? nil : try readVersion2(bytes)
        }
        guard begins(bytes, signatureV1) else { throw .notAHeader }
        return bytes.count < signatureV1.count ? nil : try readVersion1(bytes)
    }

    /// As far as there are bytes.
    private static func begins(_ bytes: [UInt8], _ signature: [UInt8]) -> Bool {
        signature.prefix(bytes.count).elementsEqual(bytes.prefix(signature.count))
    }

    // MARK: the line of text

    private static func readVersion1(_ bytes: [UInt8]) throws(ProxyHeaderFault) -> ProxyHeader? {
        let line = bytes.prefix(longestV1)
        guard let end = line.firstIndex(of: 0x0A) else {
            guard line.count < longestV1 else { throw .invalid }
            return nil
        }
        guard line[end - 1] == 0x0D else { throw .invalid }
        let text = String(decoding: line[signatureV1.count..<end - 1], as: UTF8.self)
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        let isV4: Bool
        switch words[0] {
        case "UNKNOWN": return ProxyHeader(length: end + 1, ends: nil)
        case "TCP4": isV4 = true
        case "TCP6": isV4 = false
        default: throw .unhandledProtocol
        }
        guard words.count == 5, let client = endpoint(words[1], words[3], isV4: isV4),
            let local = endpoint(words[2], words[4], isV4: isV4)
        else { throw .invalid }
        return ProxyHeader(length: end + 1, ends: Ends(client: client, local: local))
    }

    private static func endpoint(
        _ address: Substring,
        _ port: Substring,
        isV4: Bool
    ) -> Endpoint? {
        guard let address = IPAddress(String(address)), address.isV4 == isV4,
            port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(port)
        else { return nil }
        return Endpoint(address.unmapped, port)
    }

    // MARK: the binary one

    private static func readVersion2(_ bytes: [UInt8]) throws(ProxyHeaderFault) -> ProxyHeader? {
        guard bytes[12] >> 4 == 2 else { throw .notAHeader }
        let length = fixedV2 + Int(number(bytes, at: 14))
        guard length <= longest else { throw .truncated }
        guard bytes[12] & 0xF <= 1 else { throw .invalid }
        guard bytes.count >= length else { return nil }
        let isLocal = bytes[12] & 0xF == 0
        // AF_UNSPEC: nobody that could be named.
        guard !isLocal, bytes[13] != 0 else { return ProxyHeader(length: length, ends: nil) }
        // STREAM over IPv4 or IPv6.
        let addressBytes: Int
        switch bytes[13] {
        case 0x11: addressBytes = 4
        case 0x21: addressBytes = 16
        default: throw .invalid
        }
        let ports = fixedV2 + 2 * addressBytes
        guard length >= ports + 4 else { throw .invalid }
        guard let client = IPAddress(networkBytes: bytes[fixedV2..<fixedV2 + addressBytes]),
            let local = IPAddress(networkBytes: bytes[fixedV2 + addressBytes..<ports])
        else { preconditionFailure("an address of \(addressBytes) bytes") }
        try checkAdditions(Array(bytes[..<length]), from: ports + 4)
        return ProxyHeader(
            length: length,
            ends: Ends(
                client: Endpoint(client.unmapped, number(bytes, at: ports)),
                local: Endpoint(local.unmapped, number(bytes, at: ports + 2))
            )
        )
    }

    private static func number(_ bytes: [UInt8], at index: Int) -> UInt16 {
        UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
    }

    /// What may follow the addresses: type, length and value, one after the other. Only a checksum
    /// matters.
    private static func checkAdditions(
        _ header: [UInt8],
        from start: Int
    ) throws(ProxyHeaderFault) {
        var next = start
        while next < header.count {
            guard header.count - next >= 3 else { throw .invalid }
            let value = next + 3
            let end = value + Int(number(header, at: next + 1))
            guard end <= header.count else { throw .invalid }
            // PP2_TYPE_CRC32C, of the header with zeros in its own place.
            if header[next] == 0x03 {
                guard end - value == 4 else { throw .invalid }
                let told = header[value..<end].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                var blank = header
                blank.replaceSubrange(value..<end, with: [0, 0, 0, 0])
                guard CRC32C.of(blank) == told else { throw .invalid }
            }
            next = end
        }
    }
}
