/// An IPv4 or IPv6 address in host byte order.
package enum IPAddress: Hashable, Sendable {
    case v4(UInt32)
    /// Two halves and not one `UInt128`: Swift 6.3.1 spills a struct parameter with a UInt128
    /// inside an enum to an 8-byte aligned slot, reads it with an aligned 16-byte load, and
    /// crashes.
    case v6(high: UInt64, low: UInt64)

    /// From all 128 bits.
    package static func v6(_ value: UInt128) -> IPAddress {
        .v6(high: UInt64(truncatingIfNeeded: value >> 64), low: UInt64(truncatingIfNeeded: value))
    }

    /// The halves of an IPv6 address as one number.
    package static func joined(_ high: UInt64, _ low: UInt64) -> UInt128 {
        UInt128(high) << 64 | UInt128(low)
    }

    /// 0.0.0.0
    package static let anyV4 = IPAddress.v4(0)
    package static let loopbackV4 = IPAddress.v4(0x7F00_0001)
    /// ::
    package static let anyV6 = IPAddress.v6(0)

    /// Reads a numeric address: dotted quad, or IPv6 text as in RFC 4291 §2.2. Returns `nil` for
    /// anything else, a host name included; leading zeros as in `010.0.0.1` are refused (octal or
    /// not?).
    package init?(_ text: some StringProtocol) {
        if text.utf8.contains(UInt8(ascii: ":")) {
            guard let value = Self.parseV6(Array(text.utf8)) else { return nil }
            self = .v6(value)
        } else {
            guard let value = Self.parseV4(Array(text.utf8)[...]) else { return nil }
            self = .v4(value)
        }
    }

    /// The address from its bytes in network order: 4 or 16 of them, else `nil`.
    package init?(networkBytes bytes: some Collection<UInt8>) {
        switch bytes.count {
        case 4: self = .v4(bytes.reduce(0) { $0 << 8 | UInt32($1) })
        case 16: self = .v6(bytes.reduce(0) { $0 << 8 | UInt128($1) })
        default: return nil
        }
    }

    /// 4 or 16 bytes in network order.
    package var networkBytes: [UInt8] {
        switch self {
        case .v4(let value): (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
        case .v6(let high, let low):
            (0..<16).map {
                UInt8(truncatingIfNeeded: Self.joined(high, low) >> (120 - 8 * $0))
            }
        }
    }

    package var isV4: Bool {
        if case .v4 = self { true } else { false }
    }

    /// 0.0.0.0 or ::
    package var isUnspecified: Bool { self == .anyV4 || self == .anyV6 }

    /// 127.0.0.0/8 or ::1
    package var isLoopback: Bool {
        switch self {
        case .v4(let value): value >> 24 == 127
        case .v6(let high, let low): high == 0 && low == 1
        }
    }

    /// `::ffff:10.0.0.5` is how a socket that takes both families names 10.0.0.5: RFC 4291
    /// §2.5.5.2.
    package var unmapped: IPAddress {
        guard case .v6(let high, let low) = self, high == 0, low >> 32 == 0xFFFF else {
            return self
        }
        return .v4(UInt32(truncatingIfNeeded: low))
    }

    /// The prefix length of a single host: 32 or 128.
    package var hostPrefixLength: UInt8 { isV4 ? 32 : 128 }

    private static func parseV4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy({ (48...57).contains($0) }) else {
                return nil
            }
            if part.count > 1, part.first == UInt8(ascii: "0") { return nil }
            let octet = part.reduce(UInt32(0)) { $0 * 10 + UInt32($1 - 48) }
            guard octet <= 255 else { return nil }
            value = value << 8 | octet
        }
        return value
    }

    private static func parseV6(_ bytes: [UInt8]) -> UInt128? {
        let colon = UInt8(ascii: ":")
        guard bytes.count <= 45 else { return nil }
        // "::" splits the text once; each half is a list of groups.
        var gap: Int?
        for index in bytes.indices.dropLast()
        where bytes[index] == colon && bytes[index + 1] == colon {
            guard gap == nil else { return nil }
            gap = index
        }
        guard let gap else {
            guard let groups = parseGroups(bytes[...], mayEndInV4: true), groups.count == 8 else {
                return nil
            }
            return groups.reduce(0) { $0 << 16 | UInt128($1) }
        }
        guard let head = parseGroups(bytes[..<gap], mayEndInV4: false),
            let tail = parseGroups(bytes[(gap + 2)...], mayEndInV4: true),
            head.count + tail.count <= 7
        else { return nil }
        let zeros = [UInt16](repeating: 0, count: 8 - head.count - tail.count)
        return (head + zeros + tail).reduce(0) { $0 << 16 | UInt128($1) }
    }

    private static func parseGroups(_ bytes: ArraySlice<UInt8>, mayEndInV4: Bool) -> [UInt16]? {
        guard !bytes.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if mayEndInV4, index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let v4 = parseV4(part) else { return nil }
                groups += [UInt16(v4 >> 16), UInt16(truncatingIfNeeded: v4)]
                continue
            }
            guard (1...4).contains(part.count),
                let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16),
                part.first != UInt8(ascii: "+")
            else { return nil }
            groups.append(group)
        }
        return groups
    }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted quad, or the canonical IPv6 text of RFC 5952.
    package var description: String {
        switch self {
        case .v4:
            return networkBytes.map(String.init).joined(separator: ".")
        case .v6(let high, let low):
            let value = Self.joined(high, low)
            let groups = (0..<8).map { UInt16(truncatingIfNeeded: value >> (112 - 16 * $0)) }
            guard let run = Self.longestZeroRun(groups) else { return Self.hex(groups[...]) }
            return Self.hex(groups[..<run.lowerBound]) + "::" + Self.hex(groups[run.upperBound...])
        }
    }

    private static func hex(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// The first longest run of two or more zero groups.
    private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        while start < groups.count {
            let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
            if end - start >= 2, end - start > (best?.count ?? 0) { best = start..<end }
            start = end + 1
        }
        return best
    }
}
