internal import CLinux
internal import Glibc
package import Primitives

/// An IPv4 or IPv6 socket: non-blocking, close-on-exec, closed when its owner lets go of it.
package struct Socket: ~Copyable, Sendable {
    package enum Kind: Sendable {
        case stream
        case datagram
        /// Raw, of ICMP or ICMPv6; needs CAP_NET_RAW.
        case icmp
    }

    package let descriptor: OwnedDescriptor

    /// Takes over a descriptor that is a non-blocking socket.
    package init(adopting descriptor: consuming OwnedDescriptor) {
        self.descriptor = descriptor
    }

    /// A socket of the family of `address`.
    package init(_ kind: Kind, for address: IPAddress) throws(SystemError) {
        let (type, isICMP) =
            switch kind {
            case .stream: (SOCK_STREAM, false)
            case .datagram: (SOCK_DGRAM, false)
            case .icmp: (SOCK_RAW, true)
            }
        let flags = type.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        let icmp = address.isV4 ? IPPROTO_ICMP : IPPROTO_ICMPV6
        let raw = try SystemCall.run("socket", "\(address)") {
            socket(address.isV4 ? AF_INET : AF_INET6, Int32(flags), isICMP ? Int32(icmp) : 0)
        }
        descriptor = OwnedDescriptor(adopting: raw)
    }

    /// Gives the descriptor away.
    package consuming func release() -> OwnedDescriptor { descriptor }

    /// Sets an option whose value is an `int`: (`SOL_SOCKET`, `SO_REUSEPORT`), (`IPPROTO_TCP`, …).
    package func set(_ level: Int32, _ option: Int32, _ value: Int32) throws(SystemError) {
        var value = value
        try SystemCall.run("setsockopt", "level \(level) option \(option)") {
            unsafe setsockopt(
                descriptor.raw,
                level,
                option,
                &value,
                socklen_t(MemoryLayout<Int32>.size)
            )
        }
    }

    package func bind(to endpoint: Endpoint) throws(SystemError) {
        try SystemCall.run("bind", "\(endpoint)") {
            unsafe SocketAddress(endpoint).withPointer { address, length in
                unsafe Glibc.bind(descriptor.raw, address, length)
            }
        }
    }

    /// Connects a datagram socket, or begins to connect a stream; a stream is connected when it
    /// becomes writable and `pendingError` is 0.
    package func connect(to endpoint: Endpoint) throws(SystemError) {
        do {
            try SystemCall.run("connect", "\(endpoint)") {
                unsafe SocketAddress(endpoint).withPointer { address, length in
                    unsafe Glibc.connect(descriptor.raw, address, length)
                }
            }
        } catch {
            guard error.errno == EINPROGRESS else { throw error }
        }
    }

    package func listen(backlog: Int32) throws(SystemError) {
        try SystemCall.run("listen") { Glibc.listen(descriptor.raw, backlog) }
    }

    /// The error number that waits to be reported (`SO_ERROR`), and clears it; 0 for none.
    package func pendingError() -> Int32 { Self.pendingError(of: descriptor.raw) }

    /// For a socket that is owned elsewhere and only lent as a number.
    package static func pendingError(of raw: Int32) -> Int32 {
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        let result = unsafe getsockopt(raw, SOL_SOCKET, SO_ERROR, &error, &size)
        return result == 0 ? error : hb_errno()
    }

    /// The address that it is bound to; `nil` before that.
    package var localEndpoint: Endpoint? { Self.localEndpoint(of: descriptor.raw) }
    /// The address that it is connected to; `nil` while it is not.
    package var peerEndpoint: Endpoint? { Self.peerEndpoint(of: descriptor.raw) }

    /// For a socket that is owned elsewhere and only lent as a number.
    package static func localEndpoint(of raw: Int32) -> Endpoint? {
        var result = SocketAddress()
        let status = unsafe result.withMutablePointer { unsafe getsockname(raw, $0, $1) }
        return status == 0 ? result.endpoint : nil
    }

    /// For a socket that is owned elsewhere and only lent as a number.
    package static func peerEndpoint(of raw: Int32) -> Endpoint? {
        var result = SocketAddress()
        let status = unsafe result.withMutablePointer { unsafe getpeername(raw, $0, $1) }
        return status == 0 ? result.endpoint : nil
    }
}
