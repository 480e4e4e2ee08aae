import Heartbeat
import PairControl
import Primitives
import Testing

@Suite struct OrderTests {
    @Test func `failover moves the virtual IP and reports a short downtime`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.order(.failover(to: nil), on: 0)
        pair.run(.milliseconds(200))
        #expect(pair.holders == [1])
        guard case .done(let text, let downtime?) = pair.hosts[0].outcomes[1] else {
            Issue.record("\(String(describing: pair.hosts[0].outcomes))")
            return
        }
        #expect(text == "the virtual IP is on haproxy-node02")
        #expect(downtime < .milliseconds(10))
        #expect(pair.doubleMilliseconds == 0)
        pair.run(.seconds(10))
        #expect(pair.holders == [1])
    }

    @Test func `failover asked for on the standby brings the virtual IP there`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.order(.failover(to: "haproxy-node02"), on: 1)
        pair.run(.milliseconds(200))
        #expect(pair.holders == [1])
        guard case .done(_, .some) = pair.hosts[1].outcomes[1] else {
            Issue.record("\(String(describing: pair.hosts[1].outcomes))")
            return
        }
    }

    @Test func `a second failover from the standby works as well as the first`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        for round in UInt32(1)...4 {
            let standby = pair.holders == [0] ? 1 : 0
            pair.order(.failover(to: nil), id: round, on: standby)
            pair.run(.milliseconds(200))
            #expect(pair.holders == [standby], "round \(round)")
        }
        #expect(pair.doubleMilliseconds == 0)
    }

    @Test func `failover is refused with the reason when the other node cannot take it`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.setReadiness(1) { $0.relayServes = false }
        pair.run(.milliseconds(100))
        pair.order(.failover(to: nil), on: 0)
        #expect(
            pair.hosts[0].outcomes[1]
                == .refused("haproxy-node02 is not ready: its relay does not serve")
        )
        pair.powerOff(1)
        pair.run(.seconds(2))
        pair.order(.failover(to: nil), on: 0)
        guard case .refused(let why) = pair.hosts[0].outcomes[1] else {
            Issue.record("not refused")
            return
        }
        #expect(why.hasPrefix("haproxy-node02 has not been heard for 2."))
        #expect(pair.holders == [0])
    }

    @Test(arguments: ["haproxy-node03", "node01"])
    func `failover to an unknown node is refused`(name: String) {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.order(.failover(to: name), on: 0)
        guard case .refused(let why) = pair.hosts[0].outcomes[1] else {
            Issue.record("not refused")
            return
        }
        #expect(why.contains(name) && why.contains("haproxy-node02"))
    }

    @Test func `when the other node dies during a failover the old one takes it back and says so`()
    {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.order(.failover(to: nil), on: 0)
        pair.powerOff(1)
        pair.run(.seconds(3))
        #expect(pair.holders == [0])
        guard case .failed(let why) = pair.hosts[0].outcomes[1] else {
            Issue.record("\(String(describing: pair.hosts[0].outcomes))")
            return
        }
        #expect(why.contains("haproxy-node01 takes it back"))
    }

    /// None of the other node's beats of the time between has arrived.
    @Test func `a node that took it and let go of it again is not said to have failed to`() {
        var pair = PairHarness()
        pair.run(.seconds(4))
        pair.loss = [0, 1000]
        pair.order(.failover(to: nil), on: 0)
        pair.run(.milliseconds(20))
        #expect(pair.holders == [1])
        pair.setReadiness(1) { $0.relayServes = false }
        pair.run(.milliseconds(20))
        #expect(pair.holders.isEmpty)
        pair.loss = [0, 0]
        pair.run(.milliseconds(300))
        #expect(pair.holders == [0])
        #expect(
            pair.hosts[0].outcomes[1]
                == .failed(
                    "haproxy-node02 took it and let go of it again; haproxy-node01 takes it back"
                )
        )
        guard case .active(let activation) = pair.hosts[0].node.state else {
            Issue.record("\(pair.hosts[0].node.state)")
            return
        }
        #expect(activation.reason == .peerNotReady)
    }

    @Test func `when the other node's kernel refuses the address the old one takes it back`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.hosts[1].addressFails = true
        pair.order(.failover(to: nil), on: 0)
        pair.run(.milliseconds(100))
        #expect(pair.holders == [0])
        #expect(pair.role(1) == .fault)
    }

    @Test func `maintenance hands over, stays away, and survives a restart`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.order(.maintenanceOn(force: false), on: 0)
        pair.run(.milliseconds(200))
        #expect(pair.holders == [1])
        #expect(pair.role(0) == .maintenance)
        guard case .done = pair.hosts[0].outcomes[1] else {
            Issue.record("\(String(describing: pair.hosts[0].outcomes))")
            return
        }
        pair.powerOff(1)
        pair.start(0)
        pair.run(.seconds(5))
        #expect(pair.holders.isEmpty)
        #expect(pair.role(0) == .maintenance)
        pair.order(.maintenanceOff, on: 0)
        pair.run(.seconds(1))
        #expect(pair.holders == [0])
    }

    @Test func `maintenance of the last able node needs force`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.powerOff(1)
        pair.run(.seconds(1))
        pair.order(.maintenanceOn(force: false), on: 0)
        guard case .refused(let why) = pair.hosts[0].outcomes[1] else {
            Issue.record("not refused")
            return
        }
        #expect(why.contains("--force"))
        #expect(pair.holders == [0])
        pair.order(.maintenanceOn(force: true), on: 0)
        pair.run(.milliseconds(100))
        #expect(pair.holders.isEmpty)
        guard case .done = pair.hosts[0].outcomes[1] else {
            Issue.record("\(String(describing: pair.hosts[0].outcomes))")
            return
        }
    }

    @Test func `by force, maintenance does not wait for a node that is in maintenance itself`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.order(.maintenanceOn(force: false), on: 1)
        pair.run(.milliseconds(100))
        pair.order(.maintenanceOn(force: true), id: 2, on: 0)
        pair.run(.milliseconds(100))
        #expect(pair.holders.isEmpty)
        guard case .done(let text, downtime: nil) = pair.hosts[0].outcomes[2] else {
            Issue.record("\(String(describing: pair.hosts[0].outcomes))")
            return
        }
        #expect(text == "haproxy-node01 is in maintenance; no node holds the virtual IP")
    }

    @Test func `maintenance of the standby changes nothing for the holder`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.order(.maintenanceOn(force: false), on: 1)
        pair.run(.milliseconds(100))
        #expect(pair.holders == [0])
        #expect(pair.role(1) == .maintenance)
        pair.powerOff(0)
        pair.run(.seconds(2))
        #expect(pair.holders.isEmpty)
    }
}
