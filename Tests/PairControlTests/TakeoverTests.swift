import Heartbeat
import PairControl
import Primitives
import Testing

@Suite struct TakeoverTests {
    @Test func `of two nodes started at once the higher priority becomes active, without waiting`()
    {
        var pair = PairHarness()
        pair.run(.milliseconds(300))
        #expect(pair.holders == [0])
        #expect(pair.role(0) == .active)
        #expect(pair.role(1) == .standby)
        #expect(pair.doubleMilliseconds == 0)
    }

    @Test func `a node alone waits for the boot hold and then acts`() {
        var pair = PairHarness()
        pair.hosts[1].isUp = false
        pair.run(.milliseconds(2990))
        #expect(pair.holders.isEmpty)
        pair.run(.milliseconds(100))
        #expect(pair.holders == [0])
    }

    @Test func `the lower-ranked node alone waits one rank step longer`() {
        var pair = PairHarness()
        pair.hosts[0].isUp = false
        pair.run(.milliseconds(3090))
        #expect(pair.holders.isEmpty)
        pair.run(.milliseconds(100))
        #expect(pair.holders == [1])
    }

    @Test func `after a power cut the other node holds within dead-after plus one beat`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.powerOff(0)
        pair.vacantMilliseconds = 0
        pair.run(.seconds(1))
        #expect(pair.holders == [1])
        #expect((200...300).contains(pair.vacantMilliseconds))
        #expect(pair.hosts[1].node.history.last?.why == "haproxy-node01 fell silent")
    }

    @Test func `the guardian's release moves the virtual IP at once`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.kill(0, withGuardian: true)
        pair.vacantMilliseconds = 0
        pair.run(.seconds(1))
        #expect(pair.holders == [1])
        #expect(pair.vacantMilliseconds < 10)
    }

    @Test func `a node that returns does not take the virtual IP back`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.powerOff(0)
        pair.run(.seconds(1))
        pair.start(0)
        pair.run(.seconds(10))
        #expect(pair.holders == [1])
        #expect(pair.role(0) == .standby)
        #expect(pair.doubleMilliseconds == 0)
    }

    @Test func `with preempt on it takes it back once it has been ready for the boot hold`() {
        var pair = PairHarness { $0.preempt = true }
        pair.run(.seconds(1))
        pair.powerOff(0)
        pair.run(.seconds(1))
        pair.start(0)
        pair.run(.seconds(2))
        #expect(pair.holders == [1])
        pair.run(.seconds(3))
        #expect(pair.holders == [0])
        #expect(pair.doubleMilliseconds == 0)
    }

    @Test func `an orderly stop is noticed at once`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.vacantMilliseconds = 0
        pair.order(.stop, on: 0)
        pair.run(.seconds(1))
        #expect(pair.hosts[0].hasExited)
        #expect(pair.holders == [1])
        #expect(pair.vacantMilliseconds < 10)
        #expect(pair.hosts[1].node.history.last?.why == "haproxy-node01 was stopped in order")
    }

    /// Whose sessions nobody has ended.
    enum Departure: CaseIterable { case powerOff, kill, stop, failover, maintenance }

    @Test(arguments: Departure.allCases)
    func `the sessions of a dead holder are challenged, those of one that left are not`(
        departure: Departure
    ) {
        var pair = PairHarness()
        pair.run(.seconds(1))
        let before = pair.hosts[1].challenges
        switch departure {
        case .powerOff: pair.powerOff(0)
        case .kill: pair.kill(0, withGuardian: true)
        case .stop: pair.order(.stop, on: 0)
        case .failover: pair.order(.failover(to: nil), on: 0)
        case .maintenance: pair.order(.maintenanceOn(force: false), on: 0)
        }
        pair.run(.seconds(1))
        #expect(pair.holders == [1])
        let isDead = departure == .powerOff || departure == .kill
        #expect(pair.hosts[1].challenges - before == (isDead ? 1 : 0))
    }

    @Test func `a released boot that speaks again is not believed`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        let last = pair.recorded.last { $0.to == 1 }
        pair.kill(0, withGuardian: true)
        pair.run(.milliseconds(100))
        var ghost = last?.beat
        ghost?.sequence += 100
        if let ghost { pair.give(.datagram(.success(ghost), rail: 0), to: 1) }
        #expect(pair.hosts[1].node.tracker.drops[.releasedBoot] == 1)
        #expect(pair.holders == [1])
    }

    @Test func `a recording of an earlier life changes nothing`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.powerOff(0)
        pair.run(.seconds(1))
        pair.start(0)
        pair.run(.seconds(1))
        let old = pair.recorded.filter { $0.to == 1 }
        let current = pair.hosts[1].node.tracker.last?.bootID
        var replayed = 0
        for packet in old where packet.beat.bootID != current {
            pair.give(.datagram(.success(packet.beat), rail: 0), to: 1)
            replayed += 1
        }
        #expect(replayed > 15)
        #expect(pair.hosts[1].node.tracker.drops[.unprovenBoot, default: 0] >= UInt64(replayed))
        #expect(pair.holders == [1])
        #expect(pair.hosts[1].node.tracker.last?.bootID == current)
    }

    @Test func `lost beats below the limit move nothing`() {
        var pair = PairHarness(seed: 7)
        pair.run(.seconds(1))
        pair.loss = [100, 100]
        pair.run(.seconds(20))
        #expect(pair.doubleMilliseconds == 0)
        #expect(pair.holders == [0])
    }

    @Test func `one of two rails failing moves nothing`() {
        var pair = PairHarness(rails: 2)
        pair.run(.seconds(1))
        for _ in 0..<2000 {
            pair.packets.removeAll { $0.rail == 0 }
            pair.run(.milliseconds(1))
        }
        #expect(pair.holders == [0])
        #expect(pair.hosts[1].node.history.allSatisfy { $0.to != .active })
    }
}
