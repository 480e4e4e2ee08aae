internal import Primitives

/// The classic BPF program at the packet socket that lets in only what `SegmentWatch` has a meaning
/// for, so that neither the traffic of the interface nor a flood of strangers' ARP reaches the
/// heart.
///
/// Each instruction is a `struct sock_filter` (linux/filter.h) as one number in host byte order.
enum SegmentFilter {
    private static let loadWord: UInt16 = 0x20
    private static let loadHalf: UInt16 = 0x28
    private static let loadByte: UInt16 = 0x30
    private static let jumpAlways: UInt16 = 0x05
    private static let jumpEqual: UInt16 = 0x15
    private static let answer: UInt16 = 0x06
    /// SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT: what belongs to a VLAN on top of this interface.
    private static let vlanTagPresent = UInt32(bitPattern: -0x1000 + 48)
    private static let accept: UInt32 = 128

    private struct Program {
        var code: [UInt64] = []

        mutating func add(_ code: UInt16, _ value: UInt32, yes: UInt8 = 0, no: UInt8 = 0) {
            self.code.append(
                UInt64(code) | UInt64(yes) << 16 | UInt64(no) << 24 | UInt64(value) << 32
            )
        }

        /// The frame is not wanted unless what was loaded is this.
        mutating func require(_ value: UInt32) {
            add(jumpEqual, value, yes: 1)
            add(answer, 0)
        }

        /// The frame is wanted if what was loaded is one of these.
        mutating func acceptAny(of values: [UInt32]) {
            for value in values {
                add(jumpEqual, value, no: 1)
                add(answer, accept)
            }
        }

        /// Runs `other` if what was loaded is this, else goes on behind it. It always ends.
        mutating func on(_ value: UInt32, _ other: Program) {
            add(jumpEqual, value, yes: 1)
            add(jumpAlways, UInt32(other.code.count))
            code += other.code
        }

        mutating func refuse() { add(answer, 0) }
    }

    /// - Parameters:
    ///   - virtual: the virtual addresses of the interface.
    ///   - others: whose answers are wanted too.
    static func program(virtual: [IPAddress], others: [IPAddress]) -> [UInt64] {
        var program = Program()
        program.add(loadByte, vlanTagPresent)
        program.require(0)
        program.add(loadHalf, 12)
        program.on(0x0806, arp(v4(virtual), v4(others)))
        let six = (virtual + others).filter { !$0.isV4 }
        if !six.isEmpty { program.on(0x86DD, neighborDiscovery(virtual, six)) }
        program.refuse()
        return program.code
    }

    private static func v4(_ addresses: [IPAddress]) -> [UInt32] {
        addresses.compactMap { if case .v4(let value) = $0 { value } else { nil } }
    }

    private static func arp(_ virtual: [UInt32], _ others: [UInt32]) -> Program {
        var question = Program()
        question.add(loadHalf, 20)
        question.require(1)
        question.add(loadWord, 38)  // target
        question.acceptAny(of: virtual)
        question.refuse()
        var program = Program()
        program.add(loadWord, 28)  // sender
        program.on(0, question)
        program.acceptAny(of: virtual)
        program.add(loadHalf, 20)
        program.require(2)
        program.add(loadWord, 28)
        program.acceptAny(of: others)
        program.refuse()
        return program
    }

    private static func neighborDiscovery(
        _ virtual: [IPAddress],
        _ all: [IPAddress]
    ) -> Program {
        var question = Program()
        for place in stride(from: UInt32(22), to: 38, by: 4) {
            question.add(loadWord, place)
            question.require(0)
        }
        for address in virtual where !address.isV4 { matchTarget(address, &question) }
        question.refuse()
        var answer = Program()
        for address in all { matchTarget(address, &answer) }
        answer.refuse()
        var program = Program()
        program.add(loadByte, 20)
        program.require(58)
        program.add(loadByte, 54)
        program.on(135, question)
        program.on(136, answer)
        program.refuse()
        return program
    }

    private static func matchTarget(_ address: IPAddress, _ program: inout Program) {
        let bytes = address.networkBytes
        for word in 0..<4 {
            let value = bytes[word * 4..<word * 4 + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            program.add(loadWord, UInt32(62 + word * 4))
            // Two instructions a word, one to accept: past the rest of them.
            program.add(jumpEqual, value, no: UInt8((3 - word) * 2 + 1))
        }
        program.add(answer, accept)
    }
}

extension SegmentWatch {
    /// For the packet socket of this interface.
    package func filter(on interface: String) -> [UInt64] {
        SegmentFilter.program(
            virtual: virtualAddresses(on: interface),
            others: (interface == firstInterface ? peers : []) + witnesses(on: interface)
        )
    }
}
