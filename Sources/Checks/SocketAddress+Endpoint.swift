internal import NIOCore
internal import Primitives

extension SocketAddress {
    /// `nil` only if NIO cannot read an address that `IPAddress` has written.
    init?(_ endpoint: Endpoint) {
        let address = try? SocketAddress(
            ipAddress: "\(endpoint.address)",
            port: Int(endpoint.port)
        )
        guard let address else { return nil }
        self = address
    }
}
