import Configuration
import Primitives
import Testing

/// What the language has for users of the Galera Load Balancer and of Pen.
@Suite struct GLBKeywordTests {
    @Test(arguments: [
        ("8011", "127.0.0.1:8011"), (":8011", "127.0.0.1:8011"),
        ("127.0.0.1:8011", "127.0.0.1:8011"), ("[::1]:8011", "[::1]:8011"),
    ])
    func `the control port is on the loopback's address unless the line says another`(
        _ word: String,
        _ endpoint: String
    ) throws {
        let text = listen("glb-control \(word)")
        let proxy = try load(text).proxies[0]
        #expect(proxy.glbControl.map { "\($0)" } == endpoint)
        #expect(findings(text, .warning).isEmpty)
    }

    @Test(arguments: ["10.0.0.10:8011", "*:8011"])
    func `where others reach it, a warning says that there is no password`(_ word: String) throws {
        let text = listen("glb-control \(word)")
        #expect(try load(text).proxies[0].glbControl?.port == 8011)
        let warnings = findings(text, .warning)
        #expect(warnings.count == 1 && warnings[0].contains("knows no password"), "\(warnings)")
    }

    @Test func `a section that waits for its servers is complete`() throws {
        let text = """
            listen db
                bind 10.0.0.100:3306
                timeout client 1h
                glb-fifo /run/glbd.fifo

            """
        #expect(findings(text, .warning).isEmpty)
        #expect(try load(text).proxies[0].glbFifo == "/run/glbd.fifo")
    }

    @Test(arguments: [
        (
            "glb-control",
            "7:16: error: expected ADDRESS:PORT; usage: glb-control [<address>:]<port>"
        ),
        ("glb-control 0", "7:17: error: '0' is out of range: expected a port (1 to 65535)"),
        ("glb-control db1:8011", "7:17: error: 'db1' is not a numeric address"),
        ("glb-control 10.0.0.100:3306", "7:17: error: 10.0.0.100:3306 is bound already"),
        ("glb-control 1\n    glb-control 2", "8:5: error: a second 'glb-control'"),
        ("glb-fifo glbd.fifo", "7:14: error: 'glbd.fifo' is not an absolute path"),
        (
            "balance glb-lest",
            "7:13: error: unknown algorithm 'glb-lest'; did you mean 'glb-least'?"
        ),
        ("balance source tip", "7:20: error: unexpected 'tip'"),
        ("server s2 10.0.0.2:1 weight 256.5", "7:33: error: '256.5' is not a whole number"),
        ("server s2 10.0.0.2:1 blacklist 1.5s", "7:36: error: '1.5s' has decimals"),
    ])
    func `a mistake is located`(_ line: String, _ error: String) throws {
        let found = try onlyError(listen(line))
        #expect(found.hasPrefix("t.cfg:\(error)"), "\(found)")
    }

    @Test func `it belongs to a listen with servers of its own`() throws {
        let backend = "backend b\n    glb-control 8011\n    server s 10.0.0.1:1\n"
        #expect(try onlyError(listen() + backend).contains("belongs to 'listen'"))
        let other =
            "backend b\n    timeout connect 1s\n    timeout server 1s\n    server s 10.0.0.1:1\n"
        let text = listen("glb-control 8011", "default_backend b") + other
        #expect(try onlyError(text).contains("the connections of listen 'db' go to 'b'"))
    }

    @Test func `weights may be decimal, and algorithms may take the heaviest only`() throws {
        let proxy = try load(
            listen(
                "balance glb-single top",
                "default-server weight 0.75 blacklist 30s",
                "server s2 10.0.0.2:3306",
                "server s3 10.0.0.3:3306 weight 3 blacklist 0"
            )
        ).proxies[0]
        #expect(proxy.balance == .glbSingle && proxy.balancesTopOnly)
        #expect(proxy.servers.map(\.options.weight) == [1, Weight(thousandths: 750), 3])
        #expect(proxy.servers.map(\.options.blacklist) == [nil, .seconds(30), nil])
        #expect(proxy.serverDefaults.blacklist == .seconds(30))
        for (word, balance) in [
            ("random", BalanceAlgorithm.random), ("random(2)", .random), ("random(1)", .randomOnce),
        ] {
            let one = try load(listen("balance \(word)")).proxies[0]
            #expect(one.balance == balance && !one.balancesTopOnly)
        }
    }
}

/// What follows `add server`.
@Suite struct ServerLineTests {
    private func parse(_ line: String) throws(ServerLine.Mistake) -> ServerLine.Outcome {
        try ServerLine.parse(name: "s9", line.split(separator: " ").map(String.init))
    }

    @Test func `it is a server line that begins in maintenance, unchecked`() throws {
        let outcome = try parse("10.0.0.9:3306 check inter 1s weight 0.5 backup")
        #expect(outcome.server.name == "s9" && outcome.server.port == 3306)
        #expect(outcome.server.options.isBackup && outcome.server.options.isChecked)
        #expect(outcome.server.options.weight.thousandths == 500)
        #expect(!outcome.server.options.isDisabled && outcome.remarks.isEmpty)
        #expect(
            outcome.server.addition
                == ServerAddition(startsInMaintenance: true, startsUnchecked: true)
        )
        let enabled = try parse("10.0.0.9:3306 enabled").server.addition
        #expect(enabled?.startsInMaintenance == false)
    }

    @Test func `what does not work as written is told`() throws {
        let outcome = try parse("10.0.0.9:3306 resolvers dns")
        #expect(outcome.remarks.count == 1 && outcome.remarks[0].hasPrefix("'resolvers'"))
    }

    @Test(arguments: [
        ("10.0.0.9", "'10.0.0.9' has no port"), ("10.0.0.9:1 wight 5", "did you mean 'weight'?"),
        ("10.0.0.9:1 weight", "expected a weight"), ("10.0.0.256:1", "neither a numeric address"),
        ("10.0.0.9:1 ssl", "there is no TLS"),
        ("10.0.0.9:1" + String(repeating: " backup", count: 70), "more than 64 words"),
    ])
    func `a mistake is told in words`(_ line: String, _ text: String) {
        do throws(ServerLine.Mistake) {
            _ = try parse(line)
            Issue.record("no mistake")
        } catch {
            guard case .wrong(let words) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(words.contains(text), "\(words)")
        }
    }
}
