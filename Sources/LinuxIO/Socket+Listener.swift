internal import Glibc
package import Primitives

extension Socket {
    /// A TCP socket that listens.
    /// - Parameters:
    ///   - backlog: connections that wait to be accepted; at most `net.core.somaxconn` count
    ///   - sharesPort: several listeners of this program on one endpoint (`SO_REUSEPORT`)
    /// - Throws: an error that names the endpoint
    package static func listener(
        on endpoint: Endpoint,
        backlog: Int32,
        sharesPort: Bool = false
    ) throws(SystemError) -> Socket {
        let socket = try bound(to: endpoint, sharesPort: sharesPort)
        do {
            try socket.listen(backlog: backlog)
        } catch {
            throw SystemError(error.call, "\(endpoint)", errno: error.errno)
        }
        return socket
    }

    /// A TCP socket that has its address and does not listen yet.
    ///
    /// The address may be one that the node does not hold yet (`IP_FREEBIND`): the standby of a
    /// pair listens so. IPv6 sockets take IPv6 only, so that `:::80` and `0.0.0.0:80` stand side by
    /// side. TCP_NODELAY is set here because accepted sockets inherit it.
    /// - Throws: an error that names the endpoint
    package static func bound(
        to endpoint: Endpoint,
        sharesPort: Bool = false
    ) throws(SystemError) -> Socket {
        let socket = try Socket(.stream, for: endpoint.address)
        try socket.set(SOL_SOCKET, SO_REUSEADDR, 1)
        if sharesPort { try socket.set(SOL_SOCKET, SO_REUSEPORT, 1) }
        if endpoint.address.isV4 {
            try socket.set(Int32(IPPROTO_IP), IP_FREEBIND, 1)
        } else {
            try socket.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1)
            try socket.set(Int32(IPPROTO_IPV6), IPV6_FREEBIND, 1)
        }
        try socket.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        try socket.bind(to: endpoint)
        return socket
    }
}
