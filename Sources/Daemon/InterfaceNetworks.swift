internal import Glibc
internal import Primitives

/// The networks that are directly behind an interface, by its own addresses.
enum InterfaceNetworks {
    static func networks(behind interface: String) -> [IPNetwork] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&list) == 0 else { return [] }
        defer { unsafe freeifaddrs(list) }
        var networks: [IPNetwork] = []
        var entry = unsafe list
        while let found = unsafe entry {
            defer { unsafe entry = found.pointee.ifa_next }
            guard unsafe String(cString: found.pointee.ifa_name) == interface,
                let address = unsafe address(of: found.pointee.ifa_addr),
                let mask = unsafe InterfaceNetworks.address(of: found.pointee.ifa_netmask)
            else { continue }
            let length = mask.networkBytes.reduce(0) { $0 + $1.nonzeroBitCount }
            // A host address is one of ours, or says nothing about neighbours.
            guard length < Int(address.hostPrefixLength) else { continue }
            networks.append(.init(address, prefixLength: length))
        }
        return networks
    }

    /// All addresses of this host.
    static func localAddresses() -> Set<IPAddress> {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&list) == 0 else { return [] }
        defer { unsafe freeifaddrs(list) }
        var addresses: Set<IPAddress> = []
        var entry = unsafe list
        while let found = unsafe entry {
            if let address = unsafe address(of: found.pointee.ifa_addr) {
                addresses.insert(address)
            }
            unsafe entry = found.pointee.ifa_next
        }
        return addresses
    }

    /// Whether neighbours are found by asking there: not on a loopback, a dummy or a tunnel.
    static func hasNeighbours(_ interface: String) -> Bool {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&list) == 0 else { return false }
        defer { unsafe freeifaddrs(list) }
        var entry = unsafe list
        while let found = unsafe entry {
            if unsafe String(cString: found.pointee.ifa_name) == interface {
                let none = IFF_LOOPBACK | IFF_NOARP | IFF_POINTOPOINT
                return unsafe found.pointee.ifa_flags & UInt32(none) == 0
            }
            unsafe entry = found.pointee.ifa_next
        }
        return false
    }

    static func exists(_ interface: String) -> Bool { unsafe if_nametoindex(interface) != 0 }

    /// The address in a socket address of the resolver or the interface list, if it is an IP one.
    static func address(of pointer: UnsafeMutablePointer<sockaddr>?) -> IPAddress? {
        guard let pointer = unsafe pointer else { return nil }
        // The family says which structure the pointer is to.
        switch unsafe Int32(pointer.pointee.sa_family) {
        case AF_INET:
            return unsafe pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                unsafe .v4(UInt32(bigEndian: $0.pointee.sin_addr.s_addr))
            }
        case AF_INET6:
            return unsafe pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { form in
                unsafe withUnsafeBytes(of: form.pointee.sin6_addr) {
                    unsafe IPAddress(networkBytes: Array($0))
                }
            }
        default:
            return nil
        }
    }
}
