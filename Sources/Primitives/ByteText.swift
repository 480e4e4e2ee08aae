/// Text that is put together as UTF-8 bytes, for lines that are written by the thousand: one
/// buffer, used again, and no `String` on the way.
package struct ByteText: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Forgets the text and keeps the memory.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    package mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    package mutating func append(byte: UInt8) {
        bytes.append(byte)
    }

    /// As one line, whatever the text holds: a line break inside it would forge a second one, so
    /// control characters become spaces.
    package mutating func append(printable text: [UInt8]) {
        let start = bytes.count
        bytes.append(contentsOf: text)
        for index in start..<bytes.count where bytes[index] < 0x20 || bytes[index] == 0x7F {
            bytes[index] = UInt8(ascii: " ")
        }
    }

    /// Ends the line, which is cut to `limit` bytes, its line end included.
    package mutating func end(limit: Int) {
        if bytes.count > limit - 1 { bytes.removeLast(bytes.count - limit + 1) }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// In decimal.
    /// - Parameter width: filled up to it with zeros from the left
    package mutating func append(_ value: Int, width: Int = 1) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        append(UInt64(value.magnitude), width: width)
    }

    /// In decimal. Not generic: it would be slow across modules.
    package mutating func append(_ value: UInt64, width: Int = 1) {
        var rest = value
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        while bytes.count - start < width { bytes.append(UInt8(ascii: "0")) }
        bytes[start...].reverse()
    }

    /// In capital letters.
    /// - Parameter width: filled up to it with zeros from the left
    package mutating func append(hexadecimal value: UInt64, width: Int) {
        let digits = Array("0123456789ABCDEF".utf8)
        let count = max(width, (64 - value.leadingZeroBitCount + 3) / 4, 1)
        for digit in (0..<count).reversed() {
            bytes.append(digits[Int(value >> UInt64(4 * digit) & 0xF)])
        }
    }

    package mutating func append(_ address: IPAddress) {
        guard case .v4(let value) = address else { return append(address.description) }
        for shift in [24, 16, 8, 0] {
            append(UInt64(value >> UInt32(shift) & 0xFF))
            if shift > 0 { bytes.append(UInt8(ascii: ".")) }
        }
    }
}
