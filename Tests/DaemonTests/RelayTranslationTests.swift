import BalancerCore
import Daemon
import Primitives
import Relay
import Testing

/// Each word of the configuration arrives where the relay and the checks look for it.
@Suite struct RelayTranslationTests {
    private func parts(_ text: String, existing: Parts? = nil) throws -> Parts {
        try Parts.make(try configuration(text), node: "here", existing: existing)
    }

    private static let full = """
        global
            maxconn 777
            nbthread 3
            tune.engine epoll
        listen db
            bind 127.0.0.1:3306
            bind 127.0.0.1:3307
            maxconn 55
            backlog 99
            balance roundrobin
            option tcpka
            option redispatch
            option allbackups
            option log-health-checks
            option mysql-check user probe post-41
            retries 7
            timeout connect 1s
            timeout client 2s
            timeout server 3s
            timeout client-fin 4s
            timeout server-fin 5s
            timeout tunnel 6s
            timeout check 7s
            server one 10.0.0.1:3306 weight 9 check inter 500 fastinter 100 downinter 900 rise 4 fall 5
            server two 10.0.0.2:3306 backup check port 9200 addr 10.0.0.99
            server three 10.0.0.3:3306 disabled weight 0

        """

    @Test func `frontends have their endpoints, limits and times`() throws {
        let plan = try parts(Self.full).plan
        #expect(plan.threads == 3)
        #expect(plan.engine == .fixed(.epoll))
        #expect(plan.maxConnections == 777)
        #expect(plan.pulseInterval == nil)
        #expect(plan.virtualSources == [])
        let frontend = try #require(plan.frontends.first)
        #expect(plan.frontends.count == 1)
        #expect(frontend.name == "db")
        let local = IPAddress.v4(0x7F00_0001)
        #expect(
            frontend.listeners == [
                ListenerPlan(Endpoint(local, 3306)), ListenerPlan(Endpoint(local, 3307)),
            ]
        )
        #expect(frontend.backend == 0)
        #expect(frontend.maxConnections == 55)
        #expect(frontend.backlog == 99)
        #expect(frontend.clientTimeout == .seconds(2))
        #expect(frontend.clientFinTimeout == .seconds(4))
        #expect(frontend.clientKeepAlive == KeepAlive())
    }

    @Test func `backends have their times, retries and redispatch`() throws {
        let backend = try #require(try parts(Self.full).plan.backends.first)
        #expect(backend.backend.name == "db")
        #expect(backend.connectTimeout == .seconds(1))
        #expect(backend.serverTimeout == .seconds(3))
        #expect(backend.serverFinTimeout == .seconds(5))
        #expect(backend.tunnelTimeout == .seconds(6))
        #expect(backend.retries == 7)
        #expect(backend.redispatches)
        #expect(backend.serverKeepAlive == KeepAlive())
    }

    @Test(arguments: BalancerCore.BalanceAlgorithm.allCases)
    func `the balance line is the backend's algorithm`(
        algorithm: BalancerCore.BalanceAlgorithm
    ) throws {
        let text = Self.full.replacing("balance roundrobin", with: "balance \(algorithm.rawValue)")
        #expect(try parts(text).definitions.first?.balance == algorithm)
    }

    @Test func `servers have weights, roles and checks`() throws {
        let definition = try #require(try parts(Self.full).definitions.first)
        #expect(definition.name == "db")
        #expect(definition.allBackups)
        #expect(definition.logsHealthChecks)
        let (one, two, three) = (
            definition.servers[0], definition.servers[1], definition.servers[2]
        )
        #expect(one.endpoint == Endpoint(.v4(0x0A00_0001), 3306))
        #expect([one.weight, two.weight, three.weight] == [9, 1, 0])
        #expect([one.isBackup, two.isBackup, three.isBackup] == [false, true, false])
        #expect([one.isDisabled, two.isDisabled, three.isDisabled] == [false, false, true])
        #expect(
            one.check
                == CheckDefinition(
                    kind: .mysql(MySQLCheck(user: "probe", dialect: .post41)),
                    endpoint: one.endpoint,
                    interval: .milliseconds(500),
                    fastInterval: .milliseconds(100),
                    downInterval: .milliseconds(900),
                    rise: 4,
                    fall: 5,
                    connectTimeout: .seconds(1),
                    readTimeout: .seconds(7)
                )
        )
        #expect(two.check?.endpoint == Endpoint(.v4(0x0A00_0063), 9200))
        #expect(two.check?.interval == .seconds(2))
        #expect(three.check == nil)
    }

    @Test func `what is not said is as HAProxy has it, but for redispatching`() throws {
        let plan = try parts(smallBalancer()).plan
        #expect(plan.frontends[0].maxConnections == nil)
        #expect(plan.frontends[0].clientKeepAlive == nil)
        #expect(plan.frontends[0].clientFinTimeout == nil)
        #expect(plan.backends[0].retries == 3)
        #expect(plan.backends[0].redispatches)
        #expect(plan.backends[0].serverKeepAlive == nil)
        #expect(plan.backends[0].tunnelTimeout == nil)
        #expect((1...64).contains(plan.threads))
        #expect(plan.maxConnections > 0)
    }

    @Test func `a frontend finds its backend, and disabled sections are left out`() throws {
        let plan = try parts(
            """
            defaults
                timeout connect 1s
                timeout client 1s
                timeout server 1s
            frontend off
                disabled
                bind 127.0.0.1:1
                default_backend b
            backend a
                server s 127.0.0.1:11
            backend b
                server s 127.0.0.1:12
            frontend in
                bind 127.0.0.1:2
                default_backend b
            backend c
                disabled
                server s 127.0.0.1:13
            frontend lost
                bind 127.0.0.1:3
                default_backend c

            """
        ).plan
        #expect(plan.frontends.map(\.name) == ["in", "lost"])
        #expect(plan.backends.map(\.backend.name) == ["a", "b"])
        #expect(plan.frontends.map(\.backend) == [1, nil])
    }

    @Test func `a backend stays the same object as long as the process lives`() throws {
        let more = "backend extra\n server s 127.0.0.1:9\n timeout connect 1s\n timeout server 1s\n"
        let first = try parts(smallBalancer(more))
        let without = try parts(smallBalancer(), existing: first)
        #expect(without.plan.backends.map(\.backend.name) == ["db"])
        #expect(without.plan.backends[0].backend === first.plan.backends[0].backend)
        // The engine knows it still: another object of this name would be a broken promise.
        let back = try parts(smallBalancer(more), existing: without)
        #expect(back.plan.backends[1].backend === first.plan.backends[1].backend)
    }

    @Test func `a name that nobody knows is named with its place`() throws {
        let text = smallBalancer("    server two no-such-host.invalid:3306\n")
        let failure = #expect(throws: StartFailure.self) { try parts(text) }
        let words = try #require(failure?.description)
        #expect(words.contains("t.cfg:9:"))
        #expect(words.contains("cannot resolve 'no-such-host.invalid'"))
        #expect(words.contains("add it to /etc/hosts on both nodes"))
    }

    @Test(arguments: [
        ("nbthread", "    nbthread 2", ""),
        ("tune.engine", "    tune.engine epoll", ""),
        ("state-dir", "    state-dir /var/lib/elsewhere", ""),
        ("stats socket", "    stats socket /run/elsewhere.sock", ""),
    ])
    func `what a reload cannot change is named`(
        _ name: String,
        _ global: String,
        _ more: String
    ) throws {
        let old = try parts(smallBalancer(more, global: "    nbthread 1"))
        let new = try parts(smallBalancer(more, global: "    nbthread 1\n" + global))
        #expect(new.changeThatNeedsRestart(from: old) == name)
    }

    @Test func `servers, limits, times and logs can be changed by a reload`() throws {
        let old = try parts(smallBalancer())
        let more = "    server two 127.0.0.1:9 weight 7\n    timeout tunnel 1h\n    maxconn 5\n"
        let new = try parts(smallBalancer(more, global: "    maxconn 9\n    log 127.0.0.1 local0"))
        #expect(new.changeThatNeedsRestart(from: old) == nil)
    }
}
