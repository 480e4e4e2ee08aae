import BalancerCore
import ControlPlane
import Daemon
import LinuxIO
import Primitives
import Testing

@Suite struct LogSetupTests {
    /// Two syslog servers on loopback.
    private let first: SyslogReceiver
    private let second: SyslogReceiver

    init() throws {
        first = try SyslogReceiver()
        second = try SyslogReceiver()
    }

    private func setup(_ proxies: String) throws -> LogSetup {
        try LogSetup(
            try configuration(
                """
                global
                    log \(first.target) local0
                    log \(second.target) local1 notice
                defaults
                    timeout connect 1s
                    timeout client 1s
                    timeout server 1s
                \(proxies)

                """
            )
        )
    }

    private func record(bytes: UInt64 = 1) -> SessionRecord {
        SessionRecord(
            client: Endpoint(.v4(0x0A00_0032), 4711),
            frontend: 0,
            backend: 0,
            acceptedAt: Instant(nanoseconds: 1_000_000_000),
            finishedAt: Instant(nanoseconds: 1_500_000_000),
            bytesToClient: bytes
        )
    }

    private func log(_ record: SessionRecord, of frontend: String, by setup: LogSetup) {
        let names = SessionRecord.Names(frontend: frontend, backend: "b", server: nil)
        setup.log([record], wallNow: .now, now: Instant(nanoseconds: 1_500_000_000)) { _ in names }
    }

    private static let proxies = """
        listen plain
            bind 127.0.0.1:1
            server s 127.0.0.1:2
        listen tcplog
            log global
            option tcplog
            bind 127.0.0.1:3
            server s 127.0.0.1:4
        listen quiet
            log global
            option tcplog
            option dontlognull
            bind 127.0.0.1:5
            server s 127.0.0.1:6
        """

    @Test func `the own lines go to the targets of global by their levels`() throws {
        let setup = try setup(Self.proxies)
        setup.router.log(.notice, "hello", targets: setup.globalTargets)
        setup.router.log(.info, "only the first", targets: setup.globalTargets)
        let lines = try [first, second].map { try $0.lines() }
        #expect(lines.map(\.count) == [2, 1])
        #expect(lines[0].first?.hasPrefix("<133>") == true)
        #expect(lines[1].first?.hasPrefix("<141>") == true)
        #expect(lines[0].last?.hasSuffix("]: only the first\n") == true)
    }

    @Test func `a session is logged where tcplog is asked for, and only there`() throws {
        let setup = try setup(Self.proxies)
        log(record(), of: "plain", by: setup)
        #expect(try first.lines() == [])
        log(record(), of: "tcplog", by: setup)
        log(record(bytes: 0), of: "tcplog", by: setup)
        let lines = try first.lines()
        #expect(lines.count == 2)
        #expect(lines.first?.contains("]: 10.0.0.50:4711 [") == true)
        #expect(lines.first?.contains("] tcplog b/<NOSRV> -1/-1/500 1 ") == true)
        // Session lines are of level info, which the second target does not take.
        #expect(try second.lines() == [])
    }

    @Test func `dontlognull passes over a session without a byte`() throws {
        let setup = try setup(Self.proxies)
        log(record(bytes: 0), of: "quiet", by: setup)
        #expect(try first.lines() == [])
        log(record(), of: "quiet", by: setup)
        #expect(try first.lines().count == 1)
    }

    @Test func `a proxy without log lines logs nothing, an unknown one as global`() throws {
        let setup = try setup(Self.proxies)
        #expect(setup.targets(ofProxy: "plain") == [])
        #expect(setup.targets(ofProxy: "tcplog") == setup.globalTargets)
        #expect(setup.targets(ofProxy: "nobody") == setup.globalTargets)
    }

    @Test func `a frontend and a backend of one name keep their own rules`() throws {
        let setup = try setup(
            """
            frontend db
                log global
                option tcplog
                bind 127.0.0.1:1
                default_backend db
            backend db
                server s 127.0.0.1:2
            """
        )
        log(record(), of: "db", by: setup)
        #expect(try first.lines().count == 1)
        #expect(setup.targets(ofProxy: "db") == [])
    }

    @Test func `a target that several sections name is opened once`() throws {
        let third = try SyslogReceiver()
        let setup = try setup(
            """
            listen own
                log \(third.target) local2
                log \(first.target) local0
                bind 127.0.0.1:1
                server s 127.0.0.1:2
            """
        )
        let own = setup.targets(ofProxy: "own")
        #expect(own == [LogTargets(position: 2), LogTargets(position: 0)])
        setup.router.log(.alert, "down", targets: own)
        #expect(try [first, second, third].map { try $0.lines().count } == [1, 0, 1])
    }
}
