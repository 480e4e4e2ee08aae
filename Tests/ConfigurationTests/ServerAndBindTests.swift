import Configuration
import Primitives
import Testing

@Suite struct ServerAndBindTests {
    @Test func `every option of a server has its place in the model`() throws {
        let text = listen(
            "default-server inter 1s fall 5 weight 10",
            "server s2 db2.example.org:3307 check fastinter 100 downinter 5s rise 1 port 9200 addr 10.9.9.9",
            "server s3 [fd00::3]:3306 backup disabled weight 0 no-check",
            "server s4 10.0.0.4:3306 backup no-backup disabled enabled fall 2 check"
        )
        let servers = try load(text).proxies[0].servers
        #expect(servers.map(\.name) == ["s1", "s2", "s3", "s4"])
        #expect(servers.map(\.options.weight) == [1, 10, 0, 10])
        #expect(servers.map(\.port) == [3306, 3307, 3306, 3306])
        #expect(servers.map(\.options.isBackup) == [false, false, true, false])
        #expect(servers.map(\.options.isDisabled) == [false, false, true, false])
        #expect(servers[1].address == .name("db2.example.org"))
        #expect(servers[2].address == .address(try #require(IPAddress("fd00::3"))))
        #expect(servers[2].check == nil)
        #expect(servers[1].location == SourceLocation(file: "t.cfg", line: 8, column: 12))
        let check = try #require(servers[1].check)
        #expect(check.interval == .seconds(1))
        #expect(check.fastInterval == .milliseconds(100))
        #expect(check.downInterval == .seconds(5))
        #expect(check.rise == 1)
        #expect(check.fall == 5)
        #expect(check.port == 9200)
        #expect(check.address == .address(.v4(0x0A09_0909)))
        #expect(servers[0].check?.interval == .seconds(2))
        #expect(servers[3].check?.fall == 2)
    }

    @Test(arguments: [
        (
            "server",
            "7:11: error: expected a server name; usage: server <name> <address>:<port>"
                + " [<option>...]"
        ),
        (
            "server s2",
            "7:14: error: expected ADDRESS:PORT; usage: server <name> <address>:<port>"
                + " [<option>...]"
        ),
        (
            "server s/2 10.0.0.2:1",
            "7:12: error: 's/2' is not a server name: only letters, digits, '_', ':', '.'"
                + " and '-' may be in it"
        ),
        (
            "server s2 10.0.0.2",
            "7:23: error: '10.0.0.2' has no port: expected ADDRESS:PORT (the port of the"
                + " client's connection is not taken over by this version)"
        ),
        ("server s2 10.0.0.2:", "7:24: error: '10.0.0.2:' has no port: expected ADDRESS:PORT"),
        (
            "server s2 10.0.0.2:65536",
            "7:15: error: invalid port '65536' in '10.0.0.2:65536': expected 1 to 65535"
        ),
        (
            "server s2 10.0.0.2:+1",
            "7:15: error: invalid port '+1' in '10.0.0.2:+1': expected 1 to 65535"
        ),
        (
            "server s2 10.0.0.2:1-3",
            "7:15: error: '10.0.0.2:1-3' has a range of ports: expected one port"
        ),
        (
            "server s2 10.0.0:3306",
            "7:15: error: '10.0.0' is neither a numeric address nor a host name"
        ),
        ("server s2 *:3306", "7:15: error: '*' is neither a numeric address nor a host name"),
        ("server s2 0.0.0.0:3306", "7:15: error: '0.0.0.0' is no address to connect to"),
        ("server s2 [fd00::2:3306", "7:15: error: expected ']' in '[fd00::2:3306'"),
        ("server s2 [fd00::2]3306", "7:15: error: expected ':PORT' after ']' in '[fd00::2]3306'"),
        ("server s2 [db]:3306", "7:15: error: 'db' is not an IPv6 address"),
        (
            "server s2 /run/my.sock",
            "7:15: error: '/run/my.sock' is not an internet address: UNIX sockets and"
                + " other families are not supported by this version"
        ),
        ("server s1 10.0.0.2:3306", "7:12: error: another server is named 's1' at t.cfg:6"),
        (
            "server s2 10.0.0.2:3306 wieght 5",
            "7:29: error: unknown option 'wieght' of 'server'; did you mean 'weight'?"
        ),
        (
            "server s2 10.0.0.2:3306 inter 0",
            "7:35: error: '0' is out of range: expected a time from 1ms to 2147483647ms"
        ),
        (
            "server s2 10.0.0.2:3306 rise 0",
            "7:34: error: '0' is out of range: expected a count (1 to 65535)"
        ),
        (
            "server s2 10.0.0.2:3306 weight",
            "7:35: error: expected a weight (0 to 256); usage: weight <0-256>"
        ),
        (
            "server s2 10.0.0.2:3306 cookie a check",
            "7:29: error: 'cookie' is not supported by this version: it belongs to 'mode"
                + " http'; leave it out"
        ),
        (
            "server s2 10.0.0.2:3306 id 5 check",
            "7:29: error: 'id' is not supported by this version: servers are named, not"
                + " numbered: leave it out"
        ),
        (
            "server s2 10.0.0.2:3306 agent-check agent-inter 5s",
            "7:12: error: 'agent-check' of server 's2' needs 'agent-port'"
        ),
        (
            "server s2 10.0.0.2:3306 source 10.0.0.9:1024-2048",
            "7:36: error: '10.0.0.9:1024-2048': the port of 'source' cannot be chosen, leave it"
                + " out; the kernel takes one of net.ipv4.ip_local_port_range"
        ),
        (
            "source 0.0.0.0 usesrc clientip",
            "7:20: error: 'usesrc' is not supported by this version: it needs the kernel's"
                + " transparent proxying; 'send-proxy-v2' tells a server who the client is"
        ),
        (
            "source nobody",
            "7:12: error: 'nobody' is not a numeric address: expected ADDRESS:PORT, *:PORT or :PORT"
        ),
        (
            "clitcpka-cnt 128",
            "7:18: error: '128' is out of range: expected a count (1 to 127)"
        ),
        (
            "srvtcpka-idle 500ms",
            "7:19: error: '500ms' is out of range: expected a time from 1s to 32767s"
        ),
        (
            "hash-type consistant",
            "7:15: error: unknown method 'consistant' (map-based, consistent); did you mean"
                + " 'consistent'?"
        ),
        (
            "hash-type consistent sdbm avalanch",
            "7:31: error: expected 'avalanche', found 'avalanch'; usage: hash-type {map-based |"
                + " consistent} [<function>] [avalanche]; did you mean 'avalanche'?"
        ),
        (
            "server-template s 3 db:3306",
            "7:5: error: 'server-template' is not supported by this version: write each"
                + " server on a line of its own"
        ),
    ]) func `a mistake in a server line is located`(line: String, error: String) throws {
        #expect(try onlyError(listen(line)) == "t.cfg:\(error)")
    }

