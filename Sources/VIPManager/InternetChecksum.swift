/// The checksum of IP, ICMP, UDP and TCP (RFC 1071): ones' complement of the ones' complement sum.
package enum InternetChecksum {
    package static func of(_ bytes: [UInt8]) -> UInt16 {
        precondition(bytes.count.isMultiple(of: 2), "only whole 16-bit words are summed here")
        var sum: UInt32 = 0
        for index in stride(from: 0, to: bytes.count, by: 2) {
            sum += UInt32(bytes[index]) << 8 | UInt32(bytes[index + 1])
        }
        while sum > 0xFFFF { sum = (sum >> 16) + (sum & 0xFFFF) }
        return ~UInt16(sum)
    }
}
