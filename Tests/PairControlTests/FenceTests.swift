import Heartbeat
import PairControl
import Primitives
import Testing

/// The lease of the virtual IP: who is stopped is fenced, and finds it out before it acts.
@Suite struct FenceTests {
    private static func pair(
        seed: UInt64 = 1,
        _ adjust: (inout PairSettings) -> Void = { _ in }
    ) -> PairHarness {
        var pair = PairHarness(seed: seed, fence: .deadline, adjust: adjust)
        pair.run(.seconds(1))
        return pair
    }

    @Test func `a holder prolongs its lease with every beat, and a standby has none`() {
        var pair = Self.pair()
        for _ in 0..<2000 {
            pair.run(.milliseconds(1))
            // One beat and what it takes to be late.
            #expect((pair.hosts[0].lease ?? .zero) - pair.now >= .milliseconds(149))
            #expect((pair.hosts[0].lease ?? .zero) - pair.now <= .milliseconds(200))
        }
        #expect(pair.hosts[1].lease == nil)
        #expect(pair.hosts[0].node.fenceOutlives == 250)
        #expect(pair.hosts[1].node.fenceOutlives == 0)
    }

    @Test func `the beat leaves before the lease that it pays for, and before the address`() {
        var pair = PairHarness(fence: .deadline)
        pair.hosts[1].isUp = false
        pair.run(.milliseconds(2990))
        // Shorter than a sleep, after which nothing would be taken at once.
        var later = pair.now + .milliseconds(100)
        var directives: [Directive] = []
        // The probes come first.
        for _ in 0..<5 {
            directives = pair.hosts[0].node.handle(.timer, now: later)
            later = later + .milliseconds(5)
        }
        later = later - .milliseconds(5)
        let order = directives.compactMap { directive -> String? in
            switch directive {
            case .send(let beat, _): "beat: \(beat.role) \(beat.fence) \(beat.fenceOutlives)"
            case .renewLease(let end): "lease: \((end - later).milliseconds)"
            case .holdVIP: "hold"
            default: nil
            }
        }
        #expect(order == ["beat: activating deadline 250", "lease: 200", "hold"])
    }

    @Test func `a holder whose kernel refuses to prolong steps down, and takes it again`() {
        var pair = Self.pair()
        let epoch = pair.hosts[0].node.epochs.highest
        pair.give(.leaseBroken, to: 0)
        #expect(pair.hosts[0].suspensions == 1)
        #expect(pair.role(0) != .active)
        #expect(pair.hosts[0].node.lease == nil)
        // Once more says nothing new.
        pair.give(.leaseBroken, to: 0)
        #expect(pair.hosts[0].suspensions == 1)
        pair.run(.seconds(1))
        #expect(pair.holders == [0])
        #expect(pair.role(0) == .active)
        #expect(pair.hosts[0].node.epochs.highest > epoch)
        #expect(pair.hosts[0].sessionResets == 0)
        #expect(pair.doublePassing == 0)
    }

    @Test func `a stopped holder is fenced before the other one takes over, and steps down`() {
        var pair = Self.pair()
        pair.setReadiness(0) { $0.clientSessions = 7 }
        pair.stop(0)
        pair.run(.seconds(1))
        #expect(pair.holders == [0, 1], "its kernel still has the address")
        #expect(pair.passing == [1])
        #expect(pair.doublePassing == 0)
        pair.resume(0)
        #expect(pair.holders == [1])
        #expect(pair.hosts[0].suspensions == 1)
        pair.run(.milliseconds(100))
        #expect(pair.hosts[0].sessionResets == 1)
        #expect(pair.role(0) == .standby)
        #expect(pair.doublePassing == 0)
        #expect(pair.hosts[0].notices.contains(.lostWhileFenced(to: "haproxy-node02")))
        pair.run(.seconds(5))
        #expect(pair.holders == [1])
        #expect(pair.hosts[1].node.history.filter { $0.to == .active }.count == 1)
    }

