internal import Glibc
package import Primitives

/// A network interface of this host.
package struct HostInterface: Equatable, Sendable {
    package let name: String
    /// As in netdevice(7).
    private let flags: UInt32
    /// ARPHRD_ETHER.
    package private(set) var isEthernet = false
    /// `nil` where it has none of 6 bytes.
    package private(set) var mac: MACAddress?
    /// Its own, each with its network.
    package private(set) var addresses: [IPNetwork] = []

    private init(_ name: String, flags: UInt32) {
        self.name = name
        self.flags = flags
    }

    package var isUp: Bool { has(IFF_UP) }
    /// `IFF_RUNNING`, which the kernel keeps in step with the carrier (net/core/dev.c).
    package var hasCarrier: Bool { has(IFF_RUNNING) }
    /// Whether neighbours are found by asking there: not on a loopback, a dummy or a tunnel.
    package var hasNeighbours: Bool {
        !has(IFF_LOOPBACK) && !has(IFF_NOARP) && !has(IFF_POINTOPOINT)
    }

    /// The networks that are directly behind it: a host address is one of ours, or says nothing
    /// about neighbours.
    package var networks: [IPNetwork] { addresses.filter { !$0.isHost } }

    private func has(_ flag: Int) -> Bool { flags & UInt32(flag) != 0 }

    package static func exists(_ name: String) -> Bool { unsafe if_nametoindex(name) != 0 }

    /// All of them, sorted by name, in the network namespace of the calling thread. An IPv4 address
    /// with a label (ip-address(8)) is in the list under that.
    package static func all() throws(SystemError) -> [HostInterface] {
        var list: UnsafeMutablePointer<ifaddrs>?
        try SystemCall.run("getifaddrs") { unsafe getifaddrs(&list) }
        // A linked list that getifaddrs built and freeifaddrs frees.
        defer { unsafe freeifaddrs(list) }
        var found: [String: HostInterface] = [:]
        var entry = unsafe list
        while let current = unsafe entry?.pointee {
            let name = unsafe String(cString: current.ifa_name)
            var interface =
                unsafe found[name] ?? HostInterface(name, flags: current.ifa_flags)
            if let address = unsafe current.ifa_addr {
                unsafe interface.add(address, mask: current.ifa_netmask)
            }
            found[name] = interface
            unsafe entry = current.ifa_next
        }
        return found.values.sorted { $0.name < $1.name }
    }

    private mutating func add(
        _ pointer: UnsafeMutablePointer<sockaddr>,
        mask: UnsafeMutablePointer<sockaddr>?
    ) {
        if unsafe Int32(pointer.pointee.sa_family) == AF_PACKET {
            // struct sockaddr_ll (packet(7)), which the Glibc module has not: hardware type at 8,
            // length at 11, address at 12.
            let bytes = UnsafeRawPointer(pointer)
            isEthernet = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self) == 1
            guard unsafe bytes.load(fromByteOffset: 11, as: UInt8.self) == 6 else { return }
            mac = MACAddress(
                bytes: (12..<18).map { unsafe bytes.load(fromByteOffset: $0, as: UInt8.self) }
            )
            return
        }
        guard let address = unsafe SocketAddress(copying: pointer)?.endpoint?.address else {
            return
        }
        let bits = unsafe mask.flatMap { unsafe SocketAddress(copying: $0)?.endpoint?.address }
        let length = bits?.networkBytes.reduce(0) { $0 + $1.nonzeroBitCount }
        addresses.append(
            IPNetwork(address, prefixLength: length ?? Int(address.hostPrefixLength))
        )
    }
}
