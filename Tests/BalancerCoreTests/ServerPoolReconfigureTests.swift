import BalancerCore
import Primitives
import Testing

@Suite struct ServerPoolReconfigureTests {
    @Test func `a server of the same name keeps slot, health, counters and the operator's words`() {
        var pool = upPool(3)
        _ = pool.next()
        _ = pool.check("s2", Pools.refused)
        _ = pool.id(of: "s2").map { pool.setWeight(7, of: $0, now: .zero) }
        _ = pool.setState("s3", .drain)
        let before = pool.snapshot(now: .seconds(1))
        // Reversed, with another weight in the file.
        var servers = Array(Pools.servers(3, checked: true).reversed())
        servers[1].weight = 5
        reload(&pool, servers)
        let after = pool.snapshot(now: .seconds(1))
        #expect(after.servers.map(\.name) == ["s3", "s2", "s1"])
        #expect(Set(after.servers.map(\.id)) == Set(before.servers.map(\.id)))
        #expect(pool.row("s2")?.id == before.servers[1].id)
        #expect(pool.row("s2")?.weight == 7 && pool.row("s2")?.initialWeight == 5)
        #expect(pool.row("s2")?.status == "UP 2/3")
        #expect(pool.row("s3")?.status == "DRAIN")
        #expect(pool.row("s1")?.counters.current == 1)
    }

    @Test func `a changed address must pass a check of its own`() {
        var pool = upPool(2)
        let ticket = pool.id(of: "s1").flatMap { pool.checkStarted($0) }
        var servers = Pools.servers(2, checked: true)
        servers[0].endpoint = Pools.endpoint(77)
        reload(&pool, servers)
        #expect(pool.row("s1")?.lastOutcome?.code == .initializing)
        #expect((0..<2).map { _ in pool.next() } == ["s2", "s2"])
        // The check of the old address ends now.
        if let ticket { _ = pool.checkFinished(ticket, Pools.pass, now: .zero) }
        #expect((0..<2).map { _ in pool.next() } == ["s2", "s2"])
        _ = pool.check("s1", Pools.pass)
        let given = pool.assign(avoiding: pool.id(of: "s2"), now: .zero)
        #expect(given?.endpoint == Pools.endpoint(77))
    }

    @Test func `a removed server finishes its sessions before its slot is used again`() {
        var pool = upPool(2)
        let first = pool.assign(avoiding: nil, now: .zero)
        guard let old = first?.server else {
            Issue.record("no server")
            return
        }
        reload(&pool, Array(Pools.servers(2, checked: true).dropFirst()))
        #expect(pool.id(of: "s1") == nil)
        #expect(pool.name(of: old) == "s1")
        #expect((0..<3).map { _ in pool.next() } == ["s2", "s2", "s2"])
        reload(&pool, Array(Pools.servers(3, checked: true).dropFirst()))
        #expect(pool.id(of: "s3") != old)
        _ = pool.finished(old, bytesToServer: 1, bytesToClient: 1)
        #expect(pool.name(of: old) == nil)
        reload(&pool, Array(Pools.servers(4, checked: true).dropFirst()))
        #expect(pool.id(of: "s4") == old)
        #expect(pool.row("s4")?.counters == ServerCounters())
    }

    @Test func `a server that comes back under its name while its sessions end is a new one`() {
        var pool = upPool(2)
        let old = pool.assign(avoiding: nil, now: .zero)?.server
        reload(&pool, Array(Pools.servers(2, checked: true).dropFirst()))
        reload(&pool, Pools.servers(2, checked: true))
        #expect(pool.id(of: "s1") != old)
        #expect(pool.row("s1")?.counters.current == 0)
        _ = old.map { pool.finished($0, bytesToServer: 0, bytesToClient: 0) }
        #expect(pool.snapshot(now: .zero).counters.current == 0)
    }

    @Test func `a check that is added or removed changes who is believed`() {
        var pool = Pools.pool(Pools.servers(1))
        #expect(pool.next() == "s1")
        reload(&pool, Pools.servers(1, checked: true))
        #expect(pool.next() == "-")
        reload(&pool, Pools.servers(1))
        #expect(pool.next() == "s1")
    }

    @Test func `disabled in the file counts when it changes`() {
        var pool = Pools.pool(Pools.servers(2))
        _ = pool.setState("s1", .maintenance)
        reload(&pool, Pools.servers(2))
        #expect(pool.row("s1")?.status == "MAINT")
        var servers = Pools.servers(2)
        servers[1].isDisabled = true
        reload(&pool, servers)
        #expect(pool.row("s2")?.status == "MAINT")
        #expect(pool.next() == "-")
        reload(&pool, Pools.servers(2))
        #expect(pool.row("s2")?.status == "no check")
        #expect(pool.next() == "s2")
    }