    @Test(arguments: [205, 220, 240] as [Int64])
    func `a holder stopped for less than dead-after takes it again and keeps its sessions`(
        milliseconds: Int64
    ) {
        var pair = Self.pair()
        pair.setReadiness(0) { $0.clientSessions = 7 }
        let epoch = pair.hosts[0].node.epochs.highest
        // Right behind a beat: the next one is due a whole interval later.
        while !pair.packets.contains(where: { $0.to == 1 }) { pair.run(.milliseconds(1)) }
        pair.stop(0)
        pair.run(.milliseconds(milliseconds))
        pair.resume(0)
        #expect(pair.holders.isEmpty)
        pair.run(.milliseconds(40))
        #expect(pair.passing == [0])
        #expect(pair.hosts[0].sessionResets == 0)
        #expect(pair.hosts[0].node.epochs.highest == epoch + 1)
        guard case .active(let activation) = pair.hosts[0].node.state else {
            Issue.record("\(pair.hosts[0].node.state)")
            return
        }
        #expect(activation.reason == .resumed && activation.epoch == epoch + 1)
        pair.run(.seconds(3))
        #expect(pair.holders == [0])
        #expect(pair.doublePassing == 0)
    }

    @Test func `the better-ranked standby leaves a fenced holder the time to come back`() {
        var pair = Self.pair()
        pair.order(.failover(to: nil), on: 0)
        pair.run(.seconds(1))
        #expect(pair.holders == [1])
        while !pair.packets.contains(where: { $0.to == 0 }) { pair.run(.milliseconds(1)) }
        pair.stop(1)
        pair.run(.milliseconds(220))
        pair.resume(1)
        pair.run(.seconds(2))
        #expect(pair.holders == [1])
        #expect(pair.hosts[1].sessionResets == 0)
        #expect(pair.doublePassing == 0)
    }

    @Test func `with nobody else there a fenced holder comes back by itself`() {
        var pair = Self.pair()
        pair.powerOff(1)
        pair.run(.seconds(1))
        pair.setReadiness(0) { $0.clientSessions = 7 }
        pair.stop(0)
        pair.run(.seconds(10))
        pair.resume(0)
        pair.run(.milliseconds(265))
        #expect(pair.holders.isEmpty)
        pair.run(.milliseconds(20))
        #expect(pair.passing == [0])
        #expect(pair.hosts[0].sessionResets == 0)
    }

    @Test func `a fenced node that is heard but not answered gives way`() {
        var pair = Self.pair()
        while !pair.packets.contains(where: { $0.to == 1 }) { pair.run(.milliseconds(1)) }
        pair.stop(0)
        pair.run(.milliseconds(220))
        pair.loss = [1000, 0]
        pair.resume(0)
        pair.run(.seconds(1))
        #expect(pair.holders == [1])
        #expect(pair.hosts[0].sessionResets == 1)
        #expect(pair.doublePassing == 0)
    }

    @Test func `who has slept listens before it takes silence for death`() {
        var pair = Self.pair()
        // As when the machine that runs both is paused: nothing is in the sockets.
        for index in 0...1 { pair.stop(index) }
        pair.run(.seconds(1))
        pair.packets = []
        for index in 0...1 { pair.hosts[index].waiting = [] }
        pair.resume(1)
        pair.run(.milliseconds(265))
        #expect(pair.holders == [0], "its kernel still has the address")
        pair.run(.milliseconds(20))
        #expect(pair.passing == [1])
        for index in 0...1 { pair.stop(index) }
        pair.run(.seconds(1))
        for index in 0...1 { pair.resume(index) }
        pair.run(.seconds(1))
        #expect(pair.passing == [1])
        #expect(pair.doublePassing == 0)
    }

    @Test func `orders to a fenced node end its sessions too`() {
        for kind in [Order.Kind.stop, .maintenanceOn(force: true)] {
            var pair = Self.pair()
            pair.powerOff(1)
            pair.run(.seconds(1))
            pair.stop(0)
            pair.run(.seconds(1))
            pair.resume(0)
            pair.order(kind, on: 0)
            #expect(pair.hosts[0].sessionResets == 1)
            pair.run(.milliseconds(300))
            #expect(pair.holders.isEmpty)
        }
    }

