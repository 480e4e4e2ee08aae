import Primitives
import Testing
import VIPManager

/// The programs as the kernel gets them, instruction by instruction (linux/bpf.h): code, registers,
/// offset, constant. What they do is tested where there is a kernel.
@Suite struct FenceInstructionTests {
    private let address = IPAddress.v4(0x0A00_0064)

    private func program(_ direction: FenceProgram.Direction) -> [UInt64] {
        FenceProgram.instructions(direction, addresses: [address], map: 7).map(\.encoded)
    }

    @Test func `the ingress program for one IPv4 address`() {
        // swift-format-ignore
        let expected: [UInt64] = [
            0x0000_0000_0000_16BF,  // r6 = r1
            0x0000_0000_0014_1061,  // r0 = vlan_present
            0x0000_0000_001C_0056,  // if r0 != 0 goto pass
            0x0000_000C_0000_0028,  // r0 = the EtherType
            0x0000_0000_0000_09BF,  // r9 = r0
            0x0000_0806_0002_0016,  // if r0 == ARP goto arp
            0x0000_0800_0003_0016,  // if r0 == IPv4 goto v4
            0x0000_0000_0017_0005,  // goto pass
            0x0000_0026_0000_0020,  // arp: r0 = the target's address
            0x0000_0000_0001_0005,  // goto addresses
            0x0000_001E_0000_0020,  // v4: r0 = the destination
            0x0A00_0064_0001_0016,  // addresses: if r0 == 10.0.0.100 goto match
            0x0000_0000_0012_0005,  // goto pass
            0x0000_0005_0000_0085,  // match: r0 = now
            0x0000_0007_0000_2118,  // r1 = the value of map 7, in two slots
            0x0000_0000_0000_0000,
            0x0000_0000_0000_1279,  // r2 = the deadline
            0x0000_0000_0008_1379,  // r3 = the latch
            0x0000_0000_0010_1479,  // r4 = the decision
            0x0000_0000_0001_432D,  // if r3 > r4 goto closed
            0x0000_0000_000A_20AD,  // if r0 < r2 goto pass
            0x0000_0000_0000_07BF,  // closed: r7 = now
            0x0000_0000_0000_18BF,  // r8 = the value
            0x0000_0806_0002_0916,  // if r9 == ARP goto probe
            0x0000_0002_0000_00B7,  // r0 = drop
            0x0000_0000_0000_0095,
            0x0000_001C_0000_0020,  // probe: r0 = the sender's address
            0x0000_0000_0001_0056,  // if r0 != 0 goto drop
            0x0000_0000_0008_787B,  // the latch = now
            0x0000_0002_0000_00B7,  // drop: r0 = drop
            0x0000_0000_0000_0095,
            0xFFFF_FFFF_0000_00B7,  // pass: r0 = to the next filter
            0x0000_0000_0000_0095,
        ]
        #expect(program(.ingress) == expected)
    }

    @Test func `the egress program looks at the sender, and lets FIN and RST out`() {
        let words = program(.egress)
        #expect(words.contains(0x0000_001C_0000_0020), "the sender of an ARP frame, at 28")
        #expect(words.contains(0x0000_001A_0000_0020), "the source of an IPv4 packet, at 26")
        #expect(words.contains { $0 & 0xFFFF_FFFF_0000_00FF == 0x0000_0005_0000_0046 }, "0x05")
        #expect(!words.contains(0x0000_001E_0000_0020), "and not at the destination")
    }

    @Test func `every jump stays in the program, whatever the addresses`() {
        let many = (0..<64).map { IPAddress.v4($0) } + (0..<64).map { .v6(UInt128($0)) }
        for addresses in [[address], Array(many.prefix(64)), Array(many.suffix(64)), many] {
            for direction in FenceProgram.Direction.allCases {
                let words = FenceProgram.instructions(direction, addresses: addresses, map: 3)
                    .map(\.encoded)
                for (position, word) in words.enumerated() {
                    guard [0x05, 0x16, 0x56, 0x46, 0xAD, 0x2D].contains(word & 0xFF) else {
                        continue
                    }
                    let target = position + 1 + Int(word >> 16 & 0xFFFF)
                    #expect(target > position && target < words.count)
                }
            }
        }
    }
}
