import BalancerCore
import Primitives
import Testing

@Suite struct ServerPoolCheckTests {
    @Test func `up and down times and check counters are booked`() {
        var pool = Pools.pool(Pools.servers(1, checked: true, rise: 2, fall: 2))
        _ = pool.check("s1", Pools.pass, at: 10)
        #expect(pool.row("s1", at: 12)?.downtime == .seconds(10))
        #expect(pool.row("s1", at: 12)?.sinceLastChange == .seconds(2))
        _ = pool.check("s1", Pools.refused, at: 20)
        _ = pool.check("s1", Pools.refused, at: 30)
        _ = pool.check("s1", Pools.refused, at: 35)
        #expect(pool.row("s1", at: 40)?.downtime == .seconds(20))
        #expect(pool.row("s1", at: 40)?.counters.failedChecks == 2)
        #expect(pool.row("s1", at: 40)?.counters.downTransitions == 1)
        let backend = pool.snapshot(now: .seconds(40))
        #expect(backend.downtime == .seconds(20) && backend.sinceLastChange == .seconds(10))
        #expect(backend.counters.downTransitions == 1)
    }

    @Test func `readiness facts name the last pass and the last failure`() {
        let backend = Backend(
            BackendDefinition(name: "b", servers: Pools.servers(2, checked: true)),
            now: .zero
        )
        #expect(
            backend.readiness
                == BackendReadiness(
                    usableServers: 0,
                    lastCheckSuccess: nil,
                    lastCheckFailure: nil
                )
        )
        finish(backend, 0, Pools.pass, at: 3)
        finish(backend, 1, Pools.refused, at: 4)
        #expect(
            backend.readiness
                == BackendReadiness(
                    usableServers: 1,
                    lastCheckSuccess: .seconds(3),
                    lastCheckFailure: .seconds(4)
                )
        )
        _ = backend.setWeight(0, of: ServerID(index: 0), now: .seconds(5))
        #expect(backend.readiness.usableServers == 0)
    }

    @Test func `a server in maintenance is not checked, one that drains is`() {
        var pool = Pools.pool(Pools.servers(1, checked: true))
        let id = ServerID(index: 0)
        _ = pool.setState("s1", .maintenance)
        #expect(pool.checkStarted(id) == nil && pool.checkDelay(id) == nil)
        #expect(pool.row("s1")?.status == "MAINT")
        _ = pool.setState("s1", .drain)
        #expect(pool.checkStarted(id) != nil && pool.checkDelay(id) != nil)
        #expect(pool.row("s1")?.isCheckRunning == true)
    }

    @Test func `what a check found before maintenance is no evidence after it`() {
        var pool = Pools.pool(Pools.servers(1, checked: true))
        let ticket = pool.checkStarted(ServerID(index: 0))
        _ = pool.check("s1", Pools.pass)
        _ = pool.setState("s1", .maintenance)
        _ = pool.setState("s1", .ready)
        #expect(pool.next() == "-")
        if let ticket {
            #expect(!pool.isCurrent(ticket))
            #expect(pool.checkFinished(ticket, Pools.pass, now: .zero).isEmpty)
        }
        #expect(pool.next() == "-")
        _ = pool.check("s1", Pools.pass)
        #expect(pool.next() == "s1")
    }

    @Test func `servers without a check and unknown slots are not checked`() {
        var pool = Pools.pool(Pools.servers(1))
        #expect(pool.checkStarted(ServerID(index: 0)) == nil)
        #expect(pool.checkStarted(ServerID(index: 9)) == nil)
        #expect(pool.row("s1")?.lastOutcome == nil)
        #expect(pool.row("s1")?.status == "no check")
    }

    @Test func `limits of a check follow HAProxy's rules`() {
        var check = Pools.check()
        #expect(check.connectLimit == .milliseconds(300))
        check.connectTimeout = .milliseconds(100)
        #expect(check.connectLimit == .milliseconds(100))
        check.connectTimeout = .seconds(9)
        #expect(check.connectLimit == .milliseconds(300))
    }

    private func finish(_ backend: Backend, _ slot: Int, _ outcome: CheckOutcome, at second: Int64)
    {
        guard let ticket = backend.checkStarted(ServerID(index: slot)) else { return }
        _ = backend.checkFinished(ticket, outcome, now: .seconds(second))
    }
}
