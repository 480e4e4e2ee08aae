package import Primitives

/// The two programs at the virtual IP's interface that stop its traffic when the lease has run out.
///
/// What is not to or from a virtual address, and all that is in a VLAN on top of this interface,
/// passes untouched and unmeasured. What is passes while the monotonic clock of the kernel is below
/// the deadline in the map, and no probe has been dropped since the activation was decided. The
/// programs hold the addresses as constants: they change only with a restart.
///
/// A probe (`AddressProbe`) that a closed fence drops latches it: whoever asked was told by silence
/// that nobody holds, so no renewal that comes late may make that untrue. The latch is the time of
/// the drop, and counts until a later activation is decided.
package enum FenceProgram {
    package enum Direction: CaseIterable, Sendable { case ingress, egress }

    /// What a program answers (linux/pkt_cls.h). Passing leaves the packet to later filters.
    package static let pass: Int32 = -1
    package static let drop: Int32 = 2

    /// In a frame, from the first byte of its Ethernet header. All numbers are RFC 791, 793, 826,
    /// 4861, 8200.
    private enum At {
        static let etherType: Int32 = 12
        static let arpSender: Int32 = 28
        static let arpTarget: Int32 = 38
        static let v4HeaderLength: Int32 = 14
        static let v4Fragment: Int32 = 20
        static let v4Protocol: Int32 = 23
        static let v4Source: Int32 = 26
        static let v4Destination: Int32 = 30
        static let v6NextHeader: Int32 = 20
        static let v6Source: Int32 = 22
        static let v6Destination: Int32 = 38
        static let icmp6Type: Int32 = 54
        static let ndTarget: Int32 = 62
        /// In a TCP header, and in a frame with IPv6 right above it.
        static let tcpFlags: Int32 = 13
        static let v6TCPFlags: Int32 = 67
    }

    /// `struct __sk_buff.vlan_present`
    private static let vlanPresent: Int16 = 20
    /// In the map's value, behind the deadline: when a probe was dropped last, and when the
    /// activation was decided.
    private static let latch: Int16 = 8
    private static let decision: Int16 = 16
    private static let solicitation: UInt32 = 135
    private static let advertisement: UInt32 = 136
    private static let clockHelper: Int32 = 5  // BPF_FUNC_ktime_get_ns: CLOCK_MONOTONIC
    private static let finOrReset: UInt32 = 0x05

    private enum Label: Hashable {
        case arp, v4, v4Addresses, v6, v6Addresses, neighborTarget
        case match, matchWithoutException, closed, arpProbe, ndProbe, drop
        case tcp4, tcp6, noEnd, pass
        /// Behind the comparison with one address of a list.
        case next(list: Int32, Int)
    }

    /// - Parameter map: the descriptor of the map whose first value is the deadline.
    package static func instructions(
        _ direction: Direction,
        addresses: [IPAddress],
        map: Int32
    ) -> [BPFInstruction] {
        precondition(!addresses.isEmpty, "a fence for nothing")
        // The kernel refuses a program with instructions that nothing leads to.
        let hasV6 = addresses.contains { !$0.isV4 }
        var builder = BPFBuilder<Label>()
        builder.append(.move(.r6, .r1))  // loads from the packet want it in R6
        builder.append(.loadWord(.r0, from: .r1, vlanPresent))
        builder.jump(.notEqual(.r0, 0), to: .pass)
        builder.append(.loadPacket(.half, at: At.etherType))
        builder.append(.move(.r9, .r0))  // R9: the type, to the end
        builder.jump(.equal(.r0, 0x0806), to: .arp)
        builder.jump(.equal(.r0, 0x0800), to: .v4)
        if hasV6 { builder.jump(.equal(.r0, 0x86DD), to: .v6) }
        builder.jump(to: .pass)
        compareV4(addresses, direction, &builder)
        if hasV6 { compareV6(addresses, direction, &builder) }
        judge(direction, hasV6: hasV6, map: map, &builder)
        return builder.finish()
    }

    private static func compareV4(
        _ addresses: [IPAddress],
        _ direction: Direction,
        _ builder: inout BPFBuilder<Label>
    ) {
        let isIngress = direction == .ingress
        builder.mark(.arp)
        builder.append(.loadPacket(.word, at: isIngress ? At.arpTarget : At.arpSender))
        builder.jump(to: .v4Addresses)
        builder.mark(.v4)
        builder.append(.loadPacket(.word, at: isIngress ? At.v4Destination : At.v4Source))
        builder.mark(.v4Addresses)
        for case .v4(let value) in addresses { builder.jump(.equal(.r0, value), to: .match) }
        builder.jump(to: .pass)
    }

    private static func compareV6(
        _ addresses: [IPAddress],
        _ direction: Direction,
        _ builder: inout BPFBuilder<Label>
    ) {
        let isIngress = direction == .ingress
        builder.mark(.v6)
        builder.append(.loadPacket(.byte, at: At.v6NextHeader))
        builder.jump(.notEqual(.r0, 58), to: .v6Addresses)
        builder.append(.loadPacket(.byte, at: At.icmp6Type))
        builder.jump(.equal(.r0, advertisement), to: .neighborTarget)
        // A solicitation that leaves asks for the address, and claims nothing.
        if isIngress { builder.jump(.equal(.r0, solicitation), to: .neighborTarget) }
        builder.jump(to: .v6Addresses)
        builder.mark(.neighborTarget)
        compareWords(addresses, at: At.ndTarget, match: .matchWithoutException, &builder)
        builder.mark(.v6Addresses)
        let place = isIngress ? At.v6Destination : At.v6Source
        compareWords(addresses, at: place, match: .match, &builder)
        builder.jump(to: .pass)
    }

    /// Goes to `match` if one of the addresses is at this place, and on behind it if none is.
    private static func compareWords(
        _ addresses: [IPAddress],
        at place: Int32,
        match: Label,
        _ builder: inout BPFBuilder<Label>
    ) {
        let wanted = addresses.filter { !$0.isV4 }
        // Four words into R7, R8, the stack and R0; then all where a comparison can reach them.
        builder.append(.loadPacket(.word, at: place))
        builder.append(.move(.r7, .r0))
        builder.append(.loadPacket(.word, at: place + 4))
        builder.append(.move(.r8, .r0))
        builder.append(.loadPacket(.word, at: place + 8))
        builder.append(.storeWord(.r0, onStackAt: -4))
        builder.append(.loadPacket(.word, at: place + 12))
        builder.append(.loadWord(.r1, from: .r10, -4))
        for (number, address) in wanted.enumerated() {
            guard case .v6(let high, let low) = address else { continue }
            let next = Label.next(list: place, number)
            builder.jump(.notEqual(.r7, UInt32(high >> 32)), to: next)
            builder.jump(.notEqual(.r8, UInt32(truncatingIfNeeded: high)), to: next)
            builder.jump(.notEqual(.r1, UInt32(low >> 32)), to: next)
            builder.jump(.equal(.r0, UInt32(truncatingIfNeeded: low)), to: match)
            builder.mark(next)
        }
    }

    /// It is the virtual address's: the clock decides. What leaves late may still end connections,
    /// so that nobody waits for an answer that cannot come.
    private static func judge(
        _ direction: Direction,
        hasV6: Bool,
        map: Int32,
        _ builder: inout BPFBuilder<Label>
    ) {
        if hasV6 {
            builder.mark(.matchWithoutException)
            builder.append(.set(.r9, to: 0))
        }
        builder.mark(.match)
        builder.append(.call(clockHelper))
        builder.append(BPFInstruction.loadMapValue(.r1, map: map))
        builder.append(.loadDoubleWord(.r2, from: .r1, 0))
        builder.append(.loadDoubleWord(.r3, from: .r1, latch))
        builder.append(.loadDoubleWord(.r4, from: .r1, decision))
        builder.jump(.greater(.r3, .r4), to: .closed)
        builder.jump(.less(.r0, .r2), to: .pass)
        builder.mark(.closed)
        switch direction {
        case .egress:
            builder.jump(.equal(.r9, 0x0800), to: .tcp4)
            if hasV6 { builder.jump(.equal(.r9, 0x86DD), to: .tcp6) }
        case .ingress:
            builder.append(.move(.r7, .r0))  // R7: the time
            builder.append(.move(.r8, .r1))  // R8: the map's value
            builder.jump(.equal(.r9, 0x0806), to: .arpProbe)
            if hasV6 { builder.jump(.equal(.r9, 0), to: .ndProbe) }
        }
        builder.append([.set(.r0, to: drop), .exit])
        switch direction {
        case .egress: letEndsOut(hasV6: hasV6, &builder)
        case .ingress: latchOnProbe(hasV6: hasV6, &builder)
        }
        builder.mark(.pass)
        builder.append([.set(.r0, to: pass), .exit])
    }

    /// A question in nobody's name: its sender is unspecified.
    private static func latchOnProbe(hasV6: Bool, _ builder: inout BPFBuilder<Label>) {
        let store = BPFInstruction.storeDoubleWord(.r7, at: .r8, latch)
        builder.mark(.arpProbe)
        builder.append(.loadPacket(.word, at: At.arpSender))
        builder.jump(.notEqual(.r0, 0), to: .drop)
        builder.append(store)
        if hasV6 {
            builder.jump(to: .drop)
            builder.mark(.ndProbe)
            builder.append(.loadPacket(.byte, at: At.icmp6Type))
            builder.jump(.notEqual(.r0, solicitation), to: .drop)
            for word in Int32(0)..<4 {
                builder.append(.loadPacket(.word, at: At.v6Source + word * 4))
                builder.jump(.notEqual(.r0, 0), to: .drop)
            }
            builder.append(store)
        }
        builder.mark(.drop)
        builder.append([.set(.r0, to: drop), .exit])
    }

    private static func letEndsOut(hasV6: Bool, _ builder: inout BPFBuilder<Label>) {
        builder.mark(.tcp4)
        builder.append(.loadPacket(.byte, at: At.v4Protocol))
        builder.jump(.notEqual(.r0, 6), to: .noEnd)
        // A later fragment has no TCP header.
        builder.append(.loadPacket(.half, at: At.v4Fragment))
        builder.jump(.anySet(.r0, 0x1FFF), to: .noEnd)
        builder.append(.loadPacket(.byte, at: At.v4HeaderLength))
        builder.append([.and(.r0, 0x0F), .shiftLeft(.r0, by: 2), .move(.r1, .r0)])
        builder.append(.loadPacketByte(at: At.v4HeaderLength + At.tcpFlags, plus: .r1))
        builder.jump(.anySet(.r0, finOrReset), to: .pass)
        if hasV6 {
            builder.jump(to: .noEnd)
            builder.mark(.tcp6)
            builder.append(.loadPacket(.byte, at: At.v6NextHeader))
            builder.jump(.notEqual(.r0, 6), to: .noEnd)
            builder.append(.loadPacket(.byte, at: At.v6TCPFlags))
            builder.jump(.anySet(.r0, finOrReset), to: .pass)
        }
        builder.mark(.noEnd)
        builder.append([.set(.r0, to: drop), .exit])
    }
}
