package import Primitives

/// The PROXY protocol (HAProxy's doc/proxy-protocol.txt): who the client is, said before its first
/// byte. The server has to expect it: MariaDB's `proxy-protocol-networks`.
package enum ProxyProtocol: Sendable, Equatable {
    /// `send-proxy`: one line of text.
    case version1
    /// `send-proxy-v2`: binary.
    case version2

    static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]

    /// The header of a session: `client` connected to `local`.
    package func header(client: Endpoint, local: Endpoint) -> [UInt8] {
        let isV4 = client.address.isV4
        guard isV4 == local.address.isV4 else { return unknown }
        switch self {
        case .version1:
            let family = isV4 ? "TCP4" : "TCP6"
            let line =
                "PROXY \(family) \(client.address) \(local.address) \(client.port) \(local.port)"
            return Array((line + "\r\n").utf8)
        case .version2:
            let addresses = client.address.networkBytes + local.address.networkBytes
            let ports = [client.port, local.port].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
            // Version 2, PROXY; then family and STREAM, then how much follows.
            return Self.signature + [0x21, isV4 ? 0x11 : 0x21]
                + [0, UInt8(addresses.count + ports.count)] + addresses + ports
        }
    }

    /// The header of a check, which stands for no client: with version 1 the ends of its own
    /// connection, as HAProxy 2.6 was seen to send.
    package func checkHeader(from source: Endpoint, to server: Endpoint) -> [UInt8] {
        switch self {
        case .version1: header(client: source, local: server)
        case .version2: unknown
        }
    }

    /// Nobody that could be named: the server takes the connection's own ends.
    private var unknown: [UInt8] {
        switch self {
        case .version1: Array("PROXY UNKNOWN\r\n".utf8)
        // Version 2, LOCAL; no family, nothing follows.
        case .version2: Self.signature + [0x20, 0x00, 0x00, 0x00]
        }
    }
}
