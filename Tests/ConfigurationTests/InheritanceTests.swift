import Configuration
import Primitives
import Testing

@Suite struct InheritanceTests {
    @Test func `a proxy takes the last defaults before it, and what it says itself`() throws {
        let proxies = try load(
            """
            backend before
                server a 10.0.0.1:1
            defaults
                retries 5
                option redispatch
                default-server inter 7s check
            backend first
                server a 10.0.0.1:1
            backend second
                retries 6
                no option redispatch
                default-server rise 9
                server a 10.0.0.1:1
            defaults
                timeout connect 9s
            backend third
                server a 10.0.0.1:1

            """
        ).proxies
        #expect(proxies.map(\.name) == ["before", "first", "second", "third"])
        #expect(proxies.map(\.retries) == [3, 5, 6, 3])
        #expect(
            proxies.map(\.redispatch) == [
                .everyRetry(1), .fromLastRetry(1), .never, .everyRetry(1),
            ]
        )
        #expect(
            proxies.map { $0.servers[0].check?.interval } == [nil, .seconds(7), .seconds(7), nil]
        )
        #expect(proxies.map { $0.servers[0].check?.rise } == [nil, 2, 9, nil])
        #expect(proxies.map(\.timeouts.connect) == [nil, nil, nil, .seconds(9)])
    }

    @Test func `named defaults are inherited from by name, by defaults too`() throws {
        let proxies = try load(
            """
            defaults base
                retries 4
                option tcpka
            defaults slow from base
                timeout connect 30s
            defaults other
                retries 9
            backend a from slow
                server a 10.0.0.1:1
            listen b 10.0.0.9:80 from base
                server a 10.0.0.1:1
            backend c
                server a 10.0.0.1:1

            """
        ).proxies
        #expect(proxies.map(\.retries) == [4, 4, 9])
        #expect(proxies.map(\.timeouts.connect) == [.seconds(30), nil, nil])
        #expect(proxies.map { $0.serverKeepAlive != nil } == [true, true, false])
        #expect(proxies[1].binds.map(\.endpoint.description) == ["10.0.0.9:80"])
    }

    @Test(arguments: [
        (
            "defaults x\ndefaults y\nbackend b from z\n",
            "3:16: error: no 'defaults z' before this line"
        ),
        (
            "defaults base\nbackend b from bsae\n",
            "2:16: error: no 'defaults bsae' before this line; did you mean 'base'?"
        ),
        (
            "defaults x\ndefaults x\nbackend b from x\n",
            "3:16: error: several 'defaults x': at t.cfg:1 and t.cfg:2"
        ),
        ("defaults base from base\n", "1:20: error: no 'defaults base' before this line"),
        ("backend b from\n", "1:15: error: expected the name of a 'defaults' section; usage:"),
        ("backend\n", "1:8: error: expected the name of the backend; usage: backend <name> [from"),
        ("backend a/b\n", "1:9: error: 'a/b' is not the name of the backend: only letters, digits"),
        ("backend a b\n", "1:11: error: unexpected 'b'; usage: backend <name> [from <defaults>]"),
        ("backend a form b\n", "1:11: error: unexpected 'form'; usage: backend <name> [from"),
        (
            "backend a :80\n",
            "1:11: error: unexpected ':80'; usage: backend <name> [from <defaults>]"
        ),
        ("global x\n", "1:8: error: unexpected 'x'; usage: global"),
        ("listen a :80 b\n", "1:14: error: unexpected 'b'; usage: listen <name> [from <defaults>]"),
    ]) func `a mistake in a section's first line is located`(text: String, error: String) throws {
        let found = try onlyError(text)
        let isCut = error.hasSuffix("[from") || error.hasSuffix(":") || error.hasSuffix("digits")
        #expect(isCut ? found.hasPrefix("t.cfg:\(error)") : found == "t.cfg:\(error)", "\(found)")
    }

    @Test func `the lines of a section with a wrong header are looked at all the same`() {
        #expect(
            parse("listen a/b\n    retries x\n").diagnostics.map(\.location.description)
                == ["t.cfg:1:8", "t.cfg:2:13"]
        )
    }

    @Test func `mode http in defaults is no error where every proxy in use says mode tcp`() throws {
        let text =
            "defaults\n    mode http\n" + listen("mode tcp")
            + "listen old\n    disabled\n    bind :80\n"
        let proxies = try load(text).proxies
        #expect(proxies.map(\.isDisabled) == [false, true])
        #expect(
            try onlyError("defaults\n    mode http\n" + listen())
                == "t.cfg:3:1: error: listen 'db' is in 'mode http' (set at t.cfg:2): only TCP is"
                + " balanced here, write 'mode tcp'"
        )
    }

    @Test func `a disabled proxy is looked at no further, and can be enabled`() throws {
        let text = listen() + "listen off\n    disabled\n    bind 10.0.0.100:3306\n"
        #expect(findings(text, .note) == [])
        #expect(try load(text).proxies.map(\.isDisabled) == [false, true])
        #expect(
            try onlyError(text + "    enabled\n")
                == "t.cfg:9:10: error: 10.0.0.100:3306 is bound already, at t.cfg:2"
        )
        let idle = "defaults\n    disabled\nlisten off\n    server s 10.0.0.1:1\n"
        #expect(findings(idle, .note).count == 1)
        #expect(findings(idle, .note)[0].contains("nothing listens"))
        #expect(findings("defaults\n    disabled\n" + listen("enabled"), .note) == [])
    }

    @Test func `defaults reach over files, sections do not`() throws {
        func files(_ second: String) -> [SourceFile] {
            [
                SourceFile(name: "1.cfg", bytes: Array("defaults\n    retries 8\n".utf8)),
                SourceFile(name: "2.cfg", bytes: Array(second.utf8)),
            ]
        }
        let good = ConfigurationParser.parse(files(listen()))
        #expect(good.configuration?.proxies.map(\.retries) == [8])
        let bad = ConfigurationParser.parse(files("retries 9\n"))
        #expect(
            bad.diagnostics.map(\.description) == [
                "2.cfg:1:1: error: unknown section 'retries': expected global, defaults, listen,"
                    + " frontend, backend, pair"
            ]
        )
    }

    @Test func `no more files than the limit are read`() {
        let file = SourceFile(name: "x.cfg", bytes: [])
        let extra = SourceFile(name: "extra.cfg", bytes: [])
        let most = [SourceFile](repeating: file, count: ConfigurationLimits.files)
        #expect(ConfigurationParser.parse(most).configuration != nil)
        let result = ConfigurationParser.parse(most + [extra])
        #expect(result.configuration == nil)
        #expect(
            result.diagnostics.map(\.description) == ["extra.cfg:1:1: error: more than 256 files"]
        )
    }
}

