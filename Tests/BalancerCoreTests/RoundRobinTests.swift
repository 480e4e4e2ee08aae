import BalancerCore
import Testing

/// Cycles that HAProxy 2.6.12 was seen to serve (roundrobin, one thread, nothing else running).
private let observedOfHAProxy: [(weights: [Int], cycle: String)] = [
    ([1, 1, 1], "ABC"),
    ([4, 1], "AAAAB"),
    ([3, 2, 1], "ABACAB"),
    ([10, 1, 1], "AAAAABAAAAAC"),
    ([256, 1], String(repeating: "A", count: 256) + "B"),
]

/// Cycles in which HAProxy repeats a server that owns less than half of the weight, or serves a
/// server late; ours keeps to the spacing.
private let smootherThanHAProxy: [(weights: [Int], theirs: String, ours: String)] = [
    ([5, 5, 4], "CABABCABCABCAB", "ABCABCABCABCAB"),
    ([2, 3, 5, 7], "DCDBCDADCBDCDDBCA", "DCBDCDACDBDCBDCDA"),
]

@Suite struct RoundRobinTests {
    @Test(arguments: observedOfHAProxy)
    func `the cycle is HAProxy's, begun at another place`(_ weights: [Int], _ cycle: String) {
        let ours = picks(weights, count: 3 * cycle.count)
        #expect((cycle + cycle).contains(ours.prefix(cycle.count)), "\(ours)")
        #expect(ours == String(repeating: String(ours.prefix(cycle.count)), count: 3))
    }

    @Test(arguments: smootherThanHAProxy)
    func `where HAProxy stumbles the turns stay evenly spread`(
        _ weights: [Int],
        _ theirs: String,
        _ ours: String
    ) {
        #expect(picks(weights, count: ours.count) == ours)
        #expect(ours.sorted() == theirs.sorted())
        #expect(!hasRepetition(ours + ours))
    }

    @Test func `equal servers take turns in the order of the configuration`() {
        #expect(picks([1, 1, 1], count: 7) == "ABCABCA")
        #expect(picks([256, 256, 256], count: 7) == "ABCABCA")
    }

    @Test func `without servers nobody is picked`() {
        var policy = RoundRobin()
        #expect(policy.pick { _ in true } == nil)
        policy.setWeight(3, of: 0, rank: 0)
        policy.setWeight(0, of: 0, rank: 0)
        #expect(policy.pick { _ in true } == nil)
    }

    @Test(arguments: 0..<400)
    func `after every pick each server is within one of its exact share`(seed: Int) {
        var random = SplitMix(seed: seed)
        let weights = randomWeights(&random)
        var policy = makePolicy(weights)
        let total = weights.reduce(0, +)
        var counts = weights.map { _ in 0 }
        for pick in 1...(3 * total) {
            let slot = policy.pick { _ in true } ?? -1
            counts[slot] += 1
            for (index, weight) in weights.enumerated() {
                // |count - pick * weight / total| < 1, in integers.
                let error = abs(counts[index] * total - pick * weight)
                #expect(error < total, "seed \(seed) weights \(weights) pick \(pick) of \(index)")
            }
            if pick.isMultiple(of: total) {
                #expect(counts == weights.map { $0 * pick / total }, "seed \(seed)")
            }
        }
    }

    @Test(arguments: 0..<400)
    func `no server is picked twice in a row unless it owns more than half`(seed: Int) {
        var random = SplitMix(seed: seed)
        let weights = randomWeights(&random)
        let total = weights.reduce(0, +)
        let sequence = Array(picks(weights, count: 2 * total))
        for (first, second) in zip(sequence, sequence.dropFirst()) where first == second {
            let slot = Int(first.asciiValue ?? 0) - 65
            #expect(weights[slot] * 2 > total, "seed \(seed) weights \(weights)")
        }
    }

