import BalancerCore
import Primitives
import Testing

/// The policies of the Galera Load Balancer, and `balance random`.
struct GLBPolicyTests {
    private static func pool(
        _ balance: BalanceAlgorithm,
        _ weights: [Weight],
        isTopOnly: Bool = false
    ) -> ServerPool {
        let servers = weights.enumerated().map { number, weight in
            ServerDefinition(
                name: "s\(number + 1)",
                endpoint: Pools.endpoint(UInt32(number + 1)),
                weight: weight
            )
        }
        let definition = BackendDefinition(
            name: "b",
            servers: servers,
            balance: balance,
            isTopOnly: isTopOnly
        )
        return ServerPool(definition, now: .zero)
    }

    /// The servers of so many sessions that all stay.
    private func picks(_ count: Int, _ pool: inout ServerPool) -> [String] {
        (0..<count).map { _ in pool.next() }
    }

    private func set(_ weight: Weight, of name: String, in pool: inout ServerPool) {
        guard let id = pool.id(of: name) else {
            Issue.record("no \(name)")
            return
        }
        _ = pool.setWeight(weight, of: id, now: .zero)
    }

    @Test func `least takes the largest weight by sessions plus one, first of equals first`() {
        var equal = Self.pool(.glbLeast, [1, 1, 1])
        #expect(picks(6, &equal) == ["s1", "s2", "s3", "s1", "s2", "s3"])
        // 1 and 0.75; 0.5 and 0.75; 0.5 and 0.375; 0.333 and 0.375; 0.333 and 0.25; 0.25 and 0.25 …
        var decimal = Self.pool(.glbLeast, [1, Weight(thousandths: 750)])
        #expect(picks(7, &decimal) == ["s1", "s2", "s1", "s2", "s1", "s1", "s2"])
        // An idle light server waits for a busy heavy one: 4, 2 and 1.33 beat 1, and 1 is not more.
        var heavy = Self.pool(.glbLeast, [1, 4])
        #expect(picks(5, &heavy) == ["s2", "s2", "s2", "s1", "s2"])
    }

    @Test(arguments: [
        BalanceAlgorithm.roundRobin, .staticRoundRobin, .leastConnections, .glbLeast, .source,
        .random, .randomOnce,
    ])
    func `decimal weights keep their ratio`(_ balance: BalanceAlgorithm) {
        var pool = Self.pool(balance, [Weight(thousandths: 750), 1])
        var counts: [String: Int] = [:]
        for number in 0..<7000 {
            let client = IPAddress.v4(UInt32(number))
            guard let given = pool.assign(for: client, avoiding: nil, now: .zero) else {
                Issue.record("no server")
                return
            }
            counts[pool.name(of: given.server) ?? "?", default: 0] += 1
        }
        let error = abs((counts["s1"] ?? 0) - 3000)
        #expect(error <= ([.random, .randomOnce].contains(balance) ? 150 : 2), "\(counts)")
    }

    @Test func `round takes turns whatever the weights, and passes over weight 0`() {
        var pool = Self.pool(.glbRound, [5, 1, 1])
        #expect(picks(4, &pool) == ["s1", "s2", "s3", "s1"])
        set(0, of: "s2", in: &pool)
        #expect(picks(3, &pool) == ["s3", "s1", "s3"])
    }

    @Test func `single keeps its server until it fails or a larger weight comes`() {
        var pool = Self.pool(.glbSingle, [1, 2, 2])
        #expect(picks(2, &pool) == ["s2", "s2"])
        _ = pool.setState("s2", .maintenance)
        #expect(pool.next() == "s3")
        // It comes back with the same weight: no failback.
        _ = pool.setState("s2", .ready)
        #expect(pool.next() == "s3")
        set(3, of: "s1", in: &pool)
        #expect(pool.next() == "s1")
        set(1, of: "s1", in: &pool)
        #expect(pool.next() == "s2")
    }

    @Test func `top lets only the heaviest take part, and the next class when they are gone`() {
        var pool = Self.pool(.glbRound, [1, 2, 2, 1], isTopOnly: true)
        #expect(picks(4, &pool) == ["s2", "s3", "s2", "s3"])
        _ = pool.setState("s2", .maintenance)
        #expect(picks(2, &pool) == ["s3", "s3"])
        _ = pool.setState("s3", .maintenance)
        #expect(Set(picks(4, &pool)) == ["s1", "s4"])
    }

