import Configuration
import Primitives
import Testing

@Suite struct ProxyKeywordTests {
    @Test func `every setting of a proxy has its place in the model`() throws {
        let proxy = try load(
            listen(
                "mode tcp",
                "description the cluster",
                "maxconn 500",
                "backlog 1000",
                "balance roundrobin",
                "retries 5",
                "option redispatch 2",
                "option allbackups",
                "option clitcpka",
                "option log-health-checks",
                "option tcplog",
                "option dontlognull",
                "option mysql-check user check pre-41",
                "timeout client-fin 30s",
                "timeout server-fin 31s",
                "timeout tunnel 2h",
                "timeout queue 7s",
                "timeout check 900ms"
            )
        ).proxies[0]
        #expect(proxy.description == "the cluster")
        #expect(proxy.location == SourceLocation(file: "t.cfg", line: 1, column: 1))
        #expect(proxy.maxConnections == 500)
        #expect(proxy.backlog == 1000)
        #expect(proxy.retries == 5)
        #expect(proxy.redispatch == .everyRetry(2))
        #expect(proxy.usesAllBackups)
        #expect(proxy.clientKeepAlive)
        #expect(!proxy.serverKeepAlive)
        #expect(proxy.logsHealthChecks)
        #expect(proxy.logFormat == .tcplog)
        #expect(proxy.skipsNullLogs)
        guard case .mysql(let method) = proxy.checkMethod else {
            Issue.record("not a MySQL check")
            return
        }
        #expect(method.user == "check")
        #expect(method.handshake == .pre41)
        #expect(proxy.timeouts.connect == .seconds(5))
        #expect(proxy.timeouts.client == .seconds(3600))
        #expect(proxy.timeouts.server == .seconds(3600))
        #expect(proxy.timeouts.clientFin == .seconds(30))
        #expect(proxy.timeouts.serverFin == .seconds(31))
        #expect(proxy.timeouts.tunnel == .seconds(7200))
        #expect(proxy.timeouts.queue == .seconds(7))
        #expect(proxy.timeouts.check == .milliseconds(900))
    }

    @Test
    func
        `without a line the defaults are those of HAProxy, but that a dead server is left at once`()
        throws
    {
        let proxy = try load(listen()).proxies[0]
        #expect(!proxy.isDisabled)
        #expect(proxy.maxConnections == nil)
        #expect(proxy.balance == .roundRobin)
        #expect(proxy.retries == 3)
        #expect(proxy.redispatch == .everyRetry(1))
        #expect(proxy.checkMethod == .tcp)
        #expect(!proxy.usesAllBackups)
        #expect(!proxy.clientKeepAlive && !proxy.serverKeepAlive)
        #expect(proxy.logFormat == nil && !proxy.skipsNullLogs && !proxy.logsHealthChecks)
        #expect(proxy.timeouts.tunnel == nil && proxy.timeouts.clientFin == nil)
        #expect(proxy.logTargets.isEmpty)
    }

    @Test(arguments: [
        (
            "100",
            Duration.milliseconds(100)
        ),
        (
            "100ms",
            .milliseconds(100)
        ),
        (
            "5000us",
            .milliseconds(5)
        ),
        (
            "3s",
            .seconds(3)
        ),
        (
            "2m",
            .seconds(120)
        ),
        (
            "1h",
            .seconds(3600)
        ),
        (
            "24d",
            .seconds(2_073_600)
        ),
        ("2147483647", .milliseconds(2_147_483_647)),
    ]) func `times have HAProxy's units and are milliseconds if bare`(
        text: String,
        expected: Duration
    ) throws {
        #expect(try load(listen("timeout check \(text)")).proxies[0].timeouts.check == expected)
    }

    @Test func `a maxconn of 0 is the default`() throws {
        let text = "global\n    maxconn 5\n    maxconn 0\n" + listen("maxconn 5", "maxconn 0")
        #expect(try load(text).global.maxConnections == nil)
        #expect(try load(text).proxies[0].maxConnections == nil)
    }

