internal import Configuration
internal import Glibc
internal import LinuxIO
internal import Primitives

/// Names of servers and of this host, through the system's resolver. Blocks: at start and reload
/// only, never on the heart's thread.
enum HostNames {
    static func resolve(
        _ host: HostAddress,
        at location: SourceLocation
    ) throws(UnusableLine) -> IPAddress {
        switch host {
        case .address(let address): return address
        case .name(let name): return try resolve(name, at: location)
        }
    }

    private static func resolve(
        _ name: String,
        at location: SourceLocation
    ) throws(UnusableLine) -> IPAddress {
        switch lookUp(name) {
        case .success(let found):
            if let first = found.first { return first }
            throw .unknown(name, location, "no IPv4 or IPv6 address")
        case .failure(let failure):
            throw .unknown(name, location, failure.reason)
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

extension UnusableLine {
    /// A name that the resolver does not know.
    fileprivate static func unknown(
        _ name: String,
        _ location: SourceLocation,
        _ reason: String
    ) -> UnusableLine {
        UnusableLine(
            location: location,
            reason: "cannot resolve '\(name)': \(reason). "
                + "Write its address, or add it to /etc/hosts on both nodes"
        )
    }
}