    @Test func `a fence of seconds is waited for`() {
        var pair = PairHarness(fence: .addressLifetime)
        pair.run(.seconds(1))
        #expect(pair.hosts[0].node.fenceOutlives == 3050)
        pair.powerOff(0)
        pair.run(.milliseconds(2990))
        #expect(pair.holders.isEmpty)
        pair.run(.milliseconds(100))
        #expect(pair.holders == [1])
    }

    @Test func `a peer with a longer dead-after is waited for`() {
        var pair = Self.pair()
        var settings = pair.hosts[0].settings
        settings.deadAfter = .milliseconds(600)
        pair.give(.configured(settings), to: 0)
        pair.run(.milliseconds(200))
        pair.stop(0)
        pair.run(.milliseconds(540))
        #expect(pair.holders == [0])
        pair.run(.milliseconds(200))
        #expect(pair.passing == [1])
        #expect(pair.doublePassing == 0)
    }

    /// The peer answered, waited for dead-after, and is about to act.
    @Test(arguments: [252, 255, 258] as [Int64])
    func `an answer of before a second stop is no permission`(milliseconds: Int64) {
        var pair = Self.pair()
        pair.order(.failover(to: nil), on: 0)
        pair.run(.seconds(1))
        #expect(pair.passing == [1])
        // The lease alone has to do.
        pair.segmentIsCut = true
        pair.delayMilliseconds = 5...5
        pair.run(.milliseconds(200))
        while !pair.packets.contains(where: { $0.to == 0 }) { pair.run(.milliseconds(1)) }
        pair.stop(1)
        pair.run(.milliseconds(220))
        pair.resume(1)
        // Its question leaves, and the answer finds it stopped.
        pair.run(.milliseconds(2))
        pair.stop(1)
        pair.run(.milliseconds(milliseconds - 2))
        pair.loss = [0, 1000]
        pair.resume(1)
        pair.run(.milliseconds(2))
        pair.loss = [0, 0]
        pair.run(.seconds(1))
        #expect(pair.passing == [0])
        #expect(pair.doublePassing == 0)
    }

    @Test func `a fenced node that has to wait in the middle of a round does not turn on the spot`()
    {
        var pair = Self.pair()
        pair.order(.failover(to: nil), on: 0)
        pair.run(.seconds(1))
        while !pair.packets.contains(where: { $0.to == 0 }) { pair.run(.milliseconds(1)) }
        pair.stop(1)
        pair.run(.milliseconds(220))
        let asked = pair.hosts[1].questions.count
        pair.resume(1)
        while pair.hosts[1].questions.count == asked { pair.run(.milliseconds(1)) }
        // Now the other one says that it is fenced too, and it ranks higher.
        guard var beat = pair.recorded.last(where: { $0.to == 1 })?.beat else {
            Issue.record("nothing was heard")
            return
        }
        beat.sequence += 1
        beat.isFenced = true
        pair.give(.datagram(.success(beat), rail: 0), to: 1)
        for _ in 0..<10 {
            pair.run(.milliseconds(1))
            #expect(pair.role(1) == .standby)
            #expect(pair.hosts[1].node.nextDeadline > pair.now)
        }
    }

    @Test func `a release of long ago does not spare a fenced node the listening`() {
        var pair = Self.pair()
        pair.kill(0, withGuardian: true)
        pair.run(.seconds(1))
        #expect(pair.passing == [1])
        pair.segmentIsCut = true
        // To prove a new boot takes longer than a round on the segment.
        pair.delayMilliseconds = 15...15
        pair.start(0)
        pair.stop(1)
        pair.run(.seconds(4))
        #expect(pair.passing == [0])
        pair.resume(1)
        pair.run(.seconds(1))
        #expect(pair.passing == [0])
        #expect(pair.doublePassing == 0)
    }

