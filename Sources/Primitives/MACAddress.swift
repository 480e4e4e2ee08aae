/// An Ethernet (IEEE 802) address.
package struct MACAddress: Hashable, Sendable, CustomStringConvertible {
    /// The 48 bits, first octet on the wire in the highest place.
    package var value: UInt64

    package init(_ value: UInt64) {
        self.value = value & 0xFFFF_FFFF_FFFF
    }

    /// The address from its 6 bytes in wire order, else `nil`.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 6 else { return nil }
        value = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// From six pairs of hexadecimal digits with colons between them, else `nil`.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { $0.count == 2 ? UInt8($0, radix: 16) : nil }
        guard parts.count == 6, bytes.count == 6 else { return nil }
        self.init(bytes: bytes)
    }

    package static let zero = MACAddress(0)
    package static let broadcast = MACAddress(0xFFFF_FFFF_FFFF)

    /// 6 bytes in wire order.
    package var bytes: [UInt8] { (0..<6).map { UInt8(truncatingIfNeeded: value >> (40 - 8 * $0)) } }

    package var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}
