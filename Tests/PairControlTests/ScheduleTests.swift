import PairControl
import Primitives
import Testing

/// Random schedules of kills, restarts, orders, loss and cuts. A failure prints its seed.
@Suite struct ScheduleTests {
    @Test(arguments: [UInt64(1), 1001, 2001, 3001])
    func `exactly one node holds once the faults have ended, and the epoch only rises`(
        first: UInt64
    ) {
        for seed in first..<first + 100 {
            var dice = SplitMix64(state: seed &* 77)
            var pair = PairHarness(seed: seed, rails: 1 + Int(seed % 2))
            var epoch: UInt64 = 0
            for step in 0..<25 {
                disturb(&pair, &dice, step: UInt32(step + 1))
                pair.run(.milliseconds(Int64(dice.next() % 900) + 1))
                for index in pair.holders {
                    guard case .active(let activation) = pair.hosts[index].node.state else {
                        continue
                    }
                    // Behind a cut the older holder keeps its lower number until the heal.
                    if pair.loss == [0, 0], pair.holders.count == 1, pair.hosts.allSatisfy(\.isUp) {
                        #expect(activation.epoch >= epoch, "seed \(seed) step \(step)")
                        epoch = max(epoch, activation.epoch)
                    }
                }
            }
            heal(&pair)
            pair.run(.seconds(8))
            #expect(pair.holders.count == 1, "seed \(seed): \(pair.hosts.map(\.node.state))")
            let double = pair.doubleMilliseconds
            pair.run(.seconds(1))
            #expect(pair.doubleMilliseconds == double, "seed \(seed)")
        }
    }

    @Test(arguments: [UInt64(5), 500_001])
    func `without a cut of the network two never hold at once`(first: UInt64) {
        for seed in first..<first + 150 {
            var dice = SplitMix64(state: seed)
            var pair = PairHarness(seed: seed, rails: 2)
            for step in 0..<20 {
                disturb(&pair, &dice, step: UInt32(step + 1), withCuts: false)
                pair.run(.milliseconds(Int64(dice.next() % 900) + 1))
            }
            #expect(pair.doubleMilliseconds == 0, "seed \(seed)")
        }
    }

    private func disturb(
        _ pair: inout PairHarness,
        _ dice: inout SplitMix64,
        step: UInt32,
        withCuts: Bool = true
    ) {
        let index = Int(dice.next() % 2)
        switch dice.next() % (withCuts ? 11 : 8) {
        case 0: pair.kill(index, withGuardian: true)
        case 1: pair.powerOff(index)
        case 2, 3: if !pair.hosts[index].isUp || pair.hosts[index].hasExited { pair.start(index) }
        case 4: pair.order(.failover(to: nil), id: step, on: index)
        case 5: pair.order(.maintenanceOn(force: dice.next() % 2 == 0), id: step, on: index)
        case 6: pair.order(.maintenanceOff, id: step, on: index)
        case 7: pair.setReadiness(index) { $0.relayServes.toggle() }
        case 8: pair.loss = [Int(dice.next() % 1100), Int(dice.next() % 1100)]
        case 9: pair.loss = [0, 0]
        default: pair.setReadiness(index) { $0.clientSessions = Int(dice.next() % 50) }
        }
    }

    private func heal(_ pair: inout PairHarness) {
        pair.loss = [0, 0]
        for index in 0...1 {
            if !pair.hosts[index].isUp || pair.hosts[index].hasExited { pair.start(index) }
            pair.setReadiness(index) { $0.relayServes = true }
        }
        pair.run(.seconds(3))
        for index in 0...1 { pair.order(.maintenanceOff, id: 1000, on: index) }
    }
}
