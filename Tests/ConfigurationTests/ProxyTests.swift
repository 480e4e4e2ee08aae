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
        #expect(proxy.clientKeepAlive == KeepAlive())
        #expect(proxy.serverKeepAlive == nil)
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
        #expect(proxy.clientKeepAlive == nil && proxy.serverKeepAlive == nil)
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
            "balance random(3)",
            "7:13: error: unknown algorithm 'random(3)'; did you mean 'random(1)'?"
        ),
        (
            "balance rounrobin",
            "7:13: error: unknown algorithm 'rounrobin'; did you mean 'roundrobin'?"
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
