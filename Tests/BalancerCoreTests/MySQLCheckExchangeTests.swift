import BalancerCore
import Primitives
import Testing

private typealias Verdict = CheckVerdict

private let anonymous = MySQLCheck()
private let withUser = MySQLCheck(user: "haproxy_check")
private let version = "5.5.5-10.11.6-MariaDB"

@Suite struct MySQLCheckExchangeTests {
    @Test func `without a user the greeting decides`() {
        #expect(judge(anonymous, MySQLFixtures.greeting) == .passed(info: version))
    }

    @Test func `with a user the greeting alone decides nothing`() {
        #expect(judge(withUser, MySQLFixtures.greeting) == .needsMore)
    }

    @Test(arguments: [MySQLFixtures.ok, MySQLFixtures.authSwitch])
    func `an answer to the login that is no error passes`(_ answer: [UInt8]) {
        #expect(judge(withUser, MySQLFixtures.greeting + answer) == .passed(info: version))
    }

    @Test func `a blocked host is refused with its number at the greeting`() {
        for check in [anonymous, withUser] {
            #expect(
                judge(check, MySQLFixtures.blocked)
                    == .refused(status: 1129, message: "Host '10.0.0.10' is blocked: ")
            )
        }
    }

    @Test func `errors after the login keep their SQL state`() {
        #expect(
            judge(withUser, MySQLFixtures.greeting + MySQLFixtures.denied)
                == .refused(status: 1045, message: "#28000Access denied 'u'")
        )
        #expect(
            judge(withUser, MySQLFixtures.greeting + MySQLFixtures.tooOld)
                == .refused(status: 1251, message: "#08004Client does")
        )
    }

    @Test(arguments: 1..<47)
    func `a greeting cut anywhere is invalid once the server closes`(_ length: Int) {
        var exchange = MySQLCheckExchange(anonymous)
        #expect(exchange.received(MySQLFixtures.greeting.prefix(length)) == .needsMore)
        #expect(
            exchange.closed()
                == .invalid(reason: "connection closed with only a part of the greeting")
        )
    }

    @Test func `a close without a word is invalid`() {
        var exchange = MySQLCheckExchange(withUser)
        #expect(exchange.closed() == .invalid(reason: "connection closed with no greeting"))
        exchange = MySQLCheckExchange(withUser)
        _ = exchange.received(MySQLFixtures.greeting)
        #expect(
            exchange.closed() == .invalid(reason: "connection closed with no answer to the login")
        )
    }

    @Test(arguments: [
        Array("SSH-2.0-OpenSSH_9.2\r\n".utf8),
        Array("HTTP/1.0 400 Bad Request\r\n\r\n".utf8),
        [0x00, 0x00, 0x00, 0x00],  // a packet of nothing
        [0x01, 0x00, 0x00, 0x00, 0x55],  // protocol version 85
        [0x03, 0x00, 0x00, 0x00, 0x0A, 0x38, 0x2E],  // a version without end
        [0x02, 0x00, 0x00, 0x00, 0xFF, 0x15],  // an error without a whole number
        [0x01, 0x00, 0x00, 0x00, 0xFF],
        [0xFF, 0xFF, 0xFF, 0x00, 0x0A],  // a packet of 16 MB
    ])
    func `what is no MySQL is invalid at once`(_ bytes: [UInt8]) {
        guard case .invalid = judge(anonymous, bytes) else {
            Issue.record("\(bytes) gave \(judge(anonymous, bytes))")
            return
        }
    }

    @Test(arguments: 0..<300)
    func `the pieces in which bytes arrive do not matter`(seed: Int) {
        var random = SplitMix(seed: seed)
        let answers = [
            MySQLFixtures.ok, MySQLFixtures.authSwitch, MySQLFixtures.denied, MySQLFixtures.tooOld,
        ]
        let bytes = MySQLFixtures.greeting + (answers.randomElement(using: &random) ?? [])
        var exchange = MySQLCheckExchange(withUser)
        var verdict = Verdict.needsMore
        var rest = bytes[...]
        while !rest.isEmpty {
            #expect(verdict == .needsMore, "seed \(seed)")
            let piece = Int.random(in: 1...rest.count, using: &random)
            verdict = exchange.received(rest.prefix(piece))
            rest = rest.dropFirst(piece)
        }
        #expect(verdict == judge(withUser, bytes), "seed \(seed)")
        #expect(verdict != .needsMore)
    }

    @Test(arguments: 0..<2000)
    func `random bytes never trap and a verdict stands`(seed: Int) {
        var random = SplitMix(seed: seed)
        var bytes = seed.isMultiple(of: 2) ? MySQLFixtures.greeting + MySQLFixtures.denied : []
        bytes += (0..<Int.random(in: 0...64, using: &random)).map { _ in
            UInt8.random(in: 0...255, using: &random)
        }
        for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
            bytes[Int.random(in: bytes.indices, using: &random)] = .random(
                in: 0...255,
                using: &random
            )
        }
        var exchange = MySQLCheckExchange(withUser)
        let verdict = exchange.received(bytes)
        let final = exchange.closed()
        #expect(final != .needsMore)
        #expect(verdict == .needsMore || verdict == final, "seed \(seed)")
        #expect(exchange.received(MySQLFixtures.greeting) == final)
    }

    @Test func `verdicts become the outcomes of HAProxy's names`() {
        let passed = CheckOutcome(.passed(info: "8.0.19"), duration: .milliseconds(3))
        #expect(passed?.code == .layer7OK && passed?.info == "8.0.19" && passed?.isPass == true)
        let refused = CheckOutcome(.refused(status: 1045, message: "no"), duration: .zero)
        #expect(refused?.code == .layer7WrongStatus && refused?.status == 1045)
        let invalid = CheckOutcome(.invalid(reason: "odd"), duration: .zero)
        #expect(invalid?.code == .layer7InvalidResponse && invalid?.info == "odd")
        #expect(CheckOutcome(.needsMore, duration: .zero) == nil)
    }

    @Test func `text of a server cannot break a log line`() {
        let outcome = CheckOutcome(.layer7WrongStatus, duration: .zero, info: "a\"b\n\u{1B}[0mé,")
        #expect(outcome.info == "a?b??[0m?,")
        let long = String(repeating: "x", count: 5000)
        let limited = CheckOutcome(.layer7OK, duration: .zero, info: long)
        #expect(limited.info.count == BalancerLimits.checkInfoCharacters)
    }
}

private func judge(_ check: MySQLCheck, _ bytes: [UInt8]) -> Verdict {
    var exchange = MySQLCheckExchange(check)
    return exchange.received(bytes)
}
