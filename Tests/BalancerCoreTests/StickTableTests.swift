import BalancerCore
import Primitives
import Testing

/// Sticking as HAProxy 2.6.12 was seen to do it.
@Suite struct StickTableTests {
    private static func pool(
        _ stick: StickDefinition,
        _ servers: [ServerDefinition] = Pools.servers(3)
    ) -> ServerPool {
        ServerPool(BackendDefinition(name: "b", servers: servers, stick: stick), now: .zero)
    }

    private static func client(_ number: UInt32) -> IPAddress { .v4(0x7F00_0000 + number) }

    private static func go(
        _ pool: inout ServerPool,
        _ number: UInt32,
        to destination: IPAddress? = nil,
        avoiding name: String? = nil,
        at second: Int64 = 0
    ) -> String {
        let avoided = name.flatMap { pool.id(of: $0) }
        let given = pool.assign(
            for: client(number),
            to: destination,
            avoiding: avoided,
            now: .seconds(second)
        )
        return given.flatMap { pool.name(of: $0.server) } ?? "-"
    }

    @Test func `a client goes where it went before`() {
        var pool = Self.pool(StickDefinition(key: .source, size: 10))
        #expect([2, 3, 2, 4, 2].map { Self.go(&pool, $0) } == ["s1", "s2", "s1", "s3", "s1"])
        // The algorithm chose three times.
        #expect(pool.snapshot(now: .zero).counters.selected == 3)
        #expect(pool.snapshot(now: .zero).counters.total == 5)
    }

    @Test func `a server that drains keeps its clients, one in maintenance loses them for good`() {
        var pool = Self.pool(StickDefinition(key: .source, size: 10))
        #expect(Self.go(&pool, 2) == "s1")
        _ = pool.setState("s1", .drain)
        #expect(Self.go(&pool, 2) == "s1")
        _ = pool.setState("s1", .maintenance)
        #expect(Self.go(&pool, 2) == "s2")
        _ = pool.setState("s1", .ready)
        #expect(Self.go(&pool, 2) == "s2")
    }

    @Test func `one destination makes one writer, and nothing fails back`() {
        var servers = Pools.servers(3, checked: true, rise: 1, fall: 1)
        for index in servers.indices { servers[index].isBackup = true }
        var pool = Self.pool(StickDefinition(key: .destination, size: 1000), servers)
        for server in servers { _ = pool.check(server.name, Pools.pass) }
        let address = IPAddress.v4(0x0A00_0064)
        #expect([2, 3, 4].map { Self.go(&pool, $0, to: address) } == ["s1", "s1", "s1"])
        _ = pool.check("s1", Pools.refused)
        #expect([2, 3].map { Self.go(&pool, $0, to: address) } == ["s2", "s2"])
        _ = pool.check("s1", Pools.pass)
        #expect([2, 5].map { Self.go(&pool, $0, to: address) } == ["s2", "s2"])
        // Another address begins anew; none at all sticks to nobody.
        #expect(Self.go(&pool, 2, to: .v4(0x0A00_0065)) == "s1")
        #expect(Self.go(&pool, 2) == "s1")
    }

    @Test func `a redispatch moves the client`() {
        var pool = Self.pool(StickDefinition(key: .source, size: 10))
        #expect(Self.go(&pool, 2) == "s1")
        #expect(Self.go(&pool, 2, avoiding: "s1") == "s2")
        #expect(Self.go(&pool, 2) == "s2")
    }

    @Test func `what is only stored does not decide, and what only decides is not stored`() {
        var stores = Self.pool(StickDefinition(key: .source, size: 10, matches: false))
        #expect([2, 2].map { Self.go(&stores, $0) } == ["s1", "s2"])
        #expect(stores.stickListing(now: .zero).map(\.server?.name) == ["s2"])
        var matches = Self.pool(StickDefinition(key: .source, size: 10, stores: false))
        #expect([2, 2].map { Self.go(&matches, $0) } == ["s1", "s2"])
        #expect(matches.stickListing(now: .zero).isEmpty)
    }