@Suite struct WholeConfigurationTests {
    @Test(arguments: [
        (
            "listen a\nlisten a\n",
            "2:1: error: listen 'a' has the same name as listen 'a' at t.cfg:1"
        ),
        (
            "listen a\nbackend a\n",
            "2:1: error: backend 'a' has the same name as listen 'a' at t.cfg:1"
        ),
        (
            "frontend a\nlisten a\n",
            "2:1: error: listen 'a' has the same name as frontend 'a' at t.cfg:1"
        ),
        (
            "backend a\nbackend a\n",
            "2:1: error: backend 'a' has the same name as backend 'a' at t.cfg:1"
        ),
    ]) func `a name is there once`(text: String, error: String) throws {
        #expect(try onlyError(text) == "t.cfg:\(error)")
    }

    @Test func `a frontend and a backend may share a name`() throws {
        let configuration = try load(
            """
            frontend db
                bind :3306
                timeout client 1h
                default_backend db
            backend db
                timeout connect 5s
                timeout server 1h
                server s1 10.0.0.1:3306 check

            """
        )
        #expect(configuration.proxies.map(\.kind) == [.frontend, .backend])
        #expect(configuration.proxies[0].defaultBackend == "db")
        #expect(configuration.proxies[1].defaultBackend == nil)
    }

