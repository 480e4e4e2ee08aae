import BalancerCore
import Primitives
import Testing

/// What HAProxy 2.6.12 was seen to send.
@Suite struct ProxyProtocolTests {
    private static let signature: [UInt8] =
        Array("\r\n\r\n\0\r\nQUIT\n".utf8)
    private static let client = Endpoint(.v4(0x7F00_0007), 4007)
    private static let front = Endpoint(.v4(0x7F00_0001), 19303)
    private static let client6 = Endpoint(.v6(high: 0, low: 1), 5003)
    private static let front6 = Endpoint(.v6(high: 0, low: 1), 19303)

    @Test func `version 1 is a line`() {
        #expect(
            ProxyProtocol.version1.header(client: Self.client, local: Self.front)
                == Array("PROXY TCP4 127.0.0.7 127.0.0.1 4007 19303\r\n".utf8)
        )
        #expect(
            ProxyProtocol.version1.header(client: Self.client6, local: Self.front6)
                == Array("PROXY TCP6 ::1 ::1 5003 19303\r\n".utf8)
        )
    }

    @Test func `version 2 is binary`() {
        #expect(
            ProxyProtocol.version2.header(client: Self.client, local: Self.front)
                == Self.signature + [0x21, 0x11, 0, 12, 127, 0, 0, 7, 127, 0, 0, 1]
                + [0x0F, 0xA7, 0x4B, 0x67]
        )
        let one = [UInt8](repeating: 0, count: 15) + [1]
        #expect(
            ProxyProtocol.version2.header(client: Self.client6, local: Self.front6)
                == Self.signature + [0x21, 0x21, 0, 36] + one + one + [0x13, 0x8B, 0x4B, 0x67]
        )
    }

    @Test func `a check names itself, or nobody`() {
        #expect(
            ProxyProtocol.version1.checkHeader(from: Self.client, to: Self.front)
                == Array("PROXY TCP4 127.0.0.7 127.0.0.1 4007 19303\r\n".utf8)
        )
        #expect(
            ProxyProtocol.version2.checkHeader(from: Self.client, to: Self.front)
                == Self.signature + [0x20, 0, 0, 0]
        )
    }

    @Test func `ends of two families cannot be told`() {
        #expect(
            ProxyProtocol.version1.header(client: Self.client, local: Self.front6)
                == Array("PROXY UNKNOWN\r\n".utf8)
        )
        #expect(
            ProxyProtocol.version2.header(client: Self.client, local: Self.front6)
                == Self.signature + [0x20, 0, 0, 0]
        )
    }
}