    @Test func `an option without effect hides no mistake behind it`() throws {
        let text = listen("server s2 10.0.0.2:1 no-verifyhost check chekc")
        #expect(
            findings(text, .note) == [
                "t.cfg:7:26: note: 'no-verifyhost' has no effect here: there is no TLS",
                "t.cfg:7:46: error: unknown option 'chekc' of 'server'; did you mean 'check'?",
            ]
        )
        let thread = listen("bind :9 thread 1-4 name x")
        #expect(try load(thread).proxies[0].binds[1].name == "x")
    }

    @Test func `several mistakes of one server line are all reported`() {
        let text = listen("server s2 10.0.0.2 chekc cookie x weight 300 rise x backup")
        #expect(
            parse(text).diagnostics.filter { $0.severity == .error }.map(\.location.column)
                == [23, 24, 30, 46, 55]
        )
    }

    @Test(arguments: [
        ("bind *:1", "0.0.0.0:1", nil),
        ("bind :2", "0.0.0.0:2", nil),
        ("bind 0.0.0.0:3", "0.0.0.0:3", nil),
        ("bind ipv4@10.0.0.1:4", "10.0.0.1:4", nil),
        ("bind [::]:5 v6only", "[::]:5", true),
        ("bind :::6 v4v6", "[::]:6", false),
        ("bind [fd00::1]:7", "[fd00::1]:7", nil),
        ("bind 10.0.0.1:8,[::1]:9,:10", "10.0.0.1:8 [::1]:9 0.0.0.0:10", nil),
        ("bind :11-13", "0.0.0.0:11 0.0.0.0:12 0.0.0.0:13", nil),
        ("bind ::1:14", "[::1]:14", nil),
    ]) func `every form of address to listen on is read`(
        line: String,
        endpoints: String,
        v6only: Bool?
    ) throws {
        let binds = try load(listen(line + " name x")).proxies[0].binds.dropFirst()
        #expect(binds.map(\.endpoint.description).joined(separator: " ") == endpoints)
        #expect(binds.allSatisfy { $0.isV6Only == v6only && $0.name == "x" })
    }

    @Test(
        arguments: [
            (
                "bind",
                "7:9: error: expected ADDRESS:PORT; usage: bind [<address>]:<port>[, ...]"
                    + " [<option>...]"
            ),
            ("bind 10.0.0.1", "7:18: error: '10.0.0.1' has no port: expected ADDRESS:PORT"),
            ("bind :0", "7:10: error: invalid port '0' in ':0': expected 1 to 65535"),
            ("bind :9,:x", "7:13: error: invalid port 'x' in ':x': expected 1 to 65535"),
            ("bind :9,", "7:13: error: '' has no port: expected ADDRESS:PORT"),
            ("bind :9-8", "7:10: error: the port range '9-8' runs backwards"),
            ("bind :1-65535", "7:10: error: too many addresses to listen on"),
            (
                "bind db:9",
                "7:10: error: 'db' is not a numeric address: expected ADDRESS:PORT, *:PORT or :PORT"
            ),
            ("bind 10.0.0.100:3306", "7:10: error: 10.0.0.100:3306 is bound already, at t.cfg:2"),
            (
                "bind :9 defer-accept",
                "7:13: error: 'defer-accept' is not supported by this version: it stalls"
                    + " MySQL, where the server speaks first"
            ),
            ("bind :9 nam x", "7:13: error: unknown option 'nam' of 'bind'; did you mean 'name'?"),
        ] as [(String, String)]
    ) func `a mistake in a bind line is located`(
        line: String,
        error: String
    ) throws {
        #expect(try onlyError(listen(line)) == "t.cfg:\(error)")
    }

    @Test func `an IPv6 address without brackets is read as in HAProxy, with a warning`() {
        #expect(
            findings(listen("bind ::1:14"), .warning) == [
                "t.cfg:7:10: warning: '::1:14' is read as [::1]:14: write the brackets"
            ]
        )
        #expect(
            findings(listen("server s2 fd00::2:3306 check"), .warning) == [
                "t.cfg:7:15: warning: 'fd00::2:3306' is read as [fd00::2]:3306: write the brackets"
            ]
        )
    }
}
