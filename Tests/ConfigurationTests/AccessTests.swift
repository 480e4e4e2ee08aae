import Configuration
import Primitives
import Testing

@Suite struct AccessKeywordTests {
    private static func v4(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    @Test func `networks have a prefix, a mask, or are one address`() throws {
        let rules = try load(
            listen(
                "acl lan src 10.0.0.0/8 192.168.1.0/255.255.255.0",
                "acl lan src 172.16.0.9 fd00::/8",
                "tcp-request connection reject unless lan"
            )
        ).proxies[0].connectionRules
        for (client, isRejected) in [
            ("10.200.3.4", false), ("192.168.1.77", false), ("192.168.2.77", true),
            ("172.16.0.9", false), ("172.16.0.8", true), ("fd12::1", false), ("fe80::1", true),
        ] {
            #expect(rules.rejects(try Self.v4(client)) == isRejected, "\(client)")
        }
    }

    @Test func `the first rule that applies decides, and without one everybody is let in`() throws {
        let proxy = try load(
            listen(
                "acl good src 10.0.0.2 10.0.0.3",
                "tcp-request inspect-delay 5s",
                "tcp-request content accept if good",
                "tcp-request content reject",
                "tcp-request connection reject if { src 10.0.0.2 }"
            )
        ).proxies[0]
        #expect(try !proxy.contentRules.rejects(Self.v4("10.0.0.3")))
        #expect(try proxy.contentRules.rejects(Self.v4("10.0.0.4")))
        #expect(try proxy.connectionRules.rejects(Self.v4("10.0.0.2")))
        #expect(try !proxy.connectionRules.rejects(Self.v4("10.0.0.4")))
        #expect(try load(listen()).proxies[0].contentRules.isEmpty)
    }

    @Test(arguments: [
        ("if a b", ["10.0.0.1"]), ("if a or b", ["10.0.0.1", "10.0.0.2", "10.0.1.1"]),
        ("if a || b", ["10.0.0.1", "10.0.0.2", "10.0.1.1"]), ("if a !b", ["10.0.0.2"]),
        ("if ! a", ["10.0.1.1", "127.0.0.1"]), ("if !a !b", ["127.0.0.1"]),
        ("unless a or b", ["127.0.0.1"]), ("if LOCALHOST", ["127.0.0.1"]),
        ("if { src 10.0.0.1 10.0.0.2 } !b", ["10.0.0.2"]), ("if FALSE", []),
        ("if TRUE", ["10.0.0.1", "10.0.0.2", "10.0.1.1", "127.0.0.1"]),
        ("", ["10.0.0.1", "10.0.0.2", "10.0.1.1", "127.0.0.1"]),
    ]) func `conditions are joined as in HAProxy`(condition: String, rejected: [String]) throws {
        let rules = try load(
            listen(
                "acl a src 10.0.0.0/24",
                "acl b src 10.0.0.1 10.0.1.1",
                "tcp-request connection reject \(condition)"
            )
        ).proxies[0].connectionRules
        let clients = ["10.0.0.1", "10.0.0.2", "10.0.1.1", "127.0.0.1"]
        #expect(try clients.filter { rules.rejects(try Self.v4($0)) } == rejected)
    }

    private static let usage =
        "usage: tcp-request connection {accept | reject} [{if | unless} <condition>]"

    private static let mistakes: [(String, String)] = [
        (
            "acl x src",
            "7:14: error: expected an address or a network; usage: acl <name> src"
                + " <address>[/<mask>]..."
        ),
        ("acl x src 10.0.0.0/33", "7:15: error: '33' is not a prefix of 32 bits at most"),
        ("acl x src fd00::/129", "7:15: error: '129' is not a prefix of 128 bits at most"),
        (
            "acl x src 10.0.0.0/255.0.255.0",
            "7:15: error: '255.0.255.0' is not a prefix of 32 bits"
                + " at most"
        ),
        ("acl x src foo", "7:15: error: 'foo' is not a numeric address or network"),
        (
            "acl x scr 10.0.0.1",
            "7:11: error: 'acl … scr' is not supported by this version: only"
                + " the client's address is asked for, 'src'; did you mean 'src'?"
        ),
        ("tcp-request connection", "7:27: error: expected action (accept, reject); \(usage)"),
        ("tcp-request connection drop", "7:28: error: unknown action 'drop' (accept, reject)"),
        ("tcp-request connection reject bad", "7:35: error: unknown condition 'bad' (if, unless)"),
        ("tcp-request connection reject if", "7:37: error: expected a condition; \(usage)"),
        (
            "tcp-request connection reject if lan",
            "7:38: error: there is no 'acl lan' before this"
                + " line"
        ),
        ("tcp-request connection reject if or a", "7:38: error: expected a condition before 'or'"),
        ("tcp-request connection reject if { src 10.0.0.1", "7:52: error: expected '}'; \(usage)"),
        (
            "tcp-request connection reject if { dst 10.0.0.1 }",
            "7:40: error: expected 'src', found"
                + " 'dst'; \(usage)"
        ),
        (
            "tcp-request conection reject",
            "7:17: error: unknown tcp-request 'conection'; did you"
                + " mean 'connection'?"
        ),
        (
            "tcp-request session reject",
            "7:17: error: 'tcp-request session' is not supported by"
                + " this version: use 'tcp-request connection' or 'tcp-request content'"
        ),
    ]

    @Test(arguments: mistakes)
    func `a mistake is located`(line: String, error: String) throws {
        #expect(try onlyError(listen(line)) == "t.cfg:\(error)")
    }

    @Test func `a rule where it would never be asked is an error, not a warning`() throws {
        let text =
            listen() + "backend b\n    tcp-request connection reject\n    timeout connect 1s\n"
            + "    timeout server 1h\n    server s 10.0.0.1:1 check\n"
        #expect(
            try onlyError(text)
                == "t.cfg:8:5: error: 'tcp-request connection' is not allowed in 'backend': it"
                + " belongs to 'listen' or 'frontend'"
        )
    }

    @Test func `a page that is not served may ask for what it likes`() throws {
        let page =
            "listen page\n    bind :9600\n    mode http\n    stats enable\n"
            + "    acl ok http_auth(USERS)\n    http-request auth unless ok\n    monitor-uri /\n"
        let configuration = try load(listen() + page)
        #expect(configuration.proxies.map(\.isDisabled) == [false, true])
        #expect(
            findings(listen() + page, .warning) == [
                "t.cfg:7:1: warning: listen 'page': the statistics page is not served by this"
                    + " version, nothing listens on 0.0.0.0:9600; numbers and commands are on the"
                    + " stats socket"
            ]
        )
        // The same lines where something is balanced are mistakes.
        let served = page.replacing("mode http", with: "mode tcp")
        #expect(findings(listen() + served).count == 3)
    }
}
