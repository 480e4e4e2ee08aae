internal import Glibc
internal import LinuxIO
internal import Primitives

/// The addresses of all interfaces of the calling thread's namespace.
enum InterfaceAddresses {
    static func current() throws(SystemError) -> Set<IPAddress> {
        var first: UnsafeMutablePointer<ifaddrs>?
        try SystemCall.run("getifaddrs") { unsafe getifaddrs(&first) }
        defer { unsafe freeifaddrs(first) }
        var result: Set<IPAddress> = []
        var next = unsafe first
        // A linked list that getifaddrs built and freeifaddrs frees.
        while let entry = unsafe next {
            if let address = unsafe entry.pointee.ifa_addr, let found = unsafe ip(address) {
                result.insert(found)
            }
            unsafe next = entry.pointee.ifa_next
        }
        return result
    }

    private static func ip(_ address: UnsafeMutablePointer<sockaddr>) -> IPAddress? {
        let size: Int
        switch Int32(unsafe address.pointee.sa_family) {
        case AF_INET: size = MemoryLayout<sockaddr_in>.size
        case AF_INET6: size = MemoryLayout<sockaddr_in6>.size
        default: return nil
        }
        var storage = SocketAddress()
        // The family says how many bytes lie behind the pointer.
        unsafe storage.withMutablePointer { target, length in
            unsafe UnsafeMutableRawPointer(target).copyMemory(from: address, byteCount: size)
            unsafe length.pointee = socklen_t(size)
        }
        return storage.endpoint?.address
    }
}
