/// The checksum of iSCSI (RFC 3720, appendix B.4), which PROXY headers may carry.
package enum CRC32C {
    /// The polynomial 0x1EDC6F41, its bits turned round.
    private static let polynomial: UInt32 = 0x82F6_3B78

    package static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var rest = UInt32.max
        for byte in bytes {
            rest ^= UInt32(byte)
            for _ in 0..<8 { rest = rest >> 1 ^ (rest & 1 == 0 ? 0 : polynomial) }
        }
        return ~rest
    }
}