    @Test(arguments: 0..<200)
    func `a change of weights lets nobody burst and nobody starve`(seed: Int) {
        var random = SplitMix(seed: seed)
        var weights = (0..<6).map { _ in Int.random(in: 1...9, using: &random) }
        var policy = makePolicy(weights)
        for _ in 0..<40 {
            for _ in 0..<Int.random(in: 0...20, using: &random) { _ = policy.pick { _ in true } }
            let changed = Int.random(in: 0..<6, using: &random)
            weights[changed] = Int.random(in: 0...9, using: &random)
            if weights.allSatisfy({ $0 == 0 }) { weights[0] = 1 }
            for slot in 0..<6 { policy.setWeight(weights[slot], of: slot, rank: slot) }
            // Over the next whole cycle nobody is more than one off its new share: the turn it was
            // in.
            var copy = policy
            var counts = weights.map { _ in 0 }
            for _ in 0..<weights.reduce(0, +) { counts[copy.pick { _ in true } ?? 0] += 1 }
            for slot in 0..<6 {
                let error = abs(counts[slot] - weights[slot])
                #expect(error <= 1, "seed \(seed): \(weights) \(counts)")
            }
        }
    }

    @Test func `a server that returns gets its turn at once and no more than its share`() {
        var policy = makePolicy([1, 1, 1])
        _ = policy.pick { _ in true }
        policy.setWeight(0, of: 1, rank: 1)
        let without = (0..<100).map { _ in policy.pick { _ in true } ?? -1 }
        #expect(!without.contains(1))
        policy.setWeight(1, of: 1, rank: 1)
        let with = (0..<9).map { _ in policy.pick { _ in true } ?? -1 }
        #expect(with.prefix(3).contains(1))
        #expect(with.filter { $0 == 1 }.count == 3)
    }

    @Test func `a server that flaps for hours leaves no debt to the others`() {
        var policy = makePolicy([1, 1, 1])
        for _ in 0..<500 {
            // It goes each time just after its turn, and comes back a moment later.
            let picked = (0..<3).first { _ in policy.pick { _ in true } == 2 }
            #expect(picked != nil, "it waits for longer than a cycle")
            policy.setWeight(0, of: 2, rank: 2)
            _ = policy.pick { _ in true }
            policy.setWeight(1, of: 2, rank: 2)
        }
    }

    @Test func `a server that is passed over keeps its turn`() {
        var policy = makePolicy([1, 1, 1])
        #expect(policy.pick { $0 != 0 } == 1)
        #expect(policy.pick { _ in true } == 0)
        #expect(policy.pick { _ in true } == 2)
        #expect(policy.pick { $0 == 7 } == nil)
        #expect(policy.pick { _ in true } == 0)
    }

    @Test func `four thousand servers take ten cycles in order`() {
        var policy = makePolicy([Int](repeating: 1, count: BalancerLimits.serversPerBackend))
        for pick in 0..<(10 * BalancerLimits.serversPerBackend) {
            let slot = policy.pick { _ in true }
            guard slot == pick % BalancerLimits.serversPerBackend else {
                Issue.record("pick \(pick) was \(String(describing: slot))")
                return
            }
        }
    }
}

extension RoundRobin {
    fileprivate mutating func pick(where isAdmissible: (Int) -> Bool) -> Int? {
        pick(for: Pools.client, where: isAdmissible)
    }
}

private func makePolicy(_ weights: [Int]) -> RoundRobin {
    var policy = RoundRobin()
    for (slot, weight) in weights.enumerated() { policy.setWeight(weight, of: slot, rank: slot) }
    return policy
}

/// The first picks, servers named A, B, C …
private func picks(_ weights: [Int], count: Int) -> String {
    var policy = makePolicy(weights)
    let letters = (0..<count).map { _ in UInt8(65 + (policy.pick { _ in true } ?? -2)) }
    return String(decoding: letters, as: UTF8.self)
}

private func hasRepetition(_ sequence: String) -> Bool {
    zip(sequence, sequence.dropFirst()).contains { $0 == $1 }
}

private func randomWeights(_ random: inout SplitMix) -> [Int] {
    let largest = [1, 3, 12, 40, 256].randomElement(using: &random) ?? 1
    return (0..<Int.random(in: 1...9, using: &random)).map { _ in
        Int.random(in: 1...largest, using: &random)
    }
}
