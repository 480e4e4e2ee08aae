package import Primitives

/// Where one member of the arbiter's cluster serves its clients.
package struct ArbiterEndpoint: Hashable, Sendable, CustomStringConvertible {
    /// As in the configuration, a name or a numeric address: for messages, and for the server.
    package let host: String
    /// What is connected to. A name is looked up by the owner, who may wait for a resolver.
    package let address: Endpoint

    package init(_ address: Endpoint, host: String? = nil) {
        self.host = host ?? "\(address.address)"
        self.address = address
    }

    /// `etcd1:2379`, `[fd00::1]:2379`; the value of the field Host (RFC 9110, 7.2).
    var authority: String { "\(host.contains(":") ? "[\(host)]" : host):\(address.port)" }

    /// As it is configured: `http://etcd1:2379`.
    package var description: String { "http://\(authority)" }
}
