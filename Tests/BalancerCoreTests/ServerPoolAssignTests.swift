import BalancerCore
import Primitives
import Testing

@Suite struct ServerPoolAssignTests {
    @Test func `servers without a check rotate from the start`() {
        var pool = Pools.pool(Pools.servers(3))
        #expect((0..<6).map { _ in pool.next() } == ["s1", "s2", "s3", "s1", "s2", "s3"])
    }

    @Test func `a server that was never checked gets no traffic`() {
        var pool = Pools.pool(Pools.servers(3, checked: true))
        #expect(pool.next() == "-")
        _ = pool.check("s2", Pools.pass)
        #expect((0..<3).map { _ in pool.next() } == ["s2", "s2", "s2"])
        #expect(pool.row("s1")?.status == "DOWN")
        #expect(pool.row("s1")?.lastOutcome?.code == .initializing)
        #expect(pool.row("s2")?.status == "UP")
        #expect(pool.row("s2")?.checkHealth == 4)
    }

    @Test func `a redispatch gets another server where there is one`() {
        var pool = Pools.pool(Pools.servers(3))
        for _ in 0..<6 { #expect(pool.next(avoiding: "s2") != "s2") }
    }

    @Test func `a redispatch goes to a backup rather than to the same server`() {
        var servers = Pools.servers(2)
        servers[1].isBackup = true
        var pool = Pools.pool(servers)
        #expect(pool.next() == "s1")
        #expect(pool.next(avoiding: "s1") == "s2")
        #expect(pool.next() == "s1")
    }

    @Test func `the only usable server is taken again`() {
        var pool = Pools.pool(Pools.servers(1))
        #expect(pool.next(avoiding: "s1") == "s1")
    }

    @Test func `any active server wins over all backups`() {
        var servers = Pools.servers(4)
        servers[0].isBackup = true
        servers[1].isBackup = true
        var pool = Pools.pool(servers, allBackups: true)
        #expect((0..<4).map { _ in pool.next() } == ["s3", "s4", "s3", "s4"])
        _ = pool.setState("s3", .maintenance)
        #expect(pool.next() == "s4")
        _ = pool.setState("s4", .drain)
        #expect((0..<3).map { _ in pool.next() } == ["s1", "s2", "s1"])
    }

    @Test func `only the first usable backup serves without allbackups`() {
        var servers = Pools.servers(3)
        for index in servers.indices { servers[index].isBackup = true }
        var pool = Pools.pool(servers)
        #expect((0..<2).map { _ in pool.next() } == ["s1", "s1"])
        #expect(pool.next(avoiding: "s1") == "s2")
        _ = pool.setState("s1", .maintenance)
        #expect((0..<2).map { _ in pool.next() } == ["s2", "s2"])
    }

    @Test func `weight 0 and drain take no new sessions and count as unusable`() {
        var pool = Pools.pool(Pools.servers(3))
        _ = pool.setState("s1", .drain)
        _ = pool.id(of: "s2").map { pool.setWeight(0, of: $0, now: .zero) }
        #expect((0..<3).map { _ in pool.next() } == ["s3", "s3", "s3"])
        #expect(pool.row("s1")?.status == "DRAIN")
        #expect(pool.row("s2")?.status == "no check")
        #expect(pool.row("s2")?.weight == 0 && pool.row("s2")?.initialWeight == 1)
        #expect(pool.snapshot(now: .zero).usableActives == 1)
    }

    @Test func `sessions and redispatches are counted as HAProxy counts them`() {
        var pool = Pools.pool(Pools.servers(3))
        // s1 refuses; the session goes on to s2; two more sessions are simple.
        guard let first = pool.assign(avoiding: nil, now: .seconds(1)) else {
            Issue.record("no server")
            return
        }
        let evidence = pool.connectFailed(first.server, .redispatch, isRefused: true, now: .zero)
        #expect(evidence == nil)
        _ = pool.finished(first.server, bytesToServer: 0, bytesToClient: 0)
        let second = pool.assign(avoiding: first.server, now: .seconds(2))
        _ = pool.assign(avoiding: nil, now: .seconds(3))
        _ = pool.assign(avoiding: nil, now: .seconds(5))
        #expect(pool.row("s1")?.counters.redispatches == 1)
        #expect(pool.row("s1")?.counters.connectErrors == 0)
        let all = pool.snapshot(now: .seconds(9))
        #expect(all.counters.total == 3 && all.counters.selected == 4)
        #expect(all.counters.current == 3 && all.counters.maximum == 3)
        #expect(all.sinceLastAssigned == .seconds(4))
        let left = second.map { pool.finished($0.server, bytesToServer: 10, bytesToClient: 20) }
        #expect(left == SessionCounts(backend: 2, server: 0))
        #expect(pool.row("s2")?.counters.bytesToServer == 10)
        #expect(pool.row("s2")?.counters.bytesToClient == 20)
    }

    @Test func `the relay may take the new server before it leaves the old one`() {
        var pool = Pools.pool(Pools.servers(2))
        guard let first = pool.assign(avoiding: nil, now: .zero) else {
            Issue.record("no server")
            return
        }
        _ = pool.assign(avoiding: first.server, now: .zero)
        _ = pool.finished(first.server, bytesToServer: 0, bytesToClient: 0)
        let counters = pool.snapshot(now: .zero).counters
        #expect(counters.maximum == 1 && counters.current == 1 && counters.total == 1)
        _ = pool.setState("s1", .maintenance)
        _ = pool.setState("s2", .maintenance)
        #expect(pool.next(avoiding: "s1") == "-")
        #expect(pool.snapshot(now: .zero).counters.connectErrors == 0)
    }

    @Test func `a session without any server is a connect error of the backend`() {
        var pool = Pools.pool(Pools.servers(1, checked: true))
        #expect(pool.next() == "-")
        #expect(pool.snapshot(now: .zero).counters.connectErrors == 1)
        #expect(pool.snapshot(now: .zero).status == "DOWN")
    }

    @Test func `finishing a session twice is a broken invariant`() async {
        await #expect(processExitsWith: .failure) {
            let backend = Backend(
                BackendDefinition(name: "b", servers: Pools.servers(1)),
                now: .zero
            )
            guard let given = backend.assign(for: Pools.client, now: .zero) else { return }
            backend.finished(given.server, now: .zero)
            backend.finished(given.server, now: .zero)
        }
    }
}
