import BalancerCore
import Heartbeat
import Primitives
import SessionLedger
import Testing

/// A stand-in for the keyed hash: the real one is tested where it lives.
struct SumAuthenticator: FrameAuthenticator {
    func tag(for bytes: [UInt8]) -> [UInt8] {
        let sum = bytes.enumerated().reduce(UInt8(0)) {
            $0 &+ $1.element &* UInt8(truncatingIfNeeded: $1.offset | 1)
        }
        return [UInt8](repeating: sum ^ 7, count: 32)
    }

    func isValid(_ tag: ArraySlice<UInt8>, for bytes: ArraySlice<UInt8>) -> Bool {
        Array(tag) == self.tag(for: Array(bytes))
    }
}

@Suite struct LedgerCodecTests {
    private let authenticator = SumAuthenticator()

    private static func frame(_ message: LedgerMessage) -> LedgerFrame {
        LedgerFrame(
            pairID: 0x0102_0304_0506_0708,
            nodeID: 0x1112_1314_1516_1718,
            bootID: 0x2122_2324_2526_2728,
            sequence: 0x31,
            message: message
        )
    }

    private static let pages = [
        LedgerPage(
            id: 0x0010_0002,
            version: 9,
            tuples: [
                SessionTuple(
                    client: .init(
                        local: Endpoint(.v4(0x0A00_0064), 3306),
                        remote: Endpoint(.v4(0x0A00_0032), 40_000)
                    ),
                    server: .init(
                        local: Endpoint(.v6(0xFD00 << 112 | 0x64), 50_000),
                        remote: Endpoint(.v6(0xFD00 << 112 | 1), 3306)
                    )
                ),
                SessionTuple(
                    client: .init(
                        local: Endpoint(.v4(0x0A00_0064), 3306),
                        remote: Endpoint(.v4(0x0A00_0033), 40_001)
                    ),
                    server: nil
                ),
            ]
        ),
        LedgerPage(id: 3, version: 1, tuples: []),
    ]

    // swift-format-ignore
    private static let content: [UInt8] = [
        0x48, 0x41, 0x42, 0x50,  // magic "HABP"
        0x01, 0x02,  // version 1.2
        0x03,  // kind: ledger
        0x00, 0x7C,  // content length 124
        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,  // pair
        0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18,  // node
        0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28,  // boot
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x31,  // sequence
        0x01,  // pages
        0x00, 0x50,  // body length 80
        0x00, 0x10, 0x00, 0x02, 0x00, 0x00, 0x00, 0x09, 0x02,  // page, version 9, two sessions
        0x06,  // client by IPv4, server by IPv6
        0x0A, 0x00, 0x00, 0x64, 0x0C, 0xEA,  // 10.0.0.100:3306
        0x0A, 0x00, 0x00, 0x32, 0x9C, 0x40,  // 10.0.0.50:40000
        0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x64, 0xC3, 0x50,  // [fd00::64]:50000
        0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x0C, 0xEA,  // [fd00::1]:3306
        0x00,  // client by IPv4, no server yet
        0x0A, 0x00, 0x00, 0x64, 0x0C, 0xEA,  // 10.0.0.100:3306
        0x0A, 0x00, 0x00, 0x33, 0x9C, 0x41,  // 10.0.0.51:40001
        0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x01, 0x00,  // page 3, version 1, empty
    ]

    @Test func `pages have these bytes`() {
        let bytes = LedgerCodec.encode(Self.frame(.pages(Self.pages)), by: authenticator)
        #expect(Array(bytes.dropLast(32)) == Self.content)
        #expect(FrameEnvelope.claimedKind(of: bytes) == LedgerCodec.kind)
    }

    private static let messages: [LedgerMessage] = [
        .pages(pages), .pages([]), .digest(LedgerDigest()), .request(0x8000_0000_0000_0001),
        .sticks(epoch: 7, StickCodecTests.excerpt),
        .sticks(epoch: 0, StickExcerpt(backend: "b", key: .source, pageCount: 0, pages: [])),
    ]

    @Test(arguments: messages)
    func `the bytes become the same message again`(message: LedgerMessage) {
        let frame = Self.frame(message)
        let bytes = LedgerCodec.encode(frame, by: authenticator)
        #expect(LedgerCodec.decode(bytes, by: authenticator) == .success(frame))
        // For the heart it is nothing.
        let beat = FrameCodec.decode(bytes[...], by: authenticator)
        #expect(throws: FrameDecodingError.self) { try beat.get() }
    }

    @Test func `a later minor version may append fields`() {
        var content = Self.content
        content[5] = 7
        content[8] += 2
        content += [1, 2]
        let bytes = content + authenticator.tag(for: content)
        let frame = Self.frame(.pages(Self.pages))
        #expect(LedgerCodec.decode(bytes, by: authenticator) == .success(frame))
    }

    @Test func `every truncation and every changed byte is a named drop`() {
        let bytes = LedgerCodec.encode(Self.frame(.pages(Self.pages)), by: authenticator)
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 0x40
            for wrong in [Array(bytes.prefix(index)), changed] {
                let result = LedgerCodec.decode(wrong, by: authenticator)
                #expect(throws: FrameDecodingError.self, "\(index)") { try result.get() }
            }
        }
    }

    @Test func `whatever is signed, nothing traps`() {
        var generator = SystemRandomNumberGenerator()
        var kinds: Set<FrameDropReason> = []
        for _ in 0..<20_000 {
            var content = Self.content
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 9..<content.count, using: &generator)
                content[index] = .random(in: 0...255, using: &generator)
            }
            let bytes = content + authenticator.tag(for: content)
            if case .failure(let error) = LedgerCodec.decode(bytes, by: authenticator) {
                kinds.insert(error.reason)
            }
        }
        #expect(kinds == [.malformed, .unknownKind])
    }

    @Test func `a full page of the longest sessions fits into a datagram`() {
        let end = Endpoint(.v6(1), 1)
        let connection = SessionTuple.Connection(local: end, remote: end)
        let tuple = SessionTuple(client: connection, server: connection)
        let page = LedgerPage(
            id: 1,
            version: 1,
            tuples: Array(repeating: tuple, count: LedgerPage.slots)
        )
        let bytes = LedgerCodec.encode(Self.frame(.pages([page])), by: authenticator)
        #expect(bytes.count <= LedgerLimits.datagram)
    }
}
