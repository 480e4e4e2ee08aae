import Heartbeat
import PairControl
import Primitives
import Testing

/// A pair with an arbiter: the segment is cut and no beat arrives, and yet there is one holder.
@Suite struct ArbiterTests {
    private static let cut = [1000, 1000]

    /// Settled: the first node holds.
    private static func pair(adjust: (inout PairSettings) -> Void = { _ in }) -> PairHarness {
        var pair = PairHarness(fence: .deadline) {
            $0.hasArbiter = true
            adjust(&$0)
        }
        pair.run(.seconds(3))
        return pair
    }

    private static func cutOff(_ pair: inout PairHarness) {
        pair.segmentIsCut = true
        pair.loss = cut
    }

    @Test func `while beats are acknowledged the arbiter only hears who holds`() {
        var pair = Self.pair()
        #expect(pair.passing == [0])
        #expect(pair.arbiter.record?.text == "haproxy-node01 epoch 1")
        let writes = pair.arbiter.writes
        pair.arbiter.isReached = [false, false]
        pair.run(.seconds(10))
        #expect(pair.passing == [0])
        #expect(pair.arbiter.writes == writes)
        let lost = pair.hosts[0].notices.filter {
            if case .arbiterLost = $0 { true } else { false }
        }
        #expect(lost.count == 1)
        #expect(pair.hosts[0].node.arbiter?.fault != nil)
        pair.order(.failover(to: nil), on: 0)
        pair.run(.seconds(1))
        #expect(pair.passing == [1])
        pair.arbiter.isReached = [true, true]
        pair.run(.seconds(3))
        #expect(pair.arbiter.record?.text == "haproxy-node02 epoch 2")
        #expect(pair.hosts[1].notices.contains(.arbiterAnswers))
        #expect(pair.hosts[1].node.arbiter?.fault == nil)
    }

    @Test func `a power cut is over within 700 ms`() {
        var pair = Self.pair()
        pair.powerOff(0)
        pair.vacantMilliseconds = 0
        pair.run(.seconds(2))
        #expect(pair.passing == [1])
        #expect(pair.vacantMilliseconds <= 400)
        #expect(pair.arbiter.record?.text == "haproxy-node02 epoch 2")
    }

    @Test func `cut off from each other, the holder stays and the other one waits`() {
        var pair = Self.pair()
        Self.cutOff(&pair)
        pair.run(.seconds(10))
        #expect(pair.passing == [0])
        #expect(pair.doublePassing == 0)
        #expect(pair.hosts[0].notices.contains(.heldByArbiter(peer: "haproxy-node02")))
        #expect(pair.hosts[0].node.arbiter?.confirmsHolder == true)
        #expect(pair.hosts[0].suspensions == 0)
        pair.segmentIsCut = false
        pair.loss = [0, 0]
        pair.run(.seconds(1))
        #expect(pair.passing == [0])
        #expect(pair.hosts[0].node.arbiter?.confirmsHolder == false)
    }

    @Test func `a holder that reaches neither is fenced before the other one takes over`() {
        var pair = Self.pair()
        Self.cutOff(&pair)
        pair.arbiter.isReached[0] = false
        pair.run(.seconds(2))
        #expect(pair.passing == [1])
        #expect(pair.doublePassing == 0)
        #expect(pair.hosts[0].suspensions == 1)
        let isSaid = pair.hosts[0].notices.contains {
            if case .leaseNotConfirmed = $0 { true } else { false }
        }
        #expect(isSaid)
        // It finds the record of the other one, and lets go of its sessions.
        pair.arbiter.isReached[0] = true
        pair.run(.seconds(2))
        #expect(pair.hosts[0].sessionResets == 1)
        #expect(pair.role(0) == .standby)
        #expect(pair.passing == [1])
        #expect(pair.doublePassing == 0)
    }

    @Test func `a holder that reached neither for a moment goes on with its sessions`() {
        var pair = Self.pair()
        Self.cutOff(&pair)
        pair.arbiter.isReached = [false, false]
        pair.run(.seconds(2))
        #expect(pair.passing == [])
        pair.arbiter.isReached = [true, false]
        pair.run(.seconds(3))
        #expect(pair.passing == [0])
        #expect(pair.hosts[0].sessionResets == 0)
    }

    /// It had won without waiting, which only a holder may.
    @Test func `what a holder won does not let it take over again`() {
        var pair = Self.pair()
        pair.order(.failover(to: nil), on: 0)
        pair.run(.seconds(1))
        Self.cutOff(&pair)
        pair.run(.seconds(2))
        #expect(pair.passing == [1])
        pair.arbiter.isReached[1] = false
        // Another holder is heard of, which ranks higher: it lets go.
        pair.give(.segment(.holder(pair.hosts[0].mac)), to: 1)
        pair.give(.timer, to: 1)
        for _ in 0..<130 {
            pair.run(.milliseconds(1))
            #expect(pair.role(1) != .active)
        }
    }

