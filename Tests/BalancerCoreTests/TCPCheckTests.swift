import BalancerCore
import Testing

@Suite struct TCPCheckTests {
    private static func exchange(_ actions: TCPCheck.Step.Action...) -> TCPCheckExchange {
        TCPCheckExchange(
            TCPCheck(actions.enumerated().map { TCPCheck.Step($0.element, number: $0.offset + 1) })
        )
    }

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func expects(_ text: String, not: Bool = false) -> TCPCheck.Step.Action {
        .expect(bytes(text), isNegated: not)
    }

    @Test func `what is only sent is a pass once it was sent`() {
        var exchange = Self.exchange(.send(Self.bytes("a")), .send(Self.bytes("b")))
        #expect(exchange.begin() == .passed(info: "(tcp-check)"))
        #expect(exchange.takeOutput() == Self.bytes("ab"))
        #expect(exchange.takeOutput() == [])
    }

    @Test func `a text is awaited, in whatever pieces it comes`() {
        var exchange = Self.exchange(Self.expects("is running"))
        #expect(exchange.begin() == .needsMore)
        #expect(exchange.received(Self.bytes("Node is run")) == .needsMore)
        #expect(exchange.received(Self.bytes("ning.\r\n")) == .passed(info: "(tcp-check)"))
    }

    @Test func `questions follow their answers`() {
        var exchange = Self.exchange(
            .send(Self.bytes("PING\r\n")),
            Self.expects("+PONG"),
            .send(Self.bytes("QUIT\r\n")),
            Self.expects("+OK")
        )
        #expect(exchange.begin() == .needsMore)
        #expect(exchange.takeOutput() == Self.bytes("PING\r\n"))
        #expect(exchange.received(Self.bytes("+PONG\r\n+OK")) == .needsMore)
        #expect(exchange.takeOutput() == Self.bytes("QUIT\r\n"))
        // What came before the question is no answer to it.
        #expect(exchange.closed() == .invalid(reason: "TCPCHK got an empty response at step 4"))
    }

    @Test func `texts of one answer may be in any order`() {
        var exchange = Self.exchange(Self.expects("running"), Self.expects("Node"))
        _ = exchange.begin()
        #expect(exchange.received(Self.bytes("Node running")) == .passed(info: "(tcp-check)"))
    }

    @Test func `a close without the text decides, and names step and comment`() {
        let check = TCPCheck([
            TCPCheck.Step(Self.expects("zzz"), number: 2, comment: "why")
        ])
        var exchange = TCPCheckExchange(check)
        _ = exchange.begin()
        #expect(exchange.received(Self.bytes("hello")) == .needsMore)
        let verdict = CheckVerdict.invalid(
            reason: "TCPCHK did not match content 'zzz' at step 2 comment: why"
        )
        #expect(exchange.closed() == verdict)
        #expect(exchange.received(Self.bytes("zzz")) == verdict)
        exchange = TCPCheckExchange(check)
        _ = exchange.begin()
        #expect(
            exchange.closed()
                == .invalid(reason: "TCPCHK got an empty response at step 2 comment: why")
        )
    }

    @Test func `what must not be there may come until the end`() {
        var exchange = Self.exchange(Self.expects("down", not: true))
        _ = exchange.begin()
        #expect(exchange.received(Self.bytes("fine")) == .needsMore)
        #expect(exchange.closed() == .passed(info: "(tcp-check)"))
        exchange = Self.exchange(Self.expects("down", not: true))
        _ = exchange.begin()
        #expect(
            exchange.received(Self.bytes("is down"))
                == .invalid(reason: "TCPCHK matched unwanted content 'down' at step 1")
        )
        exchange = Self.exchange(Self.expects("down", not: true))
        _ = exchange.begin()
        #expect(exchange.closed() == .invalid(reason: "TCPCHK got an empty response at step 1"))
    }

    @Test func `an endless talker is judged by the first 16 KiB`() {
        var exchange = Self.exchange(Self.expects("zzz"))
        _ = exchange.begin()
        #expect(
            exchange.received([UInt8](repeating: 0x61, count: 200_000))
                == .invalid(reason: "TCPCHK did not match content 'zzz' at step 1")
        )
    }
}
