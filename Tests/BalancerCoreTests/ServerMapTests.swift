import BalancerCore
import Primitives
import Testing

/// Two rounds that HAProxy 2.6.12 was seen to serve (static-rr, one thread).
private let observedTurns: [(weights: [Int], turns: String)] = [
    ([1, 1, 1], "ABCABC"),
    ([4, 1], "AAAABAAAAB"),
    ([3, 2, 1], "AABABCAABABC"),
    ([10, 1, 1], "AAAAAABAAAACAAAAAABAAAAC"),
    ([5, 5, 4], "ABACBACBABCABCABACBACBABCABC"),
    ([2, 3, 5, 7], "ABDCDBCDADCBDCDCDABDCDBCDADCBDCDCD"),
    ([8, 4, 4], "AABCAABC"),
]

/// The servers that HAProxy 2.6.12 gave to clients from 127.0.0.1 to 127.0.0.24 (source).
private let observedSources: [(weights: [Int], servers: String)] = [
    ([1, 1, 1], "CABCABCABCABCABCABCABCAB"),
    ([3, 2, 1], "CAABABCAABABCAABABCAABAB"),
    ([2, 3, 5, 7], "DCBDCDCDABDCDBCDADCBDCDC"),
    ([10, 20, 30], "CACBCBCACBCBCACBCBCACBCB"),
]

/// `balance static-rr` and `balance source`, which look into the same table.
@Suite struct ServerMapTests {
    @Test(arguments: observedTurns)
    func `turns are HAProxy's`(_ weights: [Int], _ turns: String) {
        var policy = StaticRoundRobin()
        for (slot, weight) in weights.enumerated() {
            policy.setWeight(weight, of: slot, rank: slot)
        }
        let picks = (0..<turns.count).map { _ in policy.pick(for: Pools.client) { _ in true } }
        #expect(letters(picks) == turns)
    }

    @Test(arguments: observedSources)
    func `a client gets the server that HAProxy gives it`(_ weights: [Int], _ servers: String) {
        var policy = Self.sourceHash(weights)
        let picks = (1...servers.count).map { last in
            policy.pick(for: .v4(0x7F00_0000 + UInt32(last))) { _ in true }
        }
        #expect(letters(picks) == servers)
    }

    /// The rule as HAProxy computes it, one server and one place at a time.
    private static func slowly(_ weights: [Int]) -> [Int] {
        let total = weights.reduce(0, +)
        var scores = weights.map { _ in 0 }
        return (0..<total).map { _ in
            var best: (server: Int, score: Int)?
            for server in weights.indices {
                scores[server] += weights[server]
                let score = (scores[server] + total) / total
                if best.map({ score > $0.score }) ?? true { best = (server, score) }
            }
            scores[best?.server ?? 0] -= total
            return best?.server ?? 0
        }
    }

    @Test(arguments: 0..<300)
    func `the table is HAProxy's for any weights`(seed: Int) {
        var random = SplitMix(seed: seed)
        let largest = [1, 3, 12, 40, 256].randomElement(using: &random) ?? 1
        // One of weight 1, so that they have nothing in common.
        let weights =
            [1]
            + (0..<Int.random(in: 0...8, using: &random)).map { _ in
                Int.random(in: 1...largest, using: &random)
            }
        #expect(ServerMap.fill(weights) == Self.slowly(weights), "\(weights)")
        #expect(ServerMap.fill(weights.map { $0 * 6 }) == ServerMap.fill(weights))
    }

    /// HAProxy's table would have a million places.
    @Test func `the table of four thousand servers is bounded, and nobody is left out`() {
        let weights = (0..<BalancerLimits.serversPerBackend).map { 1 + $0 % 256 }
        let places = ServerMap.fill(weights)
        #expect(places.count <= BalancerLimits.mapPlaces + weights.count)
        var counts = weights.map { _ in 0 }
        for place in places { counts[place] += 1 }
        let total = weights.reduce(0, +)
        for (count, weight) in zip(counts, weights) {
            #expect(count == max(1, weight * BalancerLimits.mapPlaces / total))
        }
    }

    @Test func `nobody is picked where nobody takes part`() {
        var source = SourceHash()
        var turns = StaticRoundRobin()
        #expect(source.pick(for: Pools.client) { _ in true } == nil)
        #expect(turns.pick(for: Pools.client) { _ in true } == nil)
        source.setWeight(1, of: 0, rank: 0)
        #expect(source.pick(for: Pools.client) { _ in false } == nil)
        source.setWeight(0, of: 0, rank: 0)
        #expect(source.pick(for: Pools.client) { _ in true } == nil)
    }

    @Test func `a turn goes on where it was when a server leaves or is passed over`() {
        var policy = StaticRoundRobin()
        for slot in 0..<4 { policy.setWeight(1, of: slot, rank: slot) }
        #expect(policy.pick(for: Pools.client) { _ in true } == 0)
        #expect(policy.pick(for: Pools.client) { $0 != 1 } == 2)
        policy.setWeight(0, of: 3, rank: 3)
        #expect(policy.pick(for: Pools.client) { _ in true } == 0)
    }

    @Test func `a client keeps its server, and avoids it only when it has to`() {
        var policy = Self.sourceHash([1, 1, 1])
        let address = IPAddress.v6(high: 0xFD00_0000_0000_0000, low: 0x1_0000_0005)
        let first = policy.pick(for: address) { _ in true }
        // fd000000 ^ 1 ^ 5, modulo 3.
        #expect(first == 0xFD00_0004 % 3)
        for _ in 0..<5 { #expect(policy.pick(for: address) { _ in true } == first) }
        let other = policy.pick(for: address) { $0 != first }
        #expect(other != nil && other != first)
    }

    private static func sourceHash(_ weights: [Int]) -> SourceHash {
        var policy = SourceHash()
        for (slot, weight) in weights.enumerated() {
            policy.setWeight(weight, of: slot, rank: slot)
        }
        return policy
    }
}

/// Servers named A, B, C …
private func letters(_ slots: [Int?]) -> String {
    String(decoding: slots.map { UInt8(65 + ($0 ?? -2)) }, as: UTF8.self)
}