    @Test func `with the arbiter lost nobody takes over from a silent node`() {
        var pair = Self.pair()
        pair.arbiter.isReached = [false, false]
        pair.run(.seconds(2))
        pair.powerOff(0)
        pair.run(.seconds(5))
        #expect(pair.passing == [])
        pair.arbiter.isReached = [true, true]
        pair.run(.seconds(3))
        #expect(pair.passing == [1])
    }

    @Test(arguments: [true, false])
    func `who took leave is not silent: the arbiter is not needed`(isKilled: Bool) {
        var pair = Self.pair()
        pair.arbiter.isReached = [false, false]
        pair.run(.seconds(2))
        if isKilled { pair.kill(0, withGuardian: true) } else { pair.order(.stop, on: 0) }
        pair.vacantMilliseconds = 0
        pair.run(.seconds(20))
        #expect(pair.passing == [1])
        #expect(pair.vacantMilliseconds < 50)
        #expect(pair.hosts[1].suspensions == 0)
    }

    @Test func `who comes back unheard does not take it from a holder that is alone`() {
        var pair = Self.pair()
        pair.kill(0, withGuardian: true)
        pair.run(.seconds(1))
        #expect(pair.arbiter.record?.text == "haproxy-node02 epoch 2 alone")
        // The holder needs nobody now, and the one who comes back can ask.
        Self.cutOff(&pair)
        pair.arbiter.isReached[1] = false
        pair.start(0)
        pair.run(.seconds(20))
        #expect(pair.passing == [1])
        #expect(pair.doublePassing == 0)
        #expect(pair.hosts[0].node.arbiter?.refuses == true)
        // Whoever knows that the other one is dead deletes the key.
        pair.powerOff(1)
        pair.arbiter.record = nil
        pair.arbiter.revision += 1
        pair.run(.seconds(3))
        #expect(pair.passing == [0])
    }

    @Test func `alone is no longer true when the other one is heard`() {
        var pair = Self.pair()
        pair.kill(0, withGuardian: true)
        pair.run(.seconds(1))
        pair.start(0)
        pair.run(.seconds(5))
        #expect(pair.arbiter.record?.holder == "haproxy-node02")
        #expect(pair.arbiter.record?.isAlone == false)
        // Both go down, and the first one comes back by itself.
        pair.powerOff(0)
        pair.powerOff(1)
        pair.run(.seconds(2))
        pair.start(0)
        pair.run(.seconds(5))
        #expect(pair.passing == [0])
    }

    @Test func `who stops with nobody to take over does not leave a key that keeps the other away`()
    {
        var pair = Self.pair()
        pair.order(.stop, on: 0)
        pair.run(.seconds(2))
        #expect(pair.arbiter.record?.text == "haproxy-node02 epoch 2 alone")
        pair.order(.stop, id: 2, on: 1)
        pair.run(.seconds(2))
        #expect(pair.arbiter.record?.text == "haproxy-node02 epoch 2")
        pair.start(0)
        pair.run(.seconds(5))
        #expect(pair.passing == [0])
    }

    @Test
    func `a holder that hears nothing, not even the arbiter, loses it to the one it does not hear`()
    {
        var pair = Self.pair()
        pair.segmentIsCut = true
        pair.loss = [0, 1000]
        pair.arbiter.isReached[0] = false
        pair.run(.seconds(3))
        #expect(pair.passing == [1])
        #expect(pair.doublePassing == 0)
        // It hears again, and is acknowledged at once.
        pair.loss = [0, 0]
        pair.run(.seconds(1))
        #expect(pair.passing == [1])
        #expect(pair.doublePassing == 0)
    }

    @Test(arguments: UInt64(1)...200)
    func `however the three lose each other, there is one holder`(seed: UInt64) {
        var random = SplitMix64(state: seed)
        var pair = PairHarness(seed: seed, fence: .deadline) {
            $0.hasArbiter = true
            if seed % 3 == 0 {
                $0.interval = .milliseconds(10)
                $0.deadAfter = .milliseconds(60)
            }
        }
        pair.run(.seconds(3))
        pair.segmentIsCut = true
        for _ in 0..<40 {
            pair.loss = [0, 0].map { _ in [0, 0, 300, 700, 1000].randomElement(using: &random)! }
            for index in 0...1 {
                pair.arbiter.isReached[index] = Int.random(in: 0..<3, using: &random) > 0
                if Int.random(in: 0..<8, using: &random) == 0 {
                    if pair.hosts[index].isStopped { pair.resume(index) } else { pair.stop(index) }
                }
            }
            pair.arbiter.roundTrip = .milliseconds(Int64.random(in: 1...40, using: &random))
            pair.run(.milliseconds(Int64.random(in: 1...600, using: &random)))
        }
        #expect(pair.doublePassing == 0, "first at \(pair.doubleAt.map { "\($0)" } ?? "")")
        for index in 0...1 where pair.hosts[index].isStopped { pair.resume(index) }
        pair.arbiter.isReached = [true, true]
        pair.arbiter.roundTrip = .milliseconds(3)
        pair.loss = [0, 0]
        pair.run(.seconds(5))
        #expect(pair.passing.count == 1)
        #expect(pair.doublePassing == 0)
    }
}
