/// Appends integers in network byte order.
package struct ByteWriter {
    package private(set) var bytes: [UInt8] = []

    package init(capacity: Int) { bytes.reserveCapacity(capacity) }

    package mutating func put<Value: FixedWidthInteger & UnsignedInteger>(_ value: Value) {
        for shift in stride(from: Value.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> Value(shift)))
        }
    }

    package mutating func put(bytes more: [UInt8]) { bytes += more }
}

/// Takes integers in network byte order; `nil` at the end of the bytes, never a trap.
package struct ByteReader {
    private var rest: ArraySlice<UInt8>

    package init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    package mutating func take<Value: FixedWidthInteger & UnsignedInteger>() -> Value? {
        guard let bytes = take(count: Value.bitWidth / 8) else { return nil }
        // A UInt8 cannot be shifted by 8 in its own width, hence the detour.
        return Value(truncatingIfNeeded: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    /// Bytes that were not taken.
    package var count: Int { rest.count }

    package mutating func take(count: Int) -> ArraySlice<UInt8>? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
