import BalancerCore
import Primitives
import Testing

@Suite struct SlowStartTests {
    private static func pool(_ balance: BalanceAlgorithm = .roundRobin) -> ServerPool {
        var servers = Pools.servers(2, checked: true, rise: 1, fall: 1)
        servers[0].slowStart = .seconds(60)
        return ServerPool(
            BackendDefinition(name: "b", servers: servers, balance: balance),
            now: .zero
        )
    }

    /// How many of 160 sessions at one moment go to `s1`.
    private static func share(_ pool: inout ServerPool, at second: Int64) -> Int {
        (0..<160).filter { _ in pool.next(at: second) == "s1" }.count
    }

    private static func bringUp(_ pool: inout ServerPool) {
        for name in ["s1", "s2"] { _ = pool.check(name, Pools.pass) }
    }

    @Test func `at the start of the process a server has its whole share at once`() {
        var pool = Self.pool()
        Self.bringUp(&pool)
        #expect(Self.share(&pool, at: 0) == 80)
        #expect(pool.row("s1")?.throttle == nil && pool.row("s1")?.effectiveWeight == 1)
    }

    @Test func `a server that comes back gets its share little by little`() {
        var pool = Self.pool()
        Self.bringUp(&pool)
        _ = pool.check("s1", Pools.refused, at: 10)
        #expect(Self.share(&pool, at: 15) == 0)
        _ = pool.check("s1", Pools.pass, at: 20)
        // 1, 8 and 12 sixteenths of the weight beside 16.
        #expect((9...11).contains(Self.share(&pool, at: 20)))
        #expect(pool.row("s1", at: 50)?.throttle == 50)
        #expect((52...55).contains(Self.share(&pool, at: 50)))
        #expect((67...70).contains(Self.share(&pool, at: 65)))
        #expect((79...81).contains(Self.share(&pool, at: 80)))
        #expect(pool.row("s1", at: 80)?.throttle == nil)
    }

    @Test func `leaving maintenance is coming back, and so is the first pass after a failure`() {
        var pool = Self.pool()
        Self.bringUp(&pool)
        _ = pool.setState("s1", .maintenance, at: 10)
        _ = pool.setState("s1", .ready, at: 20)
        _ = pool.check("s1", Pools.pass, at: 20)
        #expect(pool.row("s1", at: 35)?.throttle == 25)
        var other = Self.pool()
        _ = other.check("s1", Pools.refused, at: 0)
        _ = other.check("s1", Pools.pass, at: 10)
        #expect(other.row("s1", at: 25)?.throttle == 25)
    }

    @Test func `a server that falls meanwhile begins anew`() {
        var pool = Self.pool()
        Self.bringUp(&pool)
        _ = pool.check("s1", Pools.refused, at: 10)
        _ = pool.check("s1", Pools.pass, at: 20)
        _ = pool.check("s1", Pools.refused, at: 50)
        #expect(pool.row("s1", at: 50)?.throttle == nil)
        #expect(Self.share(&pool, at: 50) == 0)
        _ = pool.check("s1", Pools.pass, at: 60)
        #expect(pool.row("s1", at: 75)?.throttle == 25)
    }

    @Test func `a table of turns takes the whole weight at once`() {
        var pool = Self.pool(.staticRoundRobin)
        Self.bringUp(&pool)
        _ = pool.check("s1", Pools.refused, at: 10)
        _ = pool.check("s1", Pools.pass, at: 20)
        #expect(pool.row("s1", at: 21)?.throttle == nil)
        #expect(Self.share(&pool, at: 21) == 80)
    }
}
