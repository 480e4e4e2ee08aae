internal import Glibc
package import LinuxIO
package import Primitives
internal import VIPManager

/// Sends challenges (`ChallengeSegment`) by the routes of this host. Receives nothing. For one
/// thread.
package struct ChallengeSocket {
    private final class Handle {
        let descriptor: OwnedDescriptor

        /// IPPROTO_RAW: the packet brings its own IP header, and nothing is ever received (raw(7)).
        init(_ family: Int32) throws(SystemError) {
            let flags = SOCK_RAW.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
            let raw = try SystemCall.run("socket", "SOCK_RAW") {
                socket(family, Int32(flags), Int32(IPPROTO_RAW))
            }
            descriptor = OwnedDescriptor(adopting: raw)
        }
    }

    private let v4: Handle
    /// `nil` where the kernel has no IPv6.
    private let v6: Handle?

    /// Needs CAP_NET_RAW; sending does not.
    package init() throws(SystemError) {
        v4 = try Handle(AF_INET)
        do {
            v6 = try Handle(AF_INET6)
        } catch {
            guard error.errno == EAFNOSUPPORT else { throw error }
            v6 = nil
        }
    }

    /// Never waits.
    /// - Throws: `EAGAIN` and `ENOBUFS` where a queue is full, and what stands in the way to this
    ///   host.
    package func send(
        from source: Endpoint,
        to destination: Endpoint,
        sequence: UInt32
    ) throws(SystemError) {
        let packet = ChallengeSegment.packet(
            from: source,
            to: destination,
            sequence: sequence
        )
        guard let handle = destination.address.isV4 ? v4 : v6 else {
            throw SystemError("sendto", "\(destination)", errno: EAFNOSUPPORT)
        }
        // A raw socket has no port (ipv6(7)): it is in the packet.
        let target = SocketAddress(Endpoint(destination.address, 0))
        try SystemCall.run("sendto", "\(destination)") {
            unsafe packet.withUnsafeBufferPointer { bytes in
                // Packet and address live during the call.
                unsafe target.withPointer { address, length in
                    unsafe sendto(
                        handle.descriptor.raw,
                        bytes.baseAddress,
                        bytes.count,
                        Int32(MSG_DONTWAIT | MSG_NOSIGNAL),
                        address,
                        length
                    )
                }
            }
        }
    }
}
