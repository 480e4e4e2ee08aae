package import Glibc
package import Primitives

/// The kernel's form of an `Endpoint`: `sockaddr_in` or `sockaddr_in6` in a `sockaddr_storage`.
package struct SocketAddress {
    private var storage = sockaddr_storage()
    /// How many bytes of the storage the kernel reads, or wrote.
    private var length: socklen_t

    /// Room for an address that a call such as `accept` fills in.
    package init() {
        length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    }

    package init(_ endpoint: Endpoint) {
        switch endpoint.address {
        case .v4(let address):
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            var form = sockaddr_in()
            form.sin_family = sa_family_t(AF_INET)
            form.sin_port = endpoint.port.bigEndian
            form.sin_addr.s_addr = address.bigEndian
            // Both forms fit in a sockaddr_storage and are aligned no stricter than it: bind(2).
            unsafe withUnsafeMutableBytes(of: &storage) { bytes in
                unsafe bytes.storeBytes(of: form, as: sockaddr_in.self)
            }
        case .v6(let high, let low):
            let address = IPAddress.joined(high, low)
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            var form = sockaddr_in6()
            form.sin6_family = sa_family_t(AF_INET6)
            form.sin6_port = endpoint.port.bigEndian
            unsafe withUnsafeMutableBytes(of: &form.sin6_addr) { bytes in
                unsafe bytes.storeBytes(of: address.bigEndian, as: UInt128.self)
            }
            unsafe withUnsafeMutableBytes(of: &storage) { bytes in
                unsafe bytes.storeBytes(of: form, as: sockaddr_in6.self)
            }
        }
    }

    /// A copy of an address in a list of the C library; `nil` where that is no IP address.
    /// - Parameter pointer: to a structure that is as long as its family says.
    package init?(copying pointer: UnsafePointer<sockaddr>) {
        let size: Int
        switch unsafe Int32(pointer.pointee.sa_family) {
        case AF_INET: size = MemoryLayout<sockaddr_in>.size
        case AF_INET6: size = MemoryLayout<sockaddr_in6>.size
        default: return nil
        }
        length = socklen_t(size)
        // Both forms fit in a sockaddr_storage.
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(start: pointer, count: size))
        }
    }

    /// `nil` when the family is neither IPv4 nor IPv6, as for an unbound or a Unix socket.
    package var endpoint: Endpoint? {
        unsafe withUnsafeBytes(of: storage) { bytes in
            switch Int32(storage.ss_family) {
            case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
                let form = unsafe bytes.load(as: sockaddr_in.self)
                let address = UInt32(bigEndian: form.sin_addr.s_addr)
                return Endpoint(.v4(address), UInt16(bigEndian: form.sin_port))
            case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
                let form = unsafe bytes.load(as: sockaddr_in6.self)
                let address = unsafe withUnsafeBytes(of: form.sin6_addr) { bytes in
                    unsafe UInt128(bigEndian: bytes.loadUnaligned(as: UInt128.self))
                }
                return Endpoint(
                    IPAddress.v6(address).unmapped,
                    UInt16(bigEndian: form.sin6_port)
                )
            default:
                return nil
            }
        }
    }

    /// Lends the address to a call that reads it. The pointer is dead after `body`.
    package func withPointer<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        unsafe withUnsafeBytes(of: storage) { bytes in
            // Never empty: it is the storage above.
            guard let base = bytes.baseAddress else { preconditionFailure("no storage") }
            return unsafe body(base.assumingMemoryBound(to: sockaddr.self), length)
        }
    }

    /// Lends the whole storage to a call that writes an address. The pointers are dead after
    /// `body`.
    package mutating func withMutablePointer<Result>(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result
    ) -> Result {
        var room = socklen_t(MemoryLayout<sockaddr_storage>.size)
        defer { length = room }
        return unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            guard let base = bytes.baseAddress else { preconditionFailure("no storage") }
            return unsafe body(base.assumingMemoryBound(to: sockaddr.self), &room)
        }
    }
}
