import BalancerCore
import Heartbeat
import Primitives
import SessionLedger
import Testing

@Suite struct StickCodecTests {
    static let excerpt = StickExcerpt(
        backend: "db",
        key: .destination,
        pageCount: 0x0102,
        pages: [
            StickPage(
                id: 0x0101,
                entries: [
                    .init(
                        place: 0,
                        key: .v4(0x0A00_0064),
                        server: "s2",
                        age: .milliseconds(0x0506)
                    ),
                    .init(
                        place: 7,
                        key: .v6(high: 0xFD00 << 48, low: 0x64),
                        server: "s1",
                        age: .milliseconds(Int64(UInt32.max))
                    ),
                ]
            ),
            StickPage(id: 3, entries: []),
        ]
    )

    // swift-format-ignore
    private static let body: [UInt8] = [
        0x04,  // a stick table
        0x00, 0x41,  // body length 65
        0x02, 0x64, 0x62,  // backend "db"
        0x01,  // by destination
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x07,  // epoch
        0x00, 0x00, 0x01, 0x02,  // pages of the table
        0x02, 0x02, 0x73, 0x32, 0x02, 0x73, 0x31,  // two servers, "s2" and "s1"
        0x00, 0x00, 0x01, 0x01, 0x02,  // page 257, two entries
        0x00, 0x00, 0x00, 0x00, 0x05, 0x06,  // place 0, first server, 1286 ms
        0x0A, 0x00, 0x00, 0x64,  // 10.0.0.100
        0x87, 0x01, 0xFF, 0xFF, 0xFF, 0xFF,  // place 7, IPv6, second server, 49 days
        0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x64,  // fd00::64
        0x00, 0x00, 0x00, 0x03, 0x00,  // page 3, empty
    ]

    private static func frame(_ excerpt: StickExcerpt) -> LedgerFrame {
        LedgerFrame(
            pairID: 1,
            nodeID: 2,
            bootID: 3,
            sequence: 4,
            message: .sticks(epoch: 7, excerpt)
        )
    }

    private static func datagram(_ body: [UInt8]) -> [UInt8] {
        var writer = ByteWriter(capacity: 256)
        FrameCodec.putHeader(
            kind: LedgerCodec.kind,
            contentLength: FrameCodec.headerLength + 32 + body.count,
            &writer
        )
        for number in [1, 2, 3, 4] as [UInt64] { writer.put(number) }
        writer.put(bytes: body)
        return writer.bytes + SumAuthenticator().tag(for: writer.bytes)
    }

    private static func decode(_ body: [UInt8]) -> Result<LedgerFrame, FrameDecodingError> {
        LedgerCodec.decode(datagram(body), by: SumAuthenticator())
    }

    @Test func `a stick table has these bytes`() {
        let bytes = LedgerCodec.encode(Self.frame(Self.excerpt), by: SumAuthenticator())
        #expect(bytes == Self.datagram(Self.body))
        #expect(Self.decode(Self.body) == .success(Self.frame(Self.excerpt)))
    }

    /// What must be refused, by the byte that is changed.
    @Test(arguments: [
        (3, 0x00, "a name without letters"), (3, 0x79, "a name that is too long"),
        (4, 0xFF, "a name that is no text"), (6, 0x02, "another kind of key"),
        (15, 0xFF, "more pages than any table has"), (19, 0x01, "one name too few"),
        (28, 0x02, "a page beyond the table"), (30, 0x09, "too many entries"),
        (31, 0x08, "no such place"), (31, 0x07, "places that do not rise"),
        (32, 0x02, "no such server"), (41, 0x07, "an address that is cut off"),
    ])
    func `a body that says nonsense is malformed`(at: Int, to: UInt8, what: String) {
        var body = Self.body
        body[at] = to
        #expect(Self.decode(body) == .failure(FrameDecodingError(.malformed)), "\(what)")
    }

    @Test func `however it is cut off, it is malformed or ends with a page`() {
        for count in 3..<Self.body.count {
            var body = Array(Self.body.prefix(count))
            body[2] = UInt8(count - 3)
            switch Self.decode(body) {
            case .success: #expect([26, 63].contains(count), "\(count)")
            case .failure(let error): #expect(error.reason == .malformed)
            }
        }
    }

    @Test func `whatever is signed, nothing traps, and what is taken stays in its bounds`() {
        var generator = SplitMix64(state: 9)
        let definition = BackendDefinition(
            name: "db",
            servers: ["s1", "s2"].map { ServerDefinition(name: $0, endpoint: Endpoint(.v4(1), 1)) },
            stick: StickDefinition(key: .destination, size: 50)
        )
        var pool = ServerPool(definition, now: .zero)
        var taken = 0
        for round in 0..<20_000 as Range<UInt64> {
            var body = Self.body
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let index = Int.random(in: 3..<body.count, using: &generator)
                body[index] = .random(in: 0...255, using: &generator)
            }
            switch Self.decode(body) {
            case .success(let frame):
                guard case .sticks(let epoch, let excerpt) = frame.message else { continue }
                taken += 1
                let source = StickSource(boot: round / 100, epoch: epoch)
                _ = pool.adopt(excerpt, from: source, now: .zero + .milliseconds(Int64(round)))
                #expect(pool.stickListing(now: .zero).count <= 50)
            case .failure(let error): #expect(error.reason == .malformed)
            }
        }
        #expect(taken > 1000)
    }
}