    /// Late by less than a lease, and stopped again when it has opened its fence.
    @Test func `a fence is opened for no longer than the beat before has paid for`() {
        var pair = Self.pair()
        pair.segmentIsCut = true
        pair.order(.failover(to: nil), on: 0)
        pair.setReadiness(1) { $0.relayServes = false }
        pair.run(.milliseconds(1850))
        while !pair.packets.contains(where: { $0.to == 0 }) { pair.run(.milliseconds(1)) }
        let lastHeard = pair.now + .milliseconds(1)
        pair.stop(1)
        while pair.hosts[0].outcomes[1] == nil {
            pair.run(.milliseconds(1))
            // Its first beat that no longer says that it yields is lost.
            pair.loss = pair.now - lastHeard > .milliseconds(80) ? [1000, 0] : [0, 0]
        }
        pair.run(.milliseconds(20))
        let delay = pair.now - lastHeard
        #expect(delay > .milliseconds(100) && delay < .milliseconds(195), "\(delay)")
        pair.loss = [1000, 1000]
        pair.hosts[1].readiness.relayServes = true
        pair.resume(1, then: .readiness(pair.hosts[1].readiness))
        #expect(pair.holders == [1])
        pair.stop(1)
        pair.loss = [0, 0]
        #expect((pair.hosts[1].lease ?? .distantFuture) <= lastHeard + .milliseconds(250))
        pair.run(.milliseconds(400))
        #expect(pair.passing == [0])
        #expect(pair.doublePassing == 0)
    }

    /// Stops at random, of holders and of standbys, beside kills and orders; no beat is lost.
    @Test(arguments: [UInt64(1), 10_001])
    func `without loss two kernels never let traffic through at once, whoever is stopped`(
        first: UInt64
    ) {
        for seed in first..<first + 150 {
            var dice = SplitMix64(state: seed &* 31)
            var pair = Self.pair(seed: seed)
            for step in UInt32(1)...25 {
                let index = Int(dice.next() % 2)
                switch dice.next() % 8 {
                case 0...3: if pair.hosts[index].isUp { pair.stop(index) }
                // Nobody hears anything while stopped.
                case 4 where !pair.hosts[0].isStopped:
                    pair.order(.failover(to: nil), id: step, on: 0)
                case 5: pair.powerOff(index)
                case 6: if !pair.hosts[index].isUp { pair.start(index) }
                default:
                    guard !pair.hosts[index].isStopped else { break }
                    pair.setReadiness(index) { $0.clientSessions = Int(dice.next() % 9) }
                }
                pair.run(.milliseconds(Int64(dice.next() % 400) + 1))
                for stopped in 0...1 where pair.hosts[stopped].isStopped && dice.next() % 3 > 0 {
                    pair.resume(stopped)
                }
            }
            #expect(pair.doublePassing == 0, "seed \(seed): \(pair.histories)")
            for index in 0...1 {
                if !pair.hosts[index].isUp || pair.hosts[index].hasExited { pair.start(index) }
                if pair.hosts[index].isStopped { pair.resume(index) }
            }
            pair.run(.seconds(8))
            #expect(pair.passing.count == 1, "seed \(seed): \(pair.hosts.map(\.node.state))")
        }
    }
}

extension PairHarness {
    /// The changes of role of both nodes, in order.
    fileprivate var histories: String {
        let current = hosts.indices.flatMap { index in
            hosts[index].node.history.map { (index: index, transition: $0) }
        }
        let entries = (pastHistory + current).sorted { $0.transition.at < $1.transition.at }
        let lines = entries.map { index, entry in
            "\n\(entry.at.nanoseconds / 1_000_000) node0\(index + 1): \(entry.from) -> \(entry.to), "
                + entry.why
        }
        let first = doubleAt.map { "\($0.nanoseconds / 1_000_000)" } ?? "never"
        return lines.joined() + "\nfirst at once: \(first)"
    }
}