    @Test func `of two draws the less busy one is taken, so the crowd stays even`() {
        var two = Self.pool(.random, [1, 1, 1, 1])
        var one = Self.pool(.randomOnce, [1, 1, 1, 1])
        func spread(_ pool: inout ServerPool) -> Int {
            _ = picks(4000, &pool)
            let counts = pool.snapshot(now: .zero).servers.map(\.counters.current)
            return (counts.max() ?? 0) - (counts.min() ?? 0)
        }
        #expect(spread(&two) < 10)
        #expect(spread(&one) > 10)
    }
}

/// `blacklist`: servers that could not be connected to.
struct BlacklistTests {
    private static func pool(
        _ servers: Int,
        backups: Int = 0,
        stick: StickDefinition? = nil,
        maxConnections: Int? = nil
    ) -> ServerPool {
        let list = (1...servers + backups).map { number in
            ServerDefinition(
                name: "s\(number)",
                endpoint: Pools.endpoint(UInt32(number)),
                isBackup: number > servers,
                maxConnections: maxConnections,
                blacklist: .seconds(30)
            )
        }
        return ServerPool(
            BackendDefinition(name: "b", servers: list, stick: stick),
            now: .zero
        )
    }

    private func fail(_ name: String, in pool: inout ServerPool, at second: Int64 = 0) {
        guard let id = pool.id(of: name) else {
            Issue.record("no \(name)")
            return
        }
        _ = pool.connectFailed(id, .redispatch, isRefused: true, now: .seconds(second))
    }

    @Test func `a server that could not be connected to is left alone for its time`() {
        var pool = Self.pool(2)
        fail("s1", in: &pool)
        #expect((0..<3).map { _ in pool.next(at: 29) } == ["s2", "s2", "s2"])
        #expect(pool.snapshot(now: .seconds(20)).servers[0].shunnedFor == .seconds(10))
        #expect(Set((0..<2).map { _ in pool.next(at: 30) }) == ["s1", "s2"])
        #expect(pool.snapshot(now: .seconds(30)).servers[0].shunnedFor == nil)
    }

    @Test func `then come the backups, and then all of them again`() {
        var pool = Self.pool(2, backups: 1)
        fail("s1", in: &pool)
        fail("s2", in: &pool)
        #expect(pool.next(at: 1) == "s3")
        fail("s3", in: &pool)
        #expect(["s1", "s2"].contains(pool.next(at: 2)))
    }

    @Test func `a client leaves the server that it sticks to, and stays with the new one`() {
        var pool = Self.pool(2, stick: StickDefinition(key: .source, size: 8))
        let first = pool.next()
        fail(first, in: &pool)
        let second = pool.next(at: 1)
        #expect(second != first)
        #expect((0..<3).map { _ in pool.next(at: 60) } == [second, second, second])
    }

    @Test func `a server without blacklist is asked again`() {
        var pool = Pools.pool(Pools.servers(2))
        fail("s1", in: &pool)
        #expect(Set((0..<2).map { _ in pool.next(at: 1) }) == ["s1", "s2"])
    }

    @Test func `who could wait for the good server is not sent to the bad one`() {
        var pool = Self.pool(2, maxConnections: 1)
        fail("s1", in: &pool)
        let ticket = QueueTicket(worker: 0, index: 1, generation: 1)
        #expect(pool.next(at: 1) == "s2")
        let client = Pools.client
        #expect(pool.place(ticket, for: client, to: nil, now: .seconds(1)) == .queued)
    }

    @Test func `a moved server, a new one in its place and one that passes a check are forgiven`() {
        var pool = Self.pool(1, backups: 1)
        fail("s1", in: &pool)
        var servers = [
            ServerDefinition(name: "s1", endpoint: Pools.endpoint(9), blacklist: .seconds(30)),
            ServerDefinition(name: "s2", endpoint: Pools.endpoint(2), isBackup: true),
        ]
        _ = pool.reconfigure(BackendDefinition(name: "b", servers: servers), now: .seconds(1))
        #expect(pool.next(at: 1) == "s1")
        fail("s1", in: &pool, at: 1)
        servers[0].name = "s3"
        _ = pool.reconfigure(BackendDefinition(name: "b", servers: servers), now: .seconds(2))
        #expect(pool.next(at: 2) == "s3")
    }
}
