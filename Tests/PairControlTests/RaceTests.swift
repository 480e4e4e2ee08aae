import Heartbeat
import PairControl
import Primitives
import Testing

/// Schedules in which the simulator once found a second holder, or worse; cut down to what matters.
@Suite struct RaceTests {
    /// Both in maintenance, nobody holds.
    private func restingPair() -> PairHarness {
        var pair = PairHarness()
        pair.run(.seconds(4))
        pair.order(.maintenanceOn(force: true), id: 1, on: 1)
        pair.run(.milliseconds(200))
        pair.order(.maintenanceOn(force: true), id: 2, on: 0)
        pair.run(.milliseconds(200))
        return pair
    }

    @Test func `two nodes that leave maintenance at one instant make one holder`() {
        var pair = restingPair()
        #expect(pair.holders == [])
        pair.order(.maintenanceOff, id: 3, on: 0)
        pair.order(.maintenanceOff, id: 3, on: 1)
        pair.run(.seconds(2))
        #expect(pair.doubleMilliseconds == 0)
        #expect(pair.holders == [0])
    }

    @Test func `two nodes that become able at one instant make one holder`() {
        var pair = PairHarness()
        for index in 0...1 { pair.setReadiness(index) { $0.relayServes = false } }
        pair.run(.seconds(5))
        #expect(pair.holders == [])
        for index in 0...1 { pair.setReadiness(index) { $0.relayServes = true } }
        pair.run(.seconds(2))
        #expect(pair.doubleMilliseconds == 0)
        #expect(pair.holders == [0])
    }

    @Test func `the end of maintenance does not replace the boot hold`() {
        var pair = PairHarness()
        pair.run(.seconds(4))
        #expect(pair.holders == [0])
        pair.loss = [1000, 1000]
        pair.hosts[1].storedMaintenance = true
        pair.kill(1, withGuardian: false)
        pair.start(1)
        pair.run(.milliseconds(100))
        #expect(pair.role(1) == .maintenance)
        pair.order(.maintenanceOff, on: 1)
        #expect(pair.role(1) == .starting)
        pair.run(.seconds(2))
        #expect(pair.holders == [0])
        pair.loss = [0, 0]
        pair.run(.seconds(3))
        #expect(pair.doubleMilliseconds == 0)
    }

    @Test func `after a pause the first datagram in the queue does not decide`() {
        var pair = PairHarness()
        pair.run(.seconds(4))
        let old = pair.recorded.filter { $0.to == 1 }.suffix(1)
        // The standby stands still for longer than dead-after; its socket keeps what came.
        let until = pair.now + .milliseconds(400)
        var waiting: [PairHarness.Packet] = Array(old)
        while pair.now < until {
            pair.hosts[1].isUp = false
            pair.run(.milliseconds(50))
            waiting += pair.recorded.suffix(1).filter { $0.to == 1 }
        }
        pair.hosts[1].isUp = true
        // The first one is a duplicate, the beats are behind it.
        for packet in waiting {
            pair.give(.datagram(.success(packet.beat), rail: packet.rail), to: 1)
        }
        pair.give(.timer, to: 1)
        #expect(pair.holders == [0])
        pair.run(.seconds(1))
        #expect(pair.doubleMilliseconds == 0)
    }

    @Test func `an address that cannot be removed is not tried again without end`() {
        var pair = PairHarness()
        pair.run(.seconds(4))
        pair.hosts[0].removalFails = true
        pair.setReadiness(0) { $0.relayServes = false }
        pair.run(.seconds(2))
        #expect(pair.holders == [0])
        // Tried once a second, and never twice at one instant: the heart would do nothing else.
        #expect((1...3).contains(pair.hosts[0].releases), "\(pair.hosts[0].releases)")
        pair.hosts[0].removalFails = false
        pair.run(.seconds(2))
        #expect(pair.holders == [1])
        #expect(pair.doubleMilliseconds == 0)
    }

    @Test func `a fence that is shut again at once is not opened again without end`() {
        var pair = PairHarness(fence: .deadline)
        pair.run(.seconds(4))
        pair.kill(0, withGuardian: true)
        pair.run(.milliseconds(200))
        #expect(pair.passing == [1])
        // A probe was dropped after its decision; there is no peer that it would wait for.
        let epoch = pair.hosts[1].node.epochs.highest
        pair.give(.leaseBroken, to: 1)
        pair.run(.milliseconds(10))
        #expect(pair.hosts[1].node.epochs.highest == epoch)
        pair.run(.milliseconds(30))
        #expect(pair.hosts[1].node.epochs.highest == epoch + 1)
        #expect(pair.passing == [1])
    }

    /// The one to whom it was given becomes able when the one who gave it takes it back, and has
    /// not heard that it no longer may: that beat is lost.
    @Test(arguments: [1, 5, 10] as [Int64])
    func `what is taken back is not taken by both`(delay: Int64) {
        for milliseconds in Int64(0)..<80 {
            var pair = PairHarness(fence: .deadline)
            pair.run(.seconds(1))
            pair.delayMilliseconds = delay...delay
            pair.run(.milliseconds(200))
            pair.order(.failover(to: nil), on: 0)
            pair.setReadiness(1) { $0.relayServes = false }
            pair.run(.milliseconds(1990))
            pair.loss = [1000, 0]
            pair.run(.milliseconds(15))
            pair.loss = [0, 0]
            pair.run(.milliseconds(milliseconds))
            pair.setReadiness(1) { $0.relayServes = true }
            pair.run(.milliseconds(500))
            #expect(pair.doublePassing == 0, "\(milliseconds) ms")
            #expect(pair.passing.count == 1, "\(milliseconds) ms")
        }
    }

    @Test func `a holder announces again when a silent peer is heard again`() {
        var pair = PairHarness()
        pair.run(.seconds(4))
        pair.powerOff(1)
        pair.run(.seconds(1))
        let before = pair.hosts[0].announcements
        pair.start(1)
        pair.run(.milliseconds(100))
        #expect(pair.hosts[0].announcements > before)
    }

    @Test func `readiness that changes while there are two holders does not keep both`() {
        var pair = PairHarness()
        pair.run(.seconds(4))
        pair.segmentIsCut = true
        pair.loss = [1000, 1000]
        pair.run(.seconds(1))
        #expect(pair.holders == [0, 1])
        pair.setReadiness(0) { $0.clientSessions = 5 }
        pair.loss = [0, 0]
        // Now the numbers are frozen, and the one that would stay loses its servers.
        var isContested = false
        for _ in 0..<100 where !isContested {
            pair.run(.milliseconds(1))
            isContested = pair.recorded.suffix(4).contains { $0.beat.isContested && $0.to == 1 }
        }
        #expect(isContested)
        pair.packets.removeAll { $0.to == 1 }
        pair.loss = [1000, 0]
        pair.setReadiness(0) { $0.serversUsable = false }
        pair.run(.milliseconds(2))
        pair.loss = [0, 0]
        pair.run(.milliseconds(100))
        #expect(pair.holders.count == 1)
    }
}