    @Test func `a server that is not remembered keeps nobody`() {
        var servers = Pools.servers(2)
        servers[1].isRemembered = false
        var pool = Self.pool(StickDefinition(key: .source, size: 10), servers)
        #expect([2, 3, 3, 2].map { Self.go(&pool, $0) } == ["s1", "s2", "s1", "s1"])
    }

    @Test func `a client that stayed away is forgotten`() {
        var pool = Self.pool(StickDefinition(key: .source, size: 10, expiry: .seconds(10)))
        #expect(Self.go(&pool, 2, at: 0) == "s1")
        #expect(Self.go(&pool, 2, at: 9) == "s1")
        #expect(pool.stickListing(now: .seconds(18)).first?.left == .seconds(1))
        #expect(pool.stickListing(now: .seconds(19)).isEmpty)
        #expect(Self.go(&pool, 2, at: 19) == "s2")
    }

    @Test func `a full table forgets who was away longest, or takes no new ones`() {
        var purging = Self.pool(StickDefinition(key: .source, size: 2))
        #expect([2, 3, 2, 4].map { Self.go(&purging, $0) } == ["s1", "s2", "s1", "s3"])
        #expect(
            purging.stickListing(now: .zero).map(\.key) == [Self.client(2), Self.client(4)]
        )
        var full = Self.pool(StickDefinition(key: .source, size: 2, purges: false))
        #expect([2, 3, 4].map { Self.go(&full, $0) } == ["s1", "s2", "s3"])
        #expect(
            full.stickListing(now: .zero).map(\.key) == [Self.client(2), Self.client(3)]
        )
    }

    @Test func `a reload keeps what is remembered, of the servers that stay`() {
        var pool = Self.pool(StickDefinition(key: .source, size: 10))
        #expect([2, 3, 4].map { Self.go(&pool, $0) } == ["s1", "s2", "s3"])
        for index in 0..<3 {
            _ = pool.finished(ServerID(index: index), bytesToServer: 0, bytesToClient: 0)
        }
        var servers = Pools.servers(3)
        servers[0].name = "new"
        let stick = StickDefinition(key: .source, size: 5)
        _ = pool.reconfigure(
            BackendDefinition(name: "b", servers: servers, stick: stick),
            now: .zero
        )
        #expect([3, 4].map { Self.go(&pool, $0) } == ["s2", "s3"])
        // The new server has the old one's slot, not its clients.
        #expect(pool.stickListing(now: .zero).first?.server == nil)
        _ = pool.reconfigure(BackendDefinition(name: "b", servers: servers), now: .zero)
        #expect(pool.stickTableUse(now: .zero) == nil)
    }

    @Test func `clearing forgets one, or all`() {
        var pool = Self.pool(StickDefinition(key: .source, size: 10))
        #expect([2, 3].map { Self.go(&pool, $0) } == ["s1", "s2"])
        pool.clearStickTable(Self.client(2))
        #expect(pool.stickListing(now: .zero).map(\.key) == [Self.client(3)])
        pool.clearStickTable(Self.client(99))
        pool.clearStickTable(nil)
        #expect(pool.stickListing(now: .zero).isEmpty)
        #expect(Self.go(&pool, 3) == "s3")
    }

    @Test func `many clients, at random, never differ from a plain model`() {
        var random = SplitMix(seed: 7)
        let size = 50
        var pool = Self.pool(StickDefinition(key: .source, size: size, expiry: .seconds(30)))
        var model: [(client: UInt32, server: String, usedAt: Int64)] = []
        var second: Int64 = 0
        for _ in 0..<20_000 {
            second += Int64(random.next() % 2)
            let client = UInt32(random.next() % 80)
            model.removeAll { second - $0.usedAt >= 30 }
            let known = model.firstIndex { $0.client == client }
            let server = Self.go(&pool, client, at: second)
            if let known {
                #expect(server == model[known].server)
                model.remove(at: known)
            } else if model.count == size {
                model.removeFirst()
            }
            model.append((client, server, second))
        }
        #expect(pool.stickListing(now: .seconds(second)).count == model.count)
        #expect(
            pool.stickListing(now: .seconds(second)).map(\.key)
                == model.map { Self.client($0.client) }
        )
    }
}
