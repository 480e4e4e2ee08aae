internal import Diagnosis
internal import Glibc
internal import LinuxIO
internal import Primitives

/// The interfaces of this host, from getifaddrs(3).
enum HostInterfaces {
    /// `IFF_UP` and `IFF_RUNNING` of netdevice(7); the kernel keeps the second in step with the
    /// carrier (net/core/dev.c).
    private static let up: UInt32 = 0x1
    private static let running: UInt32 = 0x40

    static func all() -> [InterfaceFact] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&list) == 0 else { return [] }
        defer { unsafe freeifaddrs(list) }
        var found: [String: InterfaceFact] = [:]
        var entry = unsafe list
        while let current = unsafe entry {
            defer { unsafe entry = current.pointee.ifa_next }
            let name = unsafe String(cString: current.pointee.ifa_name)
            var fact = found[name] ?? InterfaceFact(name)
            let flags = unsafe current.pointee.ifa_flags
            fact.isUp = flags & up != 0
            fact.hasCarrier = flags & running != 0
            if let address = unsafe current.pointee.ifa_addr {
                unsafe add(address, current.pointee.ifa_netmask, to: &fact)
            }
            found[name] = fact
        }
        return found.values.sorted { $0.name < $1.name }
    }

    private static func add(
        _ pointer: UnsafeMutablePointer<sockaddr>,
        _ mask: UnsafeMutablePointer<sockaddr>?,
        to fact: inout InterfaceFact
    ) {
        if unsafe Int32(pointer.pointee.sa_family) == AF_PACKET {
            // struct sockaddr_ll (packet(7)): hardware type at 8, length at 11, address at 12.
            let bytes = UnsafeRawPointer(pointer)
            let type = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
            let length = unsafe bytes.loadUnaligned(fromByteOffset: 11, as: UInt8.self)
            fact.isEthernet = type == 1  // ARPHRD_ETHER
            guard length == 6 else { return }
            let mac = (0..<6).map {
                unsafe bytes.loadUnaligned(fromByteOffset: 12 + $0, as: UInt8.self)
            }
            fact.mac = MACAddress(bytes: mac)
            return
        }
        guard let address = unsafe ip(pointer) else { return }
        let bits = unsafe mask.flatMap { unsafe ip($0) }
        let length = bits?.networkBytes.reduce(0) { $0 + $1.nonzeroBitCount }
        fact.addresses.append(
            .init(address, prefixLength: length ?? Int(address.hostPrefixLength))
        )
    }

    private static func ip(_ pointer: UnsafeMutablePointer<sockaddr>) -> IPAddress? {
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
