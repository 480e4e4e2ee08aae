internal import Configuration
internal import Glibc
internal import LinuxIO
internal import Primitives

/// Names of servers and of this host, through the system's resolver. Blocks: at start and reload
/// only, never on the heart's thread.
enum HostNames {
    /// A name that the resolver does not know, and where it is written.
    struct Unknown: Error, CustomStringConvertible {
        let name: String
        let location: SourceLocation
        let reason: String

        var description: String {
            "\(location): cannot resolve '\(name)': \(reason). "
                + "Write its address, or add it to /etc/hosts on both nodes"
        }
    }

    static func resolve(
        _ host: HostAddress,
        at location: SourceLocation
    ) throws(Unknown) -> IPAddress {
        switch host {
        case .address(let address): return address
        case .name(let name): return try resolve(name, at: location)
        }
    }

    private static func resolve(
        _ name: String,
        at location: SourceLocation
    ) throws(Unknown) -> IPAddress {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(name, nil, &hints, &list)
        guard status == 0 else {
            let words = unsafe gai_strerror(status)
            let reason = unsafe words.map { unsafe String(cString: $0) } ?? "error \(status)"
            throw Unknown(name: name, location: location, reason: reason)
        }
        defer { unsafe freeaddrinfo(list) }
        var entry = unsafe list
        while let found = unsafe entry {
            if let address = unsafe InterfaceNetworks.address(of: found.pointee.ai_addr) {
                return address
            }
            unsafe entry = found.pointee.ai_next
        }
        throw Unknown(name: name, location: location, reason: "no IPv4 or IPv6 address")
    }

    /// What `hostname` prints.
    static var own: String {
        var buffer = [UInt8](repeating: 0, count: 256)
        let status = unsafe buffer.withUnsafeMutableBytes { bytes in
            // The buffer is not empty, so it has a base address.
            unsafe bytes.baseAddress.map {
                unsafe gethostname($0.assumingMemoryBound(to: CChar.self), bytes.count)
            }
        }
        guard status == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
    }
}