    @Test func `a backend that does not exist is an error, the nearest one is named`() throws {
        let text =
            "frontend f\n    bind :1\n    timeout client 1h\n    default_backend galera\n"
            + "backend galrea\n    timeout connect 1s\n    timeout server 1h\n"
            + "    server s 10.0.0.1:1 check\n"
        #expect(
            try onlyError(text)
                == "t.cfg:4:21: error: there is no backend 'galera'; did you mean 'galrea'?"
        )
    }

    @Test func `what would run but serve nobody is a warning`() throws {
        #expect(
            findings("frontend f\n    bind :1\n    timeout client 1h\n", .warning) == [
                "t.cfg:1:1: warning: frontend 'f' has no 'default_backend' line: it closes every"
                    + " connection"
            ]
        )
        #expect(
            findings("listen l\n    timeout client 1h\n    bind :1\n", .warning) == [
                "t.cfg:1:1: warning: listen 'l' has no 'server' line: it closes every connection"
            ]
        )
        #expect(
            findings("\(listen())backend b\n", .warning) == [
                "t.cfg:7:1: warning: backend 'b' has no server"
            ]
        )
        #expect(
            findings(
                listen() + "listen m\n    timeout client 1h\n    default_backend db\n",
                .warning
            )
                == ["t.cfg:7:1: warning: listen 'm' has no 'bind' line: it listens nowhere"]
        )
        #expect(
            findings(
                listen() + "frontend f\n    bind :1\n    timeout client 1h\n"
                    + "    default_backend b\nbackend b\n    disabled\n",
                .warning
            ) == ["t.cfg:10:21: warning: backend 'b' is disabled"]
        )
    }

    @Test func `missing timeouts are a warning, as in HAProxy`() {
        #expect(
            findings("listen l\n    bind :1\n    server a 10.0.0.1:1 check\n", .warning) == [
                "t.cfg:1:1: warning: listen 'l' has no 'timeout client', 'timeout connect',"
                    + " 'timeout server': dead connections would stay for ever"
            ]
        )
        #expect(
            findings(listen("timeout client 0"), .warning) == [
                "t.cfg:1:1: warning: listen 'db' has no 'timeout client': dead"
                    + " connections would stay for ever"
            ]
        )
    }

    @Test func `the digest is that of the words`() throws {
        let original = try load(listen("option tcpka")).digest
        let respaced = "# comment\n\n" + listen("option\t\"tcpka\"  # more")
        #expect(try load(respaced).digest == original)
        #expect(try load(listen("option clitcpka")).digest != original)
        #expect(
            try load(listen("option \"$KIND\""), environment: ["KIND": "tcpka"]).digest == original
        )
        // Words and lines have ends: "ab c" is not "a bc", nor is one line two.
        let first = try load("global\n description ab c\n").digest
        #expect(try load("global\n description a bc\n").digest != first)
        let lines = try load("global\n quiet\n debug\n description a\n").digest
        #expect(try load("global\n quiet\n description a\n debug\n").digest != lines)
    }

    @Test func `the digest does not see the node's own files`() throws {
        let one = "global\n state-dir /a\n stats socket /a.sock level admin\n pidfile /a.pid\n"
        let other = "global\n state-dir /b\n stats socket /b.sock level admin\n pidfile /b.pid\n"
        #expect(try load(one).digest == load(other).digest)
        #expect(try load(one + " quiet\n").digest != load(one).digest)
        let keys = ["/a.key", "/b.key"].map {
            pair(replacing: "secret-file", with: "secret-file \($0)")
        }
        #expect(try load(keys[0]).digest == load(keys[1]).digest)
    }

    @Test func `the digest is FNV-1a of words ended by 00 and lines ended by ff`() throws {
        var hash = FNV1a()
        hash.combine(Array("global".utf8) + [0x00, 0xFF] + Array("quiet".utf8) + [0x00, 0xFF])
        #expect(try load("global\n quiet\n").digest == hash.value)
    }
}
