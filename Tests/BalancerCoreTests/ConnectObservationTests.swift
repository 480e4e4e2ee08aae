import BalancerCore
import Primitives
import Testing

/// What failed connects of sessions say about a server.
@Suite struct ConnectObservationTests {
    private func pool(_ observation: ConnectObservation?, rise: Int = 2, fall: Int = 3)
        -> ServerPool
    {
        var servers = Pools.servers(2, checked: true, rise: rise, fall: fall)
        servers[0].check?.observation = observation
        var pool = Pools.pool(servers)
        for name in ["s1", "s2"] { _ = pool.check(name, Pools.pass) }
        return pool
    }

    /// As the relay does after a failed connect.
    private func fail(_ pool: inout ServerPool, refused: Bool = true) throws -> [HealthNotice]? {
        let id = try #require(pool.id(of: "s1"))
        return pool.connectFailed(id, .giveUp, isRefused: refused, now: .zero).map {
            pool.weigh($0, now: .seconds(1))
        }
    }

    @Test func `without observe each refused connect is a failed check`() throws {
        var pool = pool(nil)
        #expect(try fail(&pool) == [])
        #expect(pool.row("s1")?.status == "UP 2/3")
        #expect(try fail(&pool) == [])
        let notices = try #require(try fail(&pool))
        #expect(
            notices.map(\.text) == [
                "Server b/s1 is DOWN, reason: Health analyze, info: \"Detected 1 consecutive"
                    + " errors, last one was: L4 unsuccessful connection\". 1 active and 0 backup"
                    + " servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
            ]
        )
        let row = try #require(pool.row("s1"))
        #expect(row.status == "DOWN" && row.lastOutcome?.code == .healthAnalysis)
        #expect(row.counters.observedFailures == 3 && row.counters.failedChecks == 3)
        #expect(row.counters.connectErrors == 3 && row.counters.downTransitions == 1)
        // It is known to be down: no more evidence is needed.
        #expect(try fail(&pool) == nil)
    }

    @Test func `without observe a connect that times out says nothing`() throws {
        var pool = pool(nil)
        for _ in 0..<20 { #expect(try fail(&pool, refused: false) == nil) }
        #expect(pool.row("s1")?.status == "UP")
    }

    @Test func `a passed check takes the doubt away`() throws {
        var pool = pool(nil)
        for _ in 0..<2 { _ = try fail(&pool) }
        #expect(pool.row("s1")?.status == "UP 1/3")
        _ = pool.check("s1", Pools.pass)
        #expect(pool.row("s1")?.status == "UP")
    }

    @Test func `with observe so many count as are in a row, of any kind`() throws {
        var pool = pool(ConnectObservation(errorLimit: 3))
        #expect(try fail(&pool) == nil)
        #expect(try fail(&pool, refused: false) == nil)
        pool.connected(try #require(pool.id(of: "s1")))
        #expect(try fail(&pool) == nil)
        #expect(try fail(&pool) == nil)
        #expect(try fail(&pool, refused: false) == [])
        let row = try #require(pool.row("s1"))
        #expect(row.status == "UP 2/3" && row.counters.observedFailures == 1)
        #expect(row.lastOutcome?.info.hasPrefix("Detected 3 consecutive errors") == true)
    }

    @Test func `each reaction is HAProxy's`() throws {
        func status(_ reaction: ConnectObservation.Reaction, failures: Int) throws -> String? {
            var pool = pool(ConnectObservation(errorLimit: 1, reaction: reaction), fall: 5)
            for _ in 0..<failures { _ = try fail(&pool) }
            return pool.row("s1")?.status
        }
        #expect(try status(.fastInterval, failures: 9) == "UP")
        #expect(try status(.failCheck, failures: 1) == "UP 4/5")
        #expect(try status(.suddenDeath, failures: 1) == "UP 1/5")
        #expect(try status(.suddenDeath, failures: 2) == "DOWN")
        #expect(try status(.markDown, failures: 1) == "DOWN")
    }

    @Test func `evidence does not outlive what it speaks of`() throws {
        var pool = pool(ConnectObservation(errorLimit: 1, reaction: .markDown))
        let id = try #require(pool.id(of: "s1"))
        let told = pool.connectFailed(id, .giveUp, isRefused: true, now: .zero)
        let evidence = try #require(told)
        // In and out of maintenance: another health.
        _ = pool.setState("s1", .maintenance)
        #expect(pool.weigh(evidence, now: .zero).isEmpty)
        _ = pool.setState("s1", .ready)
        _ = pool.check("s1", Pools.pass)
        #expect(pool.weigh(evidence, now: .zero).isEmpty)
        #expect(pool.row("s1")?.status == "UP")
    }

    @Test func `a server that nobody checks is believed`() throws {
        var pool = Pools.pool(Pools.servers(1))
        let id = try #require(pool.id(of: "s1"))
        for _ in 0..<20 {
            let evidence = pool.connectFailed(id, .retry, isRefused: true, now: .zero)
            #expect(evidence == nil)
        }
        #expect(pool.row("s1")?.isUsable == true)
    }
}
