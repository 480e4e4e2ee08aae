import Primitives
import Testing

@Suite struct PrimitivesTests {
    @Test(arguments: [
        ("10.0.0.100", "10.0.0.100"), ("0.0.0.0", "0.0.0.0"),
        ("255.255.255.255", "255.255.255.255"),
        ("::", "::"), ("::1", "::1"), ("fd00::100", "fd00::100"), ("FD00:0:0:0:0:0:0:1", "fd00::1"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1::", "1::"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("::ffff:10.0.0.1", "::ffff:a00:1"),
    ])
    func `numeric addresses are read and printed in their canonical form`(
        text: String,
        canonical: String
    ) {
        #expect(IPAddress(text)?.description == canonical)
    }

    @Test(arguments: [
        "", "10.0.0", "10.0.0.0.1", "10.0.0.256", "010.0.0.1", "10.0.0.1 ", "a.b.c.d",
        "haproxy-node01",
        ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "1:2:3:4:5:6:7::8",
        "g::", "+1::",
    ])
    func `anything else is no address`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `addresses survive the way to bytes and back`() {
        for text in ["10.0.0.1", "fd00::1:2", "::"] {
            let address = IPAddress(text)
            #expect(address.flatMap { IPAddress(networkBytes: $0.networkBytes) } == address)
        }
        #expect(IPAddress.v4(0x0A00_0064).networkBytes == [10, 0, 0, 100])
        #expect(MACAddress(0x0242_0A00_000A).description == "02:42:0a:00:00:0a")
        #expect(MACAddress(bytes: [2, 0x42, 10, 0, 0, 10]) == MACAddress(0x0242_0A00_000A))
        #expect(MACAddress(bytes: [1, 2, 3]) == nil)
    }

    @Test func `an endpoint prints IPv6 in brackets`() {
        #expect(Endpoint(.v4(0x0A00_0001), 3306).description == "10.0.0.1:3306")
        #expect(Endpoint(.v6(1), 3306).description == "[::1]:3306")
    }

    @Test func `instants saturate at never`() {
        #expect(Instant.distantFuture + .seconds(1) == .distantFuture)
        #expect(Instant.zero + .milliseconds(5) - .zero == .milliseconds(5))
        #expect(Duration.seconds(Int64.max).nanoseconds == Int64.max / 2)
        #expect((Instant.zero + .seconds(2) - .milliseconds(500)).nanoseconds == 1_500_000_000)
    }

    @Test func `FNV-1a gives the published values`() {
        #expect(FNV1a.hash("") == 0xCBF2_9CE4_8422_2325)
        #expect(FNV1a.hash("a") == 0xAF63_DC4C_8601_EC8C)
        #expect(FNV1a.hash("foobar") == 0x8594_4171_F739_67E8)
    }

    @Test func `text is put together as bytes`() {
        var text = ByteText()
        text.append("<")
        text.append(0)
        text.append(-42)
        text.append(UInt64.max)
        text.append(7, width: 3)
        text.append(1234, width: 2)
        text.append(" ")
        text.append(IPAddress.v4(0x0A00_0064))
        text.append(" ")
        text.append(IPAddress.v6(1))
        #expect(
            String(decoding: text.bytes, as: UTF8.self)
                == "<0-42184467440737095516150071234 10.0.0.100 ::1"
        )
        text.removeAll()
        text.append(printable: Array("a\nb\u{7F}\u{1B}c\u{E9}".utf8))
        #expect(String(decoding: text.bytes, as: UTF8.self) == "a b  c\u{E9}")
        text.end(limit: 4)
        #expect(String(decoding: text.bytes, as: UTF8.self) == "a b\n")
        text.removeAll()
        text.end(limit: 4)
        #expect(text.bytes == [UInt8(ascii: "\n")])
    }
}
