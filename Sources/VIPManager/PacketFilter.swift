/// A classic packet filter (Linux: Documentation/networking/filter.rst): the kernel runs it on each
/// frame before it lies in a socket's queue, so that strangers' frames take no place there.
///
/// Built from front to back. What is neither accepted nor refused goes on to the next step, so the
/// last step is one of the two.
package struct PacketFilter: Equatable, Sendable {
    /// `struct sock_filter`
    package struct Step: Equatable, Sendable {
        package var code: UInt16
        package var jumpIfTrue: UInt8 = 0
        package var jumpIfFalse: UInt8 = 0
        package var constant: UInt32
    }

    /// What is loaded: BPF_LD | BPF_ABS with BPF_W, BPF_H or BPF_B.
    enum Width: UInt16 {
        case word = 0x20
        case half = 0x28
        case byte = 0x30
    }

    /// What the kernel knows of a frame (SKF_AD_OFF of linux/filter.h and a number).
    enum Fact: UInt32 {
        /// SKF_AD_PKTTYPE: whom the frame was for.
        case packetType = 0xFFFF_F004
        /// SKF_AD_VLAN_TAG_PRESENT: whether it belongs to a VLAN on top of this interface.
        case vlanTagPresent = 0xFFFF_F030
    }

    private static let jumpAlways: UInt16 = 0x05  // BPF_JMP | BPF_JA | BPF_K
    private static let jumpIfEqual: UInt16 = 0x15  // BPF_JMP | BPF_JEQ | BPF_K
    private static let answer: UInt16 = 0x06  // BPF_RET | BPF_K
    private static let otherHost: UInt32 = 3  // PACKET_OTHERHOST

    package private(set) var steps: [Step] = []
    /// How many bytes of an accepted frame the socket delivers.
    private let limit: UInt32

    init(limit: UInt32 = .max) { self.limit = limit }

    /// Passes frames for this host, or for all, in which these words stand at these offsets.
    /// - Parameter words: offset from the first byte that the socket delivers, and the four bytes
    ///   there in network order; 100 at most.
    package init(words: [(offset: UInt32, value: UInt32)]) {
        self.init()
        var match = self
        match.accept(where: words)
        load(.packetType)
        // For another host: to the refusal behind all of it.
        add(Self.jumpIfEqual, Self.otherHost, yes: UInt8(match.steps.count))
        steps += match.steps
        refuse()
    }

    /// - Parameter offset: from the first byte that the socket delivers.
    mutating func load(_ width: Width, at offset: UInt32) { add(width.rawValue, offset) }

    mutating func load(_ fact: Fact) { add(Width.word.rawValue, fact.rawValue) }

    /// Refuses the frame unless what was loaded is this.
    mutating func require(_ value: UInt32) {
        add(Self.jumpIfEqual, value, yes: 1)
        refuse()
    }

    /// Accepts the frame if what was loaded is one of these.
    mutating func acceptAny(of values: [UInt32]) {
        for value in values {
            add(Self.jumpIfEqual, value, no: 1)
            accept()
        }
    }

    /// Accepts the frame if these words, in network order, stand at these offsets.
    mutating func accept(where words: [(offset: UInt32, value: UInt32)]) {
        precondition(words.count <= 100, "a jump reaches 255 steps")
        for (index, (offset, value)) in words.enumerated() {
            load(.word, at: offset)
            // Two steps a word, one to accept: past the rest of them.
            add(Self.jumpIfEqual, value, no: UInt8((words.count - 1 - index) * 2 + 1))
        }
        accept()
    }

    /// Goes through `other`, which always ends, if what was loaded is this, and on behind it if
    /// not.
    mutating func on(_ value: UInt32, _ other: PacketFilter) {
        add(Self.jumpIfEqual, value, yes: 1)
        add(Self.jumpAlways, UInt32(other.steps.count))
        steps += other.steps
    }

    mutating func accept() { add(Self.answer, limit) }

    mutating func refuse() { add(Self.answer, 0) }

    private mutating func add(_ code: UInt16, _ constant: UInt32, yes: UInt8 = 0, no: UInt8 = 0) {
        steps.append(Step(code: code, jumpIfTrue: yes, jumpIfFalse: no, constant: constant))
    }
}
