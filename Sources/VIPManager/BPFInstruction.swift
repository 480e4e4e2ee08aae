/// One instruction of the kernel's packet programs (linux/bpf.h), as far as the fence needs them.
package struct BPFInstruction: Equatable, Sendable {
    /// R0 holds results, R1 the argument and scratch, R6-R9 survive calls, R10 is the stack.
    package enum Register: UInt8, Sendable {
        case r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10
    }

    package var code: UInt8
    package var destination: Register
    /// A register, or what `loadMapValue` marks its constant with.
    package var source: UInt8
    package var offset: Int16
    package var constant: Int32

    private init(
        _ code: UInt8,
        _ destination: Register = .r0,
        source: UInt8 = 0,
        offset: Int16 = 0,
        constant: Int32 = 0
    ) {
        self.code = code
        self.destination = destination
        self.source = source
        self.offset = offset
        self.constant = constant
    }

    /// `struct bpf_insn`: code, registers, offset, constant, in host byte order.
    package var encoded: UInt64 {
        let registers = UInt64(source << 4 | destination.rawValue)
        return UInt64(code) | registers << 8 | UInt64(UInt16(bitPattern: offset)) << 16
            | UInt64(UInt32(bitPattern: constant)) << 32
    }
}

/// The instructions by what they do. Loads from the packet give host byte order, end the program
/// with 0 when the packet is shorter, and clobber R0-R5.
extension BPFInstruction {
    package enum Width: UInt8, Sendable {
        case word = 0x00
        case half = 0x08
        case byte = 0x10
    }

    /// R0 = packet[offset]
    static func loadPacket(_ width: Width, at offset: Int32) -> Self {
        Self(0x20 | width.rawValue, constant: offset)
    }

    /// R0 = packet[register + offset], one byte
    static func loadPacketByte(at offset: Int32, plus register: Register) -> Self {
        Self(0x50, source: register.rawValue, constant: offset)
    }

    /// destination = *(UInt32 *)(source + offset)
    static func loadWord(_ destination: Register, from source: Register, _ offset: Int16) -> Self {
        Self(0x61, destination, source: source.rawValue, offset: offset)
    }

    /// destination = *(UInt64 *)(source + offset)
    static func loadDoubleWord(_ destination: Register, from source: Register, _ offset: Int16)
        -> Self
    {
        Self(0x79, destination, source: source.rawValue, offset: offset)
    }

    /// *(UInt64 *)(destination + offset) = source
    static func storeDoubleWord(_ source: Register, at destination: Register, _ offset: Int16)
        -> Self
    {
        Self(0x7B, destination, source: source.rawValue, offset: offset)
    }

    /// *(UInt32 *)(R10 + offset) = source
    static func storeWord(_ source: Register, onStackAt offset: Int16) -> Self {
        Self(0x63, .r10, source: source.rawValue, offset: offset)
    }

    static func move(_ destination: Register, _ source: Register) -> Self {
        Self(0xBF, destination, source: source.rawValue)
    }

    static func set(_ destination: Register, to constant: Int32) -> Self {
        Self(0xB7, destination, constant: constant)
    }

    static func and(_ destination: Register, _ constant: Int32) -> Self {
        Self(0x57, destination, constant: constant)
    }

    static func shiftLeft(_ destination: Register, by bits: Int32) -> Self {
        Self(0x67, destination, constant: bits)
    }

    static func call(_ helper: Int32) -> Self { Self(0x85, constant: helper) }

    static let exit = Self(0x95)

    /// destination = address of the first value of the map behind a descriptor; two slots.
    static func loadMapValue(_ destination: Register, map: Int32) -> [Self] {
        [Self(0x18, destination, source: 2, constant: map), Self(0)]
    }

    /// What a jump compares: 32 bits of a register with a constant, or two whole registers.
    enum Condition: Equatable {
        case always
        case equal(Register, UInt32)
        case notEqual(Register, UInt32)
        /// Any of these bits is set.
        case anySet(Register, UInt32)
        case less(Register, Register)
        case greater(Register, Register)
    }

    static func jump(_ condition: Condition, by offset: Int16) -> Self {
        switch condition {
        case .always: Self(0x05, offset: offset)
        case .equal(let register, let value):
            Self(0x16, register, offset: offset, constant: Int32(bitPattern: value))
        case .notEqual(let register, let value):
            Self(0x56, register, offset: offset, constant: Int32(bitPattern: value))
        case .anySet(let register, let value):
            Self(0x46, register, offset: offset, constant: Int32(bitPattern: value))
        case .less(let left, let right):
            Self(0xAD, left, source: right.rawValue, offset: offset)
        case .greater(let left, let right):
            Self(0x2D, left, source: right.rawValue, offset: offset)
        }
    }
}
