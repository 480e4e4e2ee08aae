import BalancerCore
import Testing

private typealias Expectation = HTTPCheck.Expectation

@Suite struct HTTPCheckTests {
    private static let requests: [(HTTPCheck, String)] = [
        (HTTPCheck(), "OPTIONS / HTTP/1.0\r\n\r\n"),
        (HTTPCheck(method: "GET", uri: "/health"), "GET /health HTTP/1.0\r\n\r\n"),
        (
            HTTPCheck(
                method: "HEAD",
                uri: "/x",
                version: "HTTP/1.1",
                headers: [HTTPCheck.Header(name: "Host", value: "www")]
            ),
            "HEAD /x HTTP/1.1\r\nhost: www\r\nconnection: close\r\n\r\n"
        ),
        (
            HTTPCheck(
                method: "PUT",
                headers: [HTTPCheck.Header(name: "X-Y", value: "z")],
                body: "hi"
            ),
            "PUT / HTTP/1.0\r\nx-y: z\r\ncontent-length: 2\r\n\r\nhi"
        ),
        (
            HTTPCheck(
                method: "GET",
                uri: "/y",
                version: "HTTP/1.1",
                headers: [
                    HTTPCheck.Header(name: "Host", value: "foo"),
                    HTTPCheck.Header(name: "X-A", value: "b"),
                ],
                body: "hello"
            ),
            "GET /y HTTP/1.1\r\nhost: foo\r\nx-a: b\r\ncontent-length: 5\r\nconnection: close"
                + "\r\n\r\nhello"
        ),
    ]

    // As HAProxy 2.6.12 was seen to send them.
    @Test(arguments: requests)
    func `the request is HAProxy's`(check: HTTPCheck, expected: String) {
        #expect(String(decoding: check.hello, as: UTF8.self) == expected)
    }

    private static let answers: [(String, CheckVerdict)] = [
        ("HTTP/1.1 200 OK\r\n\r\n", CheckVerdict.passed(status: 200, info: "")),
        ("HTTP/1.0 399 Odd\r\n\r\n", .passed(status: 399, info: "")),
        ("HTTP/1.1 200\r\n\r\n", .passed(status: 200, info: "")),
        // percona-clustercheck, and mysqlchk with its CR LF LF.
        (
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 44\r\n\r\n",
            .refused(status: 503, message: "Service Unavailable")
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\nfine\r\n",
            .passed(status: 200, info: "")
        ),
        ("HTTP/1.0 200 OK\n\nbody\n", .passed(status: 200, info: "")),
        ("HTTP/1.1 404 Not Found\r\n\r\n", .refused(status: 404, message: "Not Found")),
        ("HTTP/1.1 100 Continue\r\n\r\n", .refused(status: 100, message: "Continue")),
    ]

