import BalancerCore
import Primitives
import Testing

@Suite struct ProxyHeaderTests {
    private static let signature = Array("\r\n\r\n\0\r\nQUIT\n".utf8)
    private static let ends: [UInt8] = [9, 9, 9, 9, 8, 8, 8, 8, 0x04, 0xD2, 0x0C, 0xEA]

    private static func version2(
        _ command: UInt8,
        _ family: UInt8,
        _ body: [UInt8]
    ) -> [UInt8] {
        signature + [0x20 | command, family, UInt8(body.count >> 8), UInt8(body.count & 255)] + body
    }

    private static func named(
        _ client: String,
        _ clientPort: UInt16,
        _ local: String,
        _ port: UInt16
    ) -> ProxyHeader.Ends {
        ProxyHeader.Ends(
            client: Endpoint(IPAddress(client) ?? .anyV4, clientPort),
            local: Endpoint(IPAddress(local) ?? .anyV4, port)
        )
    }

    private static let good: [(header: [UInt8], ends: ProxyHeader.Ends?)] = [
        (
            Array("PROXY TCP4 1.2.3.4 5.6.7.8 1111 3306\r\n".utf8),
            named("1.2.3.4", 1111, "5.6.7.8", 3306)
        ),
        (Array("PROXY TCP6 ::1 fe80::2 65535 0\r\n".utf8), named("::1", 65535, "fe80::2", 0)),
        (
            Array("PROXY TCP6 ::ffff:1.2.3.4 ::ffff:5.6.7.8 1 2\r\n".utf8),
            named("1.2.3.4", 1, "5.6.7.8", 2)
        ),
        (Array("PROXY UNKNOWN\r\n".utf8), nil),
        (Array("PROXY UNKNOWN ffff::1 nobody knows 2\r\n".utf8), nil),
        (version2(1, 0x11, ends), named("9.9.9.9", 1234, "8.8.8.8", 3306)),
        (
            version2(
                1,
                0x21,
                [UInt8](repeating: 0, count: 15) + [1] + [UInt8](repeating: 0, count: 15)
                    + [2, 0, 3, 0, 4]
            ),
            named("::1", 3, "::2", 4)
        ),
        (version2(0, 0, []), nil), (version2(0, 0x11, ends), nil), (version2(1, 0, [1, 2]), nil),
        (
            version2(1, 0x11, ends + [2, 0, 3] + Array("abc".utf8)),
            named("9.9.9.9", 1234, "8.8.8.8", 3306)
        ),
    ]

    @Test(arguments: good.indices)
    func `who the client is`(_ index: Int) throws {
        let (header, ends) = Self.good[index]
        let read = try ProxyHeader.read(header + Array("PROXY data".utf8))
        #expect(read?.length == header.count && read?.ends == ends)
    }

    @Test(arguments: good.indices)
    func `however few of its bytes have come, more are waited for`(_ index: Int) throws {
        let header = Self.good[index].header
        for count in 0..<header.count {
            #expect(try ProxyHeader.read(Array(header.prefix(count))) == nil, "\(count)")
        }
    }

    private static let bad: [(bytes: [UInt8], fault: ProxyHeaderFault)] = [
        (Array("GET / HTTP/1.0\r\n".utf8), .notAHeader), (Array("PROXY_".utf8), .notAHeader),
        (Array("PROXX".utf8), .notAHeader), (Array("\r\n\r\n\0\r\nQUIx".utf8), .notAHeader),
        (signature + [0x31, 0x11, 0, 12] + ends, .notAHeader),
        (Array("PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n".utf8), .unhandledProtocol),
        (Array("PROXY \r\n".utf8), .unhandledProtocol),
        (Array("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n".utf8), .invalid),
        (Array("PROXY TCP4  1.2.3.4 5.6.7.8 1 2\r\n".utf8), .invalid),
        (Array("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 \r\n".utf8), .invalid),
        (Array("PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n".utf8), .invalid),
        (Array("PROXY TCP4 1.2.3.444 5.6.7.8 1 2\r\n".utf8), .invalid),
        (Array("PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n".utf8), .invalid),
        (Array("PROXY TCP4 1.2.3.4 5.6.7.8 +1 2\r\n".utf8), .invalid),
        (Array("PROXY TCP4 ::1 ::2 1 2\r\n".utf8), .invalid),
        (Array("PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n".utf8), .invalid),
        (Array("PROXY ".utf8) + [UInt8](repeating: 0x20, count: 101), .invalid),
        (Array("PROXY TCP4 1.2.3.4\0 5.6.7.8 1 2\r\n".utf8), .invalid),
        (version2(2, 0x11, ends), .invalid), (version2(1, 0x12, ends), .invalid),
        (version2(1, 0x31, [UInt8](repeating: 0, count: 216)), .invalid),
        (version2(1, 0x11, [1, 2, 3]), .invalid), (version2(1, 0x21, ends), .invalid),
        // What follows the addresses lies about its length.
        (version2(1, 0x11, ends + [2, 0, 48, 1]), .invalid),
        (version2(1, 0x11, ends + [2]), .invalid),
        (version2(1, 0x11, ends + [3, 0, 4, 1, 2, 3, 4]), .invalid),
        (version2(1, 0x11, ends + [3, 0, 3, 1, 2, 3]), .invalid),
        (signature + [0x21, 0x11, 0xFF, 0xFF], .truncated),
    ]

    @Test(arguments: bad.indices)
    func `what is no header is refused for what is wrong`(_ index: Int) throws {
        let (bytes, fault) = Self.bad[index]
        #expect(throws: fault) { try ProxyHeader.read(bytes) }
    }

    @Test func `a checksum that is right is believed`() throws {
        // CRC32C("123456789"), RFC 3720's own example of its kind.
        #expect(CRC32C.of(Array("123456789".utf8)) == 0xE306_9283)
        let blank = Self.version2(1, 0x11, Self.ends + [3, 0, 4, 0, 0, 0, 0])
        let sum = CRC32C.of(blank)
        let told = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> UInt32($0)) }
        #expect(try ProxyHeader.read(blank.dropLast(4) + told)?.length == blank.count)
    }

    @Test func `what this program sends it understands`() throws {
        let client = Endpoint(try #require(IPAddress("10.1.2.3")), 40_000)
        let local = Endpoint(try #require(IPAddress("10.0.0.100")), 3306)
        for version in [ProxyProtocol.version1, .version2] {
            let header = version.header(client: client, local: local)
            let read = try #require(try ProxyHeader.read(header))
            #expect(read.ends == ProxyHeader.Ends(client: client, local: local))
            #expect(read.length == header.count)
        }
    }

    @Test func `no bytes bring it down, and none are taken that are not there`() {
        var random = SplitMix(seed: 7)
        for round in 0..<20_000 {
            var bytes = Self.good[round % Self.good.count].header
            // Some bytes of a good one are changed, some cut off, some added.
            for _ in 0..<Int(random.next() % 4) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(random.next() & 255)
            }
            bytes = Array(bytes.prefix(Int(random.next() % UInt64(bytes.count + 8)) + 1))
            for _ in 0..<Int(random.next() % 20) { bytes.append(UInt8(random.next() & 255)) }
            if let header = try? ProxyHeader.read(bytes) {
                #expect(header.length <= bytes.count)
            }
        }
    }
}
