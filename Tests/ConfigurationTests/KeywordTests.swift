import Configuration
import Primitives
import Testing

@Suite struct GlobalKeywordTests {
    @Test func `every setting of global has its place in the model`() throws {
        let global = try load(
            """
            global
                maxconn 20000
                nbthread 4
                tune.engine io_uring
                log-tag db
                spread-checks 5
                hard-stop-after 30s
                node lb1
                description two words
                state-dir /srv/state
                uid 99
                gid 98
                pidfile /run/x.pid
                quiet
                debug
                no debug
                ulimit-n 65536
                nbproc 1
                stats socket /run/haproxy/admin.sock mode 660 level admin
                stats socket 127.0.0.1:9999
                stats timeout 30s
                stats maxconn 20

            """
        ).global
        #expect(global.maxConnections == 20_000)
        #expect(global.threads == 4)
        #expect(global.engine == .ioUring)
        #expect(global.logTag == "db")
        #expect(global.spreadChecks == 5)
        #expect(global.hardStopAfter == .seconds(30))
        #expect(global.node == "lb1")
        #expect(global.description == "two words")
        #expect(global.stateDirectory == "/srv/state")
        #expect(global.user == .number(99))
        #expect(global.group == .number(98))
        #expect(global.pidFile == "/run/x.pid")
        #expect(global.isQuiet)
        #expect(!global.isDebug)
        #expect(global.descriptorLimit == 65_536)
        #expect(global.statsTimeout == .seconds(30))
        #expect(global.statsMaxConnections == 20)
        let sockets = global.statsSockets
        #expect(sockets.map(\.level) == [.admin, .operator])
        #expect(sockets.map(\.mode) == [0o660, nil])
        #expect(
            sockets.map(\.address) == [
                .path("/run/haproxy/admin.sock"), .internet(Endpoint(.v4(0x7F00_0001), 9999)),
            ]
        )
    }

    @Test func `what cannot matter is accepted with a note`() throws {
        let text = """
            global
                chroot /var/lib/haproxy
                stats socket /run/a.sock expose-fd listeners user haproxy group haproxy
                ca-base /etc/ssl/certs
                tune.bufsize 32k

            """
        #expect(try load(text).global.statsSockets.count == 1)
        let notes = parse(text).diagnostics
        #expect(notes.allSatisfy { $0.severity == .note })
        #expect(
            notes.map(\.location.description) == [
                "t.cfg:2:5", "t.cfg:3:30", "t.cfg:3:50", "t.cfg:3:63", "t.cfg:4:5", "t.cfg:5:5",
            ]
        )
    }

    @Test(arguments: [
        ("maxconn", "2:9: error: expected a number (0 to 10000000); usage: maxconn <number>"),
        ("maxconn x", "2:10: error: 'x' is not a whole number: expected a number (0 to 10000000)"),
        ("maxconn -5", "2:10: error: '-5' is out of range: expected a number (0 to 10000000)"),
        (
            "maxconn 99999999999999999999",
            "2:10: error: '99999999999999999999' is out of range: expected a number (0 to 10000000)"
        ),
        ("maxconn 5 6", "2:12: error: unexpected '6'; usage: maxconn <number>"),
        ("daemon x", "2:9: error: unexpected 'x'; usage: daemon"),
        ("no maxconn", "2:5: error: 'no' cannot stand before 'maxconn'"),
        (
            "state-dir var/lib",
            "2:12: error: 'var/lib' is not an absolute path: it must begin with '/'"
        ),
        ("spread-checks 51", "2:16: error: '51' is out of range: expected a percentage (0 to 50)"),
        (
            "stats timeout 1us",
            "2:16: error: '1us' is too short: the shortest time is 1ms, 0 is none"
        ),
        ("stats sokcet /x", "2:8: error: unknown stats 'sokcet'; did you mean 'socket'?"),
        ("stats", "2:7: error: expected more after 'stats': socket, timeout, maxconn …"),
        (
            "stats socket run/x",
            "2:15: error: 'run/x' is neither an absolute path nor ADDRESS:PORT"
        ),
        (
            "stats socket /x mode 999",
            "2:23: error: '999' is not an octal mode such as 660"
        ),
        (
            "stats socket /x level root",
            "2:24: error: unknown level 'root' (user, operator, admin)"
        ),
        (
            "stats socket /x moed 1",
            "2:18: error: unknown option 'moed' of 'stats socket'; did you mean 'mode'?"
        ),
        (
            "tune.bufsize 1x",
            "2:15: error: unknown unit 'x' (k, m or g): expected a size such as 16384 or 16k"
        ),
        ("tune.bufsize 4g", "2:15: error: '4g' is too large: expected a size such as 16384 or 16k"),
        (
            "nbproc 2",
            "2:2: error: more than one process is not supported, nor is it by HAProxy since 2.5:"
                + " use 'nbthread'; did you mean 'nbthread'?"
        ),
        (
            "unix-bind prefix",
            "2:2: error: 'unix-bind' is not supported by this version"
        ),
    ]) func `a mistake in global is located`(line: String, error: String) throws {
        #expect(try onlyError("global\n \(line)\n") == "t.cfg:\(error)")
    }
}