    @Test func `a timeout of 0 is none`() throws {
        let timeouts = try load(listen("timeout queue 0", "timeout tunnel 0s")).proxies[0].timeouts
        #expect(timeouts.queue == nil)
        #expect(timeouts.tunnel == nil)
    }

    @Test(arguments: [
        ("25d", "'25d' is too large: expected a time such as 500ms, 5s or 1m"),
        ("2147483648ms", "'2147483648ms' is too large: expected a time such as 500ms, 5s or 1m"),
        (
            "99999999999999999999d",
            "'99999999999999999999d' is too large: expected a time such as 500ms, 5s or 1m"
        ),
        (
            "1.5s",
            "'1.5s' has decimals: write a whole number of a smaller unit: expected a time"
                + " such as 500ms, 5s or 1m"
        ),
        ("-1", "'-1' is not a number: expected a time such as 500ms, 5s or 1m"),
        ("1S", "unknown unit 'S' (us, ms, s, m, h or d): expected a time such as 500ms, 5s or 1m"),
        ("1 s", "unexpected 's'; usage: timeout check <time>"),
        ("5é", "unknown unit 'é' (us, ms, s, m, h or d): expected a time such as 500ms, 5s or 1m"),
    ]) func `a time that is none is located`(text: String, error: String) throws {
        let column = text == "1 s" ? 21 : 19
        #expect(
            try onlyError(listen("timeout check \(text)")) == "t.cfg:7:\(column): error: \(error)"
        )
    }

    @Test(arguments: [
        ("option redispatch", RedispatchPolicy.fromLastRetry(1)),
        ("option redispatch -3", .fromLastRetry(3)),
        ("option redispatch 3", .everyRetry(3)),
        ("option redispatch 0", .never),
        ("redispatch", .fromLastRetry(1)),
    ]) func `redispatch counts as in HAProxy`(line: String, policy: RedispatchPolicy) throws {
        #expect(try load(listen(line)).proxies[0].redispatch == policy)
    }

    @Test(arguments: [
        ("option mysql-check", nil, MySQLCheckMethod.Handshake.post41),
        ("option mysql-check user u", "u", .post41),
        ("option mysql-check user u post-41", "u", .post41),
        ("option mysql-check user u pre-41", "u", .pre41),
        ("option mysql-check user u post-80", "u", .post80),
    ]) func `every form of the MySQL check is read`(
        line: String,
        user: String?,
        handshake: MySQLCheckMethod.Handshake
    ) throws {
        guard case .mysql(let method) = try load(listen(line)).proxies[0].checkMethod else {
            Issue.record("not a MySQL check")
            return
        }
        #expect(method.user == user)
        #expect(method.handshake == handshake)
    }

    @Test func `old words are taken with a note that says the new one`() throws {
        let text = listen("contimeout 1s", "clitimeout 2s", "srvtimeout 3s", "redispatch")
        let proxy = try load(text).proxies[0]
        #expect(proxy.timeouts.connect == .seconds(1))
        #expect(proxy.timeouts.client == .seconds(2))
        #expect(proxy.timeouts.server == .seconds(3))
        #expect(proxy.redispatch == .fromLastRetry(1))
        let notes = findings(text, .note).filter { $0.contains("old") }
        #expect(
            notes == [
                "t.cfg:7:5: note: 'contimeout' is old: write 'timeout connect'",
                "t.cfg:8:5: note: 'clitimeout' is old: write 'timeout client'",
                "t.cfg:9:5: note: 'srvtimeout' is old: write 'timeout server'",
                "t.cfg:10:5: note: 'redispatch' alone is old: write 'option redispatch'",
            ]
        )
    }

    @Test(arguments: [
        (
            "balance random",
            "7:13: error: 'balance random' is not supported by this version; did you"
                + " mean 'roundrobin'?"
        ),
        (
            "balance rounrobin",
            "7:13: error: unknown algorithm 'rounrobin' (roundrobin, static-rr, leastconn, first, source); did"
                + " you mean 'roundrobin'?"
        ),
        ("mode htpp", "7:10: error: unknown mode 'htpp' (tcp, http); did you mean 'http'?"),
        ("option htpchk", "7:12: error: unknown option 'htpchk'; did you mean 'httpchk'?"),
        (
            "option redis-check",
            "7:12: error: 'option redis-check' is not supported by this version: use 'option"
                + " mysql-check', 'option httpchk' or 'option tcp-check'"
        ),
        ("option tcpka 5", "7:18: error: unexpected '5'; usage: option tcpka"),
        (
            "option mysql-check user u post-81",
            "7:31: error: unknown handshake 'post-81' (pre-41, post-41, post-80); did you"
                + " mean 'post-41'?"
        ),
        (
            "use_backend x if y",
            "7:5: error: 'use_backend' is not supported by this version: every connection"
                + " goes to 'default_backend'"
        ),
        ("retries -1", "7:13: error: '-1' is out of range: expected a number (0 to 65535)"),
        ("default_backend nowhere", "7:21: error: there is no backend 'nowhere'"),
        ("default_backend d", "7:21: error: there is no backend 'd'"),
        ("state-dir /x", "7:5: error: unknown keyword 'state-dir' in section 'listen'"),
        ("no retries", "7:8: error: 'no' cannot stand before 'retries'"),
    ]) func `a mistake in a proxy is located`(line: String, error: String) throws {
        #expect(try onlyError(listen(line)) == "t.cfg:\(error)")
    }

    @Test func `what belongs to mode http does nothing, and says so`() throws {
        let text = listen(
            "option httplog",
            "option forwardfor except 127.0.0.0/8",
            "errorfile 400 /etc/400.http",
            "timeout http-request 10s",
            "no option http-server-close"
        )
        #expect(try load(text).proxies[0].logFormat == .tcplog)
        #expect(
            findings(text, .note) == [
                "t.cfg:7:12: note: 'option httplog' belongs to 'mode http': taken as 'option tcplog'",
                "t.cfg:8:12: note: 'option forwardfor' has no effect here: it belongs to 'mode http'",
                "t.cfg:9:5: note: 'errorfile' has no effect here: it belongs to 'mode http'",
                "t.cfg:10:13: note: 'timeout http-request' has no effect here: it belongs to 'mode http'",
            ]
        )
    }

    @Test func `a keyword on the wrong side is a warning as in HAProxy, a lost server an error`() {
        let text = """
            frontend f
                bind :3306
                timeout client 1h
                timeout server 1h
                balance roundrobin
                default_backend b
                server x 10.0.0.1:3306
            backend b
                timeout connect 5s
                timeout server 1h
                maxconn 5
                bind :3307
                server s1 10.0.0.1:3306 check
            defaults
                server y 10.0.0.1:3306

            """
        #expect(
            findings(text, .warning) == [
                "t.cfg:4:5: warning: 'timeout server' is ignored: frontend 'f' has no backend side",
                "t.cfg:5:5: warning: 'balance' is ignored: frontend 'f' has no backend side",
                "t.cfg:7:5: error: 'server' is not allowed in 'frontend': it belongs to 'listen' or"
                    + " 'backend'",
                "t.cfg:11:5: warning: 'maxconn' is ignored: backend 'b' has no frontend side",
                "t.cfg:12:5: error: 'bind' is not allowed in 'backend': it belongs to 'listen' or"
                    + " 'frontend'",
                "t.cfg:15:5: error: 'server' is not allowed in 'defaults'",
            ]
        )
    }
}

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
            "server s2 10.0.0.2:3306 minconn 50",
            "7:29: error: 'minconn' is not supported by this version: a server's 'maxconn' does"
                + " not move with the load"
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
