import Configuration
import Testing

@Suite struct TCPCheckKeywordTests {
    private func method(_ lines: String...) throws -> TCPCheckMethod? {
        let proxy = try load(listen() + lines.map { "    \($0)\n" }.joined()).proxies[0]
        guard case .steps(let method) = proxy.checkMethod else { return nil }
        return method
    }

    @Test func `the lines are steps, in order`() throws {
        let method = try #require(
            try method(
                "option tcp-check",
                "tcp-check connect port 9200 comment agent",
                "tcp-check send PING\\r\\n",
                "tcp-check expect comment why string is\\ running",
                "tcp-check send-binary 0aFF comment bye",
                "tcp-check expect ! binary 00",
                "tcp-check expect !string x"
            )
        )
        #expect(method.port == 9200)
        #expect(
            method.steps.map(\.action) == [
                .send(Array("PING\r\n".utf8)),
                .expect(Array("is running".utf8), isNegated: false), .send([0x0A, 0xFF]),
                .expect([0], isNegated: true), .expect(Array("x".utf8), isNegated: true),
            ]
        )
        #expect(method.steps.map(\.number) == [2, 3, 4, 5, 6])
        #expect(method.steps.map(\.comment) == [nil, "why", "bye", nil, nil])
    }

    @Test func `without a line connecting is all`() throws {
        let method = try #require(try method("option tcp-check"))
        #expect(method.steps.isEmpty && method.port == nil)
        #expect(
            findings(listen("tcp-check send x"), .warning) == [
                "t.cfg:7:15: warning: 'tcp-check' is ignored: there is no 'option tcp-check'"
            ]
        )
    }

    @Test func `defaults hand rules on until a section has its own`() throws {
        let proxies = try load(
            """
            defaults
                option tcp-check
                tcp-check expect string a
            backend a
                server s 10.0.0.1:1
            backend b
                tcp-check expect string b
                server s 10.0.0.1:1

            """
        ).proxies
        let steps = proxies.map { proxy -> [TCPCheckMethod.Step] in
            if case .steps(let method) = proxy.checkMethod { method.steps } else { [] }
        }
        #expect(steps.map(\.count) == [1, 1])
        #expect(steps[1].first?.action == .expect(Array("b".utf8), isNegated: false))
    }

    @Test(arguments: [
        ("send", "7:19: error: expected a text; usage: tcp-check send <text> [comment <text>]"),
        (
            "send-binary 0g",
            "7:27: error: '0g' is not hexadecimal: expected two digits for each byte"
        ),
        (
            "send-binary 012",
            "7:27: error: '012' is not hexadecimal: expected two digits for each byte"
        ),
        (
            "expect string-lf ^x",
            "7:22: error: 'tcp-check expect string-lf' is not supported by this"
                + " version: use 'string <text>' or 'binary <hexadecimal>'"
        ),
        (
            "expect strign x",
            "7:22: error: unknown 'tcp-check expect strign'; usage: tcp-check"
                + " expect [comment <text>] [!] {string <text> | binary <hexadecimal> | rstring"
                + " <regex> | rbinary <regex>}; did you mean 'string'?"
        ),
        (
            "expect string a b",
            "7:31: error: unexpected 'b'; usage: tcp-check expect [comment"
                + " <text>] [!] {string <text> | binary <hexadecimal> | rstring <regex> | rbinary"
                + " <regex>}"
        ),
        (
            "connect ssl",
            "7:23: error: 'ssl' is not supported by this version; usage: tcp-check"
                + " connect [port <port>] [comment <text>]"
        ),
        ("connect port 0", "7:28: error: '0' is out of range: expected a port (1 to 65535)"),
        ("sned x", "7:15: error: unknown tcp-check 'sned'; did you mean 'send'?"),
    ]) func `a mistake is located`(line: String, error: String) throws {
        #expect(try onlyError(listen("tcp-check \(line)", "option tcp-check")) == "t.cfg:\(error)")
    }

    @Test func `a second connection is refused`() throws {
        #expect(
            try onlyError(
                listen("option tcp-check", "tcp-check send x", "tcp-check connect port 5")
            )
                == "t.cfg:9:15: error: a check is one connection: 'tcp-check connect' may only come"
                + " first"
        )
    }
}
