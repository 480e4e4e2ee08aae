import BalancerCore
import Primitives
import Testing

/// What HAProxy 2.6.12 was seen to choose (leastconn, one thread): twelve sessions that stay; then
/// the second, the fourth and the fifth end, and six more come.
private let observedOfHAProxy: [(weights: [Int], held: String, then: String)] = [
    ([1, 1, 1], "ABCABCABCABC", "BABCAB"),
    ([3, 2, 1], "ABCABAABACBA", "BABABA"),
    ([1, 2, 4], "ABCCCBCCBCCA", "BCCBCC"),
    ([256, 1], "ABAAAAAAAAAA", "BAAAAA"),
]

@Suite struct LeastConnectionsTests {
    @Test(arguments: observedOfHAProxy)
    func `sessions that stay are spread as HAProxy spreads them`(
        _ weights: [Int],
        _ held: String,
        _ then: String
    ) {
        var servers = Servers(weights)
        var sessions = (0..<held.count).map { _ in servers.next() }
        #expect(String(sessions) == held)
        for index in [1, 3, 4] { servers.end(sessions[index]) }
        sessions = (0..<then.count).map { _ in servers.next() }
        #expect(String(sessions) == then)
    }

    @Test func `idle servers take turns whatever their weights`() {
        var servers = Servers([1, 256, 7])
        let order = (0..<7).map { _ in
            let server = servers.next()
            servers.end(server)
            return server
        }
        #expect(String(order) == "ABCABCA")
    }

    @Test func `many sessions are shared out by weight`() {
        var servers = Servers([3, 2, 1])
        for _ in 0..<600 { _ = servers.next() }
        for (server, expected) in zip("ABC", [300, 200, 100]) {
            #expect(abs(servers.count(server) - expected) <= 2)
        }
    }

    @Test func `a server that comes takes all until it has as many as the others`() {
        var servers = Servers([1, 1, 0])
        for _ in 0..<10 { _ = servers.next() }
        servers.policy.setWeight(1, of: 2, rank: 2)
        #expect(String((0..<8).map { _ in servers.next() }) == "CCCCCABC")
    }

    @Test func `a server that left and still has sessions comes back with them`() {
        var servers = Servers([1, 1])
        for _ in 0..<6 { _ = servers.next() }
        servers.policy.setWeight(0, of: 0, rank: 0)
        servers.end("A")
        servers.policy.setWeight(1, of: 0, rank: 0)
        // It has two, the other one three.
        #expect(servers.next() == "A")
    }

    @Test func `who must be avoided is passed over`() {
        var servers = Servers([1, 1, 1])
        #expect(servers.policy.pick(for: Pools.client) { $0 != 0 } == 1)
        #expect(servers.policy.pick(for: Pools.client) { $0 == 7 } == nil)
        var none = LeastConnections()
        #expect(none.pick(for: Pools.client) { _ in true } == nil)
    }

    @Test func `a pool that changes to it on a reload knows the sessions that there are`() {
        var pool = Pools.pool(Pools.servers(2))
        for _ in 0..<2 { _ = pool.next() }
        let first = pool.assign(avoiding: pool.id(of: "s2"), now: .zero)
        #expect(first.flatMap { pool.name(of: $0.server) } == "s1")
        var definition = BackendDefinition(name: "b", servers: Pools.servers(2))
        definition.balance = .leastConnections
        _ = pool.reconfigure(definition, now: .zero)
        // s1 has two sessions, s2 has one.
        #expect(pool.next() == "s2")
        #expect(pool.snapshot(now: .zero).balance == .leastConnections)
    }
}

/// Servers A, B, C … and their sessions.
private struct Servers {
    var policy = LeastConnections()
    private var counts: [Int]

    init(_ weights: [Int]) {
        counts = weights.map { _ in 0 }
        for (slot, weight) in weights.enumerated() {
            policy.setWeight(weight, of: slot, rank: slot)
        }
    }

    mutating func next() -> Character {
        let slot = policy.pick(for: Pools.client) { _ in true } ?? -2
        change(slot, by: 1)
        return Character(UnicodeScalar(UInt8(65 + slot)))
    }

    mutating func end(_ server: Character) { change(Self.slot(server), by: -1) }

    func count(_ server: Character) -> Int { counts[Self.slot(server)] }

    private mutating func change(_ slot: Int, by number: Int) {
        counts[slot] += number
        policy.setSessions(counts[slot], of: slot)
    }

    private static func slot(_ server: Character) -> Int { Int(server.asciiValue ?? 0) - 65 }
}
