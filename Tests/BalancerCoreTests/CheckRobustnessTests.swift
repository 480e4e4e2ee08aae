import BalancerCore
import Testing

/// Checks read what strangers write. Whatever comes, and in whatever pieces: nothing traps, the
/// verdict does not depend on the pieces, stands once it was given, and is one at the end.
@Suite struct CheckRobustnessTests {
    private static let kinds: [CheckKind] = [
        .mysql(MySQLCheck()), .mysql(MySQLCheck(user: "u")), .http(HTTPCheck()),
        .http(
            HTTPCheck(
                method: "GET",
                expectations: [.standard, HTTPCheck.Expectation(.string(Array("abc".utf8)))]
            )
        ),
        .http(
            HTTPCheck(expectations: [
                HTTPCheck.Expectation(.string(Array("zz".utf8)), isNegated: true)
            ])
        ),
        .steps(
            TCPCheck([
                TCPCheck.Step(.send([1]), number: 1),
                TCPCheck.Step(.expect(Array("abc".utf8), isNegated: false), number: 2),
                TCPCheck.Step(.expect([0], isNegated: true), number: 3),
            ])
        ),
        .agent(message: []),
    ]

    private static let pieces: [[UInt8]] = [
        Array("HTTP/1.1 200 OK\r\n".utf8), Array("HTTP/1.0 503 No\n".utf8), Array("\r\n".utf8),
        Array("\n".utf8), Array("Content-Length: 3\r\n".utf8),
        Array("Content-Length: 99999999999999999999\r\n".utf8),
        Array("Transfer-Encoding: chunked\r\n".utf8), Array("3\r\nabc\r\n".utf8),
        Array("ffffffffffffffff\r\n".utf8), Array("7fffffffffffffff\r\n".utf8),
        Array("0\r\n\r\n".utf8), Array("abc".utf8), Array(":".utf8), Array("HTTP/".utf8),
        Array("maxconn:".utf8), Array("99999999999999999999%".utf8), Array("down # ".utf8),
        MySQLFixtures.greeting, MySQLFixtures.ok, MySQLFixtures.denied, [0xFF], [0, 0, 0, 0],
        [0xFF, 0xFF, 0xFF, 0xFF], [1, 0, 0, 0, 0xFF], [UInt8](repeating: 0x61, count: 20_000),
    ]

    private static func answer(_ random: inout SplitMix) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            if Int.random(in: 0..<6, using: &random) == 0 {
                bytes.append(UInt8.random(in: 0...255, using: &random))
            } else {
                bytes += pieces.randomElement(using: &random) ?? []
            }
        }
        return bytes
    }

    /// With what was said until then, which must not depend on the pieces either.
    private static func judge(
        _ kind: CheckKind,
        _ bytes: [UInt8],
        _ random: inout SplitMix,
        inPieces: Bool
    ) -> (CheckVerdict, [UInt8]) {
        guard var exchange = kind.exchange else { return (.needsMore, []) }
        var verdict = exchange.begin()
        var output = exchange.takeOutput()
        var rest = bytes[...]
        while verdict == .needsMore, !rest.isEmpty {
            let count = inPieces ? Int.random(in: 1...40, using: &random) : rest.count
            verdict = exchange.received(rest.prefix(count))
            output += exchange.takeOutput()
            rest = rest.dropFirst(count)
        }
        if verdict == .needsMore { verdict = exchange.closed() }
        #expect(verdict != .needsMore)
        #expect(exchange.received([0x41]) == verdict && exchange.closed() == verdict)
        return (verdict, output)
    }

    @Test(arguments: 0..<8)
    func `no answer traps, and pieces do not matter`(block: Int) {
        for seed in block * 400..<(block + 1) * 400 {
            var random = SplitMix(seed: seed)
            let bytes = Self.answer(&random)
            for kind in Self.kinds {
                let whole = Self.judge(kind, bytes, &random, inPieces: false)
                let parts = Self.judge(kind, bytes, &random, inPieces: true)
                #expect(whole == parts, "seed \(seed), \(kind)")
            }
        }
    }
}