    @Test func `an active server may become a backup and options change`() {
        var pool = Pools.pool(Pools.servers(3))
        var servers = Pools.servers(3)
        servers[0].isBackup = true
        servers[2].isBackup = true
        let definition = BackendDefinition(name: "b", servers: servers, allBackups: true)
        _ = pool.reconfigure(definition, now: .zero)
        #expect((0..<2).map { _ in pool.next() } == ["s2", "s2"])
        let counts = pool.snapshot(now: .zero)
        #expect(counts.usableActives == 1 && counts.usableBackups == 2 && counts.weight == 1)
        _ = pool.setState("s2", .maintenance)
        #expect((0..<2).map { _ in pool.next() } == ["s1", "s3"])
        #expect(pool.snapshot(now: .zero).weight == 2)
    }

    @Test func `losing every server in a reload is said`() {
        var pool = Pools.pool(Pools.servers(1))
        let notices = pool.reconfigure(BackendDefinition(name: "b", servers: []), now: .zero)
        #expect(notices.map(\.text) == ["proxy b has no server available!"])
    }

    /// Sessions, checks, weights, states and reloads in any order: the counts stay true.
    @Test(arguments: 0..<150)
    func `counts stay true under any order of events`(seed: Int) {
        var random = SplitMix(seed: seed)
        var pool = Pools.pool(Pools.servers(4, checked: true))
        var open: [ServerID] = []
        for second in 0..<Int64(300) {
            let name = "s\(Int.random(in: 1...6, using: &random))"
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<3:
                let avoided = open.randomElement(using: &random)
                if let given = pool.assign(avoiding: avoided, now: .seconds(second)) {
                    open.append(given.server)
                }
            case 3..<5:
                guard let index = open.indices.randomElement(using: &random) else { break }
                _ = pool.finished(open.remove(at: index), bytesToServer: 1, bytesToClient: 2)
            case 5..<8:
                let outcome = Bool.random(using: &random) ? Pools.pass : Pools.refused
                _ = pool.check(name, outcome, at: second)
            case 8:
                let state = AdministrativeState.allCases.randomElement(using: &random) ?? .ready
                _ = pool.setState(name, state, at: second)
            default:
                var servers = Pools.servers(6, checked: true).shuffled(using: &random)
                servers.removeLast(Int.random(in: 0...4, using: &random))
                for index in servers.indices {
                    servers[index].isBackup = Bool.random(using: &random)
                    servers[index].weight = Weight(Int.random(in: 0...3, using: &random))
                }
                reload(&pool, servers)
            }
            expectConsistent(pool, open, "seed \(seed) event \(second)")
        }
    }

    private func expectConsistent(_ pool: ServerPool, _ open: [ServerID], _ context: String) {
        let snapshot = pool.snapshot(now: .seconds(1000))
        #expect(snapshot.counters.current == open.count, "\(context)")
        for id in Set(open) {
            // A server that left the configuration is in no snapshot; what one end leaves tells.
            var copy = pool
            let left = copy.finished(id, bytesToServer: 0, bytesToClient: 0).server
            #expect(left + 1 == open.count { $0 == id }, "\(context)")
        }
        let usable = snapshot.servers.filter(\.isUsable)
        #expect(snapshot.usableActives == usable.count { !$0.isBackup }, "\(context)")
        #expect(snapshot.usableBackups == usable.count { $0.isBackup }, "\(context)")
        var copy = pool
        let given = copy.assign(avoiding: nil, now: .zero)
        #expect((given == nil) == usable.isEmpty, "\(context)")
        if let given {
            let row = usable.first { $0.id == given.server }
            #expect(row?.endpoint == given.endpoint, "\(context)")
            #expect(row?.isBackup == (snapshot.usableActives == 0), "\(context)")
        }
    }
}

private func upPool(_ count: Int) -> ServerPool {
    var pool = Pools.pool(Pools.servers(count, checked: true))
    for number in 1...count { _ = pool.check("s\(number)", Pools.pass) }
    return pool
}

private func reload(_ pool: inout ServerPool, _ servers: [ServerDefinition]) {
    _ = pool.reconfigure(BackendDefinition(name: "b", servers: servers), now: .zero)
}
