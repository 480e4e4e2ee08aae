internal import Glibc
package import Primitives

extension Socket {
    /// A TCP socket that listens.
    /// - Parameters:
    ///   - backlog: connections that wait to be accepted; at most `net.core.somaxconn` count
    ///   - sharesPort: several listeners of this program on one endpoint (`SO_REUSEPORT`)
    ///   - takesIPv4: an IPv6 socket that takes IPv4 too
    /// - Throws: an error that names the endpoint
    package static func listener(
        on endpoint: Endpoint,
        backlog: Int32,
        sharesPort: Bool = false,
        takesIPv4: Bool = false
    ) throws(SystemError) -> Socket {
        let socket = try bound(to: endpoint, sharesPort: sharesPort, takesIPv4: takesIPv4)
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
    /// pair listens so. Unless asked to take IPv4 too, IPv6 sockets take IPv6 only, so that `:::80`
    /// and `0.0.0.0:80` stand side by side. Accepted sockets inherit TCP_NODELAY.
    /// - Throws: an error that names the endpoint
    package static func bound(
        to endpoint: Endpoint,
        sharesPort: Bool = false,
        takesIPv4: Bool = false
    ) throws(SystemError) -> Socket {
        let socket = try Socket(.stream, for: endpoint.address)
        try socket.set(SOL_SOCKET, SO_REUSEADDR, 1)
        if sharesPort { try socket.set(SOL_SOCKET, SO_REUSEPORT, 1) }
        if endpoint.address.isV4 {
            try socket.set(Int32(IPPROTO_IP), IP_FREEBIND, 1)
        } else {
            try socket.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, takesIPv4 ? 0 : 1)
            try socket.set(Int32(IPPROTO_IPV6), IPV6_FREEBIND, 1)
        }
        try socket.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        try socket.bind(to: endpoint)
        return socket
    }
}