    @Test(arguments: answers)
    func `without a rule 2xx and 3xx pass, and nobody waits for a body`(
        answer: String,
        verdict: CheckVerdict
    ) {
        var exchange = HTTPCheckExchange(HTTPCheck())
        #expect(exchange.received(Array(answer.utf8)) == verdict)
        #expect(exchange.closed() == verdict)
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 1000 OK\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nno header\r\n\r\n", "HTTP/1.1 +20 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n", "\u{0}\u{0}\u{0}",
    ]) func `what is not HTTP is told at once`(answer: String) {
        var exchange = HTTPCheckExchange(HTTPCheck())
        #expect(
            exchange.received(Array(answer.utf8))
                == .invalid(reason: "the answer is not one of HTTP")
        )
    }

    @Test func `an answer cut anywhere decides nothing until the server closes`() {
        let answer = Array("HTTP/1.1 200 OK\r\nA: b\r\n\r\n".utf8)
        for length in 0..<answer.count {
            var exchange = HTTPCheckExchange(HTTPCheck())
            #expect(exchange.received(answer.prefix(length)) == .needsMore)
            let part = length == 0 ? "no" : "only a part of the"
            #expect(
                exchange.closed() == .invalid(reason: "connection closed with \(part) answer")
            )
        }
        var exchange = HTTPCheckExchange(HTTPCheck())
        for byte in answer.dropLast() { #expect(exchange.received([byte]) == .needsMore) }
        #expect(exchange.received([0x0A]) == .passed(status: 200, info: ""))
    }

    @Test(arguments: [
        ([Expectation(.status([200...299, 404...404]))], true),
        ([Expectation(.status([200...299]))], false),
        ([Expectation(.status([500...599]), isNegated: true)], true),
        ([Expectation(.status([404...404]), isNegated: true)], false),
    ]) func `a list of codes decides, or its opposite`(
        expectations: [HTTPCheck.Expectation],
        passes: Bool
    ) {
        let verdict = judge("HTTP/1.1 404 Gone\r\n\r\n", expectations)
        #expect(
            verdict
                == (passes
                    ? .passed(status: 404, info: "") : .refused(status: 404, message: "Gone"))
        )
    }

    private static let head = "HTTP/1.1 500 Oops\r\n"

    private static let bodies: [(String, Bool?)] = [
        (head + "Content-Length: 6\r\n\r\nxxabcx", true),
        (head + "\r\nxxabcx", true),
        (head + "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nxab\r\n2\r\ncx\r\n0\r\n\r\n", true),
        (head + "content-length: 3\r\n\r\nxxabcx", false),
        (head + "Content-Length: 500\r\n\r\nxab", false),
        (head + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n", nil),
        (head + "Content-Length: 0\r\n\r\nabc", nil),
        (head + "Content-Length: -1\r\n\r\nabc", nil),
        ("HTTP/1.1 204 None\r\n\r\nabc", nil),
    ]

    @Test(arguments: bodies)
    func `a text is looked for in the body, whatever the status`(answer: String, found: Bool?) {
        let missing = "HTTP content check could not find a response body"
        let wanted = Expectation(.string(Array("abc".utf8)))
        let status = answer.hasPrefix(Self.head) ? 500 : 204
        #expect(
            judge(answer, [wanted])
                == (found == true
                    ? .passed(status: status, info: "")
                    : .invalid(reason: found == nil ? missing : "HTTP content check did not match"))
        )
        let unwanted = Expectation(.string(Array("abc".utf8)), isNegated: true)
        #expect(
            judge(answer, [unwanted])
                == (found == false
                    ? .passed(status: status, info: "")
                    : .invalid(
                        reason: found == nil ? missing : "HTTP check matched unwanted content"
                    ))
        )
    }

    @Test func `a text that is there already need not wait for the end`() {
        let check = HTTPCheck(expectations: [Expectation(.string(Array("abc".utf8)))])
        var exchange = HTTPCheckExchange(check)
        #expect(exchange.received(Array("HTTP/1.1 200 OK\r\n\r\nxab".utf8)) == .needsMore)
        #expect(exchange.received(Array("c".utf8)) == .passed(status: 200, info: ""))
    }

    @Test func `the first rule that does not hold decides`() {
        let rules = [Expectation.standard, Expectation(.string(Array("zzz".utf8)))]
        #expect(
            judge("HTTP/1.1 200 OK\r\n\r\nabc", rules)
                == .invalid(reason: "HTTP content check did not match")
        )
        #expect(
            judge("HTTP/1.1 500 No\r\n\r\nabc", rules) == .refused(status: 500, message: "No")
        )
    }

    @Test func `the answer to HEAD has no body`() {
        let check = HTTPCheck(
            method: "HEAD",
            expectations: [Expectation(.string(Array("abc".utf8)))]
        )
        var exchange = HTTPCheckExchange(check)
        #expect(
            exchange.received(Array("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc".utf8))
                == .invalid(reason: "HTTP content check could not find a response body")
        )
    }

    @Test func `an endless talker is judged by the first 16 KiB`() {
        let endless = [UInt8](repeating: 0x61, count: 200_000)
        let check = HTTPCheck(expectations: [Expectation(.string(Array("abc".utf8)))])
        var exchange = HTTPCheckExchange(check)
        let head = Array("HTTP/1.1 200 OK\r\n\r\n".utf8)
        #expect(
            exchange.received(head + endless)
                == .invalid(reason: "HTTP content check did not match")
        )
        exchange = HTTPCheckExchange(check)
        #expect(
            exchange.received(Array("HTTP/1.1 200 OK\r\nA: ".utf8) + endless)
                == .invalid(reason: "the headers of the answer are longer than 16384 bytes")
        )
    }

    private func judge(_ answer: String, _ rules: [HTTPCheck.Expectation]) -> CheckVerdict {
        var exchange = HTTPCheckExchange(HTTPCheck(method: "GET", expectations: rules))
        let verdict = exchange.received(Array(answer.utf8))
        return verdict == .needsMore ? exchange.closed() : verdict
    }
}
