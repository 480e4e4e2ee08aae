import Configuration
import Testing

/// SplitMix64: the same seed makes the same test.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// Pieces that meet the parser's branches more often than random bytes do.
private let pieces = [
    "global", "defaults", "listen", "frontend", "backend", "pair", "node", "virtual-ip", "server",
    "bind", "timeout", "option", "log", "stats", "socket", "from", "no", "check", "inter", "weight",
    "mysql-check", "user", "heartbeat", "every", "priority", "dev", "[", "]", "::", ":", ":0", "@",
    "-", "99999999999999999999", "-1", "1-65535", "0", "5s", "1.5", ",", "/", "\"", "'", "\\",
    "\\x",
    "\\xff", "\"$A\"", "\"${A[*]}\"", "${", "#", "\n", "\n", "\n", " ", " ", "\t", "\r", "\0", "é",
    "\u{1F600}", "e\u{301}", "10.0.0.1", "10.0.0.1:3306", "[::1]:1", "*:1", "a", "default-server",
    "httpchk", "http-check", "tcp-check", "expect", "send", "send-binary", "status", "string",
    "hdr",
    "meth", "ver", "HTTP/1.1\\r\\n", "connect", "port", "stick-table", "stick", "on", "src", "dst",
    "type", "ip", "size", "expire", "acl", "tcp-request", "connection", "content", "reject", "if",
    "unless", "or", "!", "{", "}", "10.0.0.0/8", "/33", "slowstart", "send-proxy-v2", "mode",
    "http",
    "stats", "on-marked-down", "shutdown-sessions", "tcp-check\n", "200-299,404",
]

@Suite struct RobustnessTests {
    /// Whatever is read: it ends, every finding has a place in the text, an error means that there
    /// is no configuration, and what is found can be printed.
    private func examine(_ bytes: [UInt8], _ seed: UInt64) {
        let files = [SourceFile(name: "t.cfg", bytes: bytes)]
        let result = ConfigurationParser.parse(files, environment: ["A": "x  y"])
        let hasErrors = result.diagnostics.contains { $0.severity == .error }
        #expect(hasErrors == (result.configuration == nil), "seed \(seed)")
        let lines = bytes.count { $0 == 0x0A } + 1
        for diagnostic in result.diagnostics {
            let isInside = (1...lines).contains(diagnostic.location.line)
            #expect(isInside && diagnostic.location.column >= 1, "seed \(seed): \(diagnostic)")
        }
        let rendered = DiagnosticRenderer(files).render(result.diagnostics)
        #expect(rendered.isEmpty == result.diagnostics.isEmpty, "seed \(seed)")
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `random bytes never trap`(block: UInt64) {
        for seed in block * 50..<(block + 1) * 50 {
            var generator = Generator(state: seed)
            let count = Int.random(in: 0...600, using: &generator)
            examine((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }, seed)
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `random words never trap`(block: UInt64) {
        for seed in block * 50..<(block + 1) * 50 {
            var generator = Generator(state: ~seed)
            var text = ""
            for _ in 0..<Int.random(in: 1...200, using: &generator) {
                text += pieces.randomElement(using: &generator) ?? ""
                if Bool.random(using: &generator) { text += " " }
            }
            examine(Array(text.utf8), seed)
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `a good configuration with random damage never traps`(block: UInt64) {
        let good = Array(
            (seed + pair()
                + listen(
                    "option mysql-check user u",
                    "maxconn 5",
                    "option httpchk GET / HTTP/1.1\\r\\nHost:\\ www",
                    "http-check send meth HEAD hdr A b body c",
                    "http-check expect ! status 200-299,404",
                    "tcp-check send-binary 00ff",
                    "tcp-check expect string x",
                    "stick-table type ip size 10 expire 1m",
                    "stick on src",
                    "acl a src 10.0.0.0/8 fd00::/8",
                    "tcp-request content reject if a !{ src 10.0.0.1 } or LOCALHOST"
                )).utf8
        )
        for seed in block * 50..<(block + 1) * 50 {
            var generator = Generator(state: seed &* 0x1_0000_0001)
            var bytes = good
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                let at = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: at)
                case 2:
                    bytes.insert(
                        contentsOf: Array((pieces.randomElement(using: &generator) ?? "").utf8),
                        at: at
                    )
                default: bytes.removeSubrange(at..<min(bytes.count, at + 20))
                }
            }
            examine(bytes, seed)
        }
    }

    @Test func `ten thousand servers are read in a few seconds, without optimisation`() throws {
        var text = "backend db\n    timeout connect 5s\n    timeout server 1h\n"
        for index in 0..<10_000 {
            text +=
                "    server node\(index) 10.\(index >> 8).\(index & 255).1:3306 check weight 5\n"
        }
        let clock = ContinuousClock()
        var servers = 0
        let elapsed = try clock.measure {
            servers = try load(text).proxies[0].servers.count
        }
        #expect(servers == 10_000)
        #expect(elapsed < .seconds(20), "took \(elapsed)")
    }

    @Test func `ten thousand mistakes are read in a few seconds too`() {
        let text =
            "backend db\n" + String(repeating: "    sever s 10.0.0.1:3306 chekc\n", count: 10_000)
        let clock = ContinuousClock()
        var count = 0
        let elapsed = clock.measure { count = findings(text).count }
        #expect(count == 10_000)
        #expect(elapsed < .seconds(40), "took \(elapsed)")
    }

    @Test func `limits on sections and servers are errors`() {
        let sections = (0...ConfigurationLimits.proxies).map { "backend b\($0)\n" }.joined()
        let error = parse(sections).diagnostics.filter { $0.severity == .error }
        #expect(error.map(\.description) == ["t.cfg:4097:1: error: more than 4096 sections"])
        let ports = "frontend f\n    bind :1-4096\n    bind 127.0.0.1:1\n"
        #expect(findings(ports) == ["t.cfg:1:1: error: more than 4096 addresses to bind"])
    }
}
