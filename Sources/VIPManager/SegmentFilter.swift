internal import Primitives

/// The packet filter at the packet socket that lets in only what `SegmentWatch` has a meaning
/// for, so that neither the traffic of the interface nor a flood of strangers' ARP reaches the
/// heart.
enum SegmentFilter {
    private static let empty = PacketFilter(limit: 128)

    /// - Parameters:
    ///   - virtual: the virtual addresses of the interface.
    ///   - others: whose answers are wanted too.
    static func program(virtual: [IPAddress], others: [IPAddress]) -> PacketFilter {
        var program = empty
        program.load(.vlanTagPresent)
        program.require(0)
        program.load(.half, at: 12)
        program.on(0x0806, arp(v4(virtual), v4(others)))
        let six = (virtual + others).filter { !$0.isV4 }
        if !six.isEmpty { program.on(0x86DD, neighborDiscovery(virtual, six)) }
        program.refuse()
        return program
    }

    private static func v4(_ addresses: [IPAddress]) -> [UInt32] {
        addresses.compactMap { if case .v4(let value) = $0 { value } else { nil } }
    }

    private static func arp(_ virtual: [UInt32], _ others: [UInt32]) -> PacketFilter {
        var question = empty
        question.load(.half, at: 20)
        question.require(1)
        question.load(.word, at: 38)  // target
        question.acceptAny(of: virtual)
        question.refuse()
        var program = empty
        program.load(.word, at: 28)  // sender
        program.on(0, question)
        program.acceptAny(of: virtual)
        program.load(.half, at: 20)
        program.require(2)
        program.load(.word, at: 28)
        program.acceptAny(of: others)
        program.refuse()
        return program
    }

    private static func neighborDiscovery(
        _ virtual: [IPAddress],
        _ all: [IPAddress]
    ) -> PacketFilter {
        var question = empty
        for place in stride(from: UInt32(22), to: 38, by: 4) {
            question.load(.word, at: place)
            question.require(0)
        }
        for address in virtual where !address.isV4 { matchTarget(address, &question) }
        question.refuse()
        var answer = empty
        for address in all { matchTarget(address, &answer) }
        answer.refuse()
        var program = empty
        program.load(.byte, at: 20)
        program.require(58)
        program.load(.byte, at: 54)
        program.on(135, question)
        program.on(136, answer)
        program.refuse()
        return program
    }

    private static func matchTarget(_ address: IPAddress, _ program: inout PacketFilter) {
        guard case .v6(let high, let low) = address else { return }
        let words = [high, low].flatMap { [UInt32($0 >> 32), UInt32(truncatingIfNeeded: $0)] }
        program.accept(where: words.enumerated().map { (62 + UInt32($0) * 4, $1) })
    }
}

extension SegmentWatch {
    /// For the packet socket of this interface.
    package func filter(on interface: String) -> PacketFilter {
        SegmentFilter.program(
            virtual: virtualAddresses(on: interface),
            others: (interface == firstInterface ? peers : []) + witnesses(on: interface)
        )
    }
}
