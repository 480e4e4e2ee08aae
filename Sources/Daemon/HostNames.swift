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
        switch lookUp(name) {
        case .success(let found):
            if let first = found.first { return first }
            throw Unknown(name: name, location: location, reason: "no IPv4 or IPv6 address")
        case .failure(let failure):
            throw Unknown(name: name, location: location, reason: failure.reason)
        }
    }

    /// Every address of a name, in the resolver's order; none where it knows none.
    static func addresses(of name: String) -> [IPAddress] {
        var found: [IPAddress] = []
        for address in (try? lookUp(name).get()) ?? [] where !found.contains(address) {
            found.append(address)
        }
        return found
    }

    private struct LookUpFailure: Error {
        let reason: String
    }

    private static func lookUp(_ name: String) -> Result<[IPAddress], LookUpFailure> {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(name, nil, &hints, &list)
        guard status == 0 else {
            let words = unsafe gai_strerror(status)
            let reason = unsafe words.map { unsafe String(cString: $0) } ?? "error \(status)"
            return .failure(LookUpFailure(reason: reason))
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var entry = unsafe list
        while let found = unsafe entry {
            if let address = unsafe found.pointee.ai_addr.flatMap({
                unsafe SocketAddress(copying: $0)?.endpoint?.address
            }) {
                addresses.append(address)
            }
            unsafe entry = found.pointee.ai_next
        }
        return .success(addresses)
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