@Suite struct LogKeywordTests {
    @Test func `log lines of every kind are understood`() throws {
        let targets = try load(
            """
            global
                log 10.0.0.9:5140 local0
                log loghost local1 info
                log [fd00::9]:514 local2 warning crit
                log /dev/log len 2048 format raw daemon
                log stdout format raw local0
                log stderr local7 debug

            """
        ).global.logTargets
        #expect(
            targets.map(\.destination) == [
                .udp(.address(.v4(0x0A00_0009)), port: 5140),
                .udp(.name("loghost"), port: 514),
                .udp(.address(try #require(IPAddress("fd00::9"))), port: 514),
                .unixSocket("/dev/log"), .standardOutput, .standardError,
            ]
        )
        #expect(targets.map(\.format) == [.local, .local, .local, .raw, .raw, .local])
        #expect(targets.map(\.maximumLength) == [1024, 1024, 1024, 2048, 1024, 1024])
        #expect(targets.map(\.facility.rawValue) == [16, 17, 18, 3, 16, 23])
        #expect(
            targets.map(\.maximumLevel) == [.debug, .info, .warning, .debug, .debug, .debug]
        )
        #expect(targets.map(\.minimumLevel) == [.emerg, .emerg, .crit, .emerg, .emerg, .emerg])
    }

    @Test(arguments: [
        (
            "log",
            "2:5: error: expected a log target: ADDRESS[:PORT], stdout, stderr or a path;"
                + " usage: log <target> [len <bytes>] [format <format>] <facility> [<level>"
                + " [<minlevel>]]"
        ),
        (
            "log 10.0.0.1",
            "2:14: error: expected facility; usage: log <target> [len <bytes>] [format"
                + " <format>] <facility> [<level> [<minlevel>]]"
        ),
        ("log 10.0.0.1 local9", "2:15: error: unknown facility 'local9'; did you mean 'local0'?"),
        ("log 10.0.0.1 local0 inof", "2:22: error: unknown level 'inof'; did you mean 'info'?"),
        (
            "log 10.0.0.256 local0",
            "2:6: error: '10.0.0.256' is neither a numeric address nor a host name"
        ),
        (
            "log 10.0.0.1:0 local0",
            "2:6: error: invalid port '0' in '10.0.0.1:0': expected 1 to 65535"
        ),
        ("log stdout format json local0", "2:20: error: unknown log format 'json' (local, raw)"),
        (
            "log stdout len 1 local0",
            "2:17: error: '1' is out of range: expected the longest line in bytes (80 to 65535)"
        ),
    ]) func `a mistake in a log line is located`(line: String, error: String) throws {
        #expect(try onlyError("global\n \(line)\n") == "t.cfg:\(error)")
    }

    @Test func `a proxy logs where it says, to the targets of global wherever those stand`() throws
    {
        let text = """
            defaults
                log global
            \(listen())
            \(listen("log stdout format raw local3").replacing("db", with: "db2").replacing(":3306", with: ":3307"))
            \(listen("no log").replacing("db", with: "db3").replacing(":3306", with: ":3308"))
            global
                log 10.0.0.9 local0

            """
        let proxies = try load(text).proxies
        #expect(
            proxies.map { $0.logTargets.map(\.facility) } == [[.local0], [.local0, .local3], []]
        )
    }
}
