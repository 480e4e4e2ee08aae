import BalancerCore
import Primitives
import Testing

@Suite struct AgentReportTests {
    private static let lines: [(String, CheckOutcome.Code, String)] = [
        ("up", .layer7OK, "via agent : up"), ("DOWN", .layer7WrongStatus, "via agent : DOWN"),
        ("down # too busy, really", .layer7WrongStatus, "via agent : down (too busy, really)"),
        ("stopped because of it", .layer7WrongStatus, "via agent : stopped (because)"),
        ("up garbage", .layer7OK, "via agent : up (garbage)"),
        ("75%", .checked, ""), ("", .checked, ""), (" ,\t", .checked, ""),
        ("maxconn:x", .checked, "agent warns : maxconn string empty or preceded by garbage"),
        ("maxconn:5x", .checked, "agent warns : Trailing garbage in maxconn string"),
        ("garbage up", .checked, "agent reports an error : garbage"),
        ("down 5x%", .layer7WrongStatus, "via agent : down"),
    ]

    @Test(arguments: lines)
    func `what a line comes to`(_ line: String, _ code: CheckOutcome.Code, _ info: String) {
        let outcome = AgentReport(line).outcome(.zero)
        #expect(outcome.code == code && outcome.info == info)
    }

    @Test func `of a kind the last word counts`() {
        let report = AgentReport("up,ready 10%\tdown maint,20% maxconn:3 drain maxconn:4")
        #expect(report.isUp == false && report.state == .drain)
        #expect(report.weightPercent == 20 && report.maxConnections == 4)
    }

    @Test func `a line comes in pieces, and what is behind it does not count`() {
        var exchange = AgentExchange()
        #expect(exchange.received(Array("do".utf8)) == .needsMore)
        #expect(exchange.received(Array("wn\r\nup\n".utf8)) == .reported(AgentReport("down")))
        var silent = AgentExchange()
        #expect(
            silent.closed() == .invalid(reason: "TCPCHK got an empty response at step 2")
        )
        var endless = AgentExchange()
        let flood = [UInt8](repeating: 97, count: BalancerLimits.textAnswerBytes + 1)
        #expect(
            endless.received(flood) == .invalid(reason: "Ignoring incomplete line from agent")
        )
    }
}
