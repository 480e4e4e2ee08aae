import Primitives
import Testing
import VIPManager

@Suite struct ChallengeSegmentTests {
    // swift-format-ignore
    private static let v4: [UInt8] = [
        0x45, 0x00, 0x00, 0x28,  // version 4, 5 words of header, 40 bytes
        0x00, 0x00, 0x40, 0x00,  // do not fragment
        0x40, 0x06, 0x26, 0x3B,  // 64 hops, TCP, checksum
        0x0A, 0x00, 0x00, 0x64,  // from 10.0.0.100
        0x0A, 0x00, 0x00, 0x32,  // to 10.0.0.50
        0x0C, 0xEA, 0x9C, 0x40,  // ports 3306, 40000
        0x12, 0x34, 0x56, 0x78,  // sequence number
        0xED, 0xCB, 0xA9, 0x87,  // acknowledges something just as senseless
        0x50, 0x10, 0x00, 0x01,  // 5 words of header, ACK, window 1
        0xF2, 0x13, 0x00, 0x00,  // checksum, no urgent data
    ]

    @Test func `a challenge over IPv4 has these bytes`() {
        let packet = ChallengeSegment.packet(
            from: Endpoint(.v4(0x0A00_0064), 3306),
            to: Endpoint(.v4(0x0A00_0032), 40_000),
            sequence: 0x1234_5678
        )
        #expect(packet == Self.v4)
    }

    @Test func `over IPv6 a receiver's sum over pseudo header and segment is all ones`() {
        let source = IPAddress.v6(0xFD00 << 112 | 0x64)
        let packet = ChallengeSegment.packet(
            from: Endpoint(source, 3306),
            to: Endpoint(.v6(0xFD00 << 112 | 0x32), 40_000),
            sequence: 0xFFFF_FFFF
        )
        #expect(packet.count == 60)
        // Version 6, 20 bytes of TCP, 64 hops.
        #expect(packet.prefix(8) == [0x60, 0, 0, 0, 0, 20, 6, 64])
        #expect(Array(packet[8..<24]) == source.networkBytes)
        var sum = 20 + 6
        for index in stride(from: 8, to: 60, by: 2) {
            sum += Int(packet[index]) << 8 | Int(packet[index + 1])
        }
        while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
        #expect(sum == 0xFFFF)
    }
}

@Suite struct PacketFilterTests {
    // swift-format-ignore
    private static let steps: [[UInt32]] = [
        [0x20, 0, 0, 0xFFFF_F004],  // load whom the frame was for
        [0x15, 5, 0, 3],  // for another host: reject
        [0x20, 0, 0, 0],  // load the first word
        [0x15, 0, 3, 0x4841_4250],  // not "HABP": reject
        [0x20, 0, 0, 9],  // load the word at 9
        [0x15, 0, 1, 7],  // not 7: reject
        [0x06, 0, 0, 0xFFFF_FFFF],  // pass the whole frame
        [0x06, 0, 0, 0],  // reject
    ]

    @Test func `a filter compares word by word`() {
        let filter = PacketFilter(words: [(offset: 0, value: 0x4841_4250), (offset: 9, value: 7)])
        let steps = filter.steps.map {
            [UInt32($0.code), UInt32($0.jumpIfTrue), UInt32($0.jumpIfFalse), $0.constant]
        }
        #expect(steps == Self.steps)
    }
}
