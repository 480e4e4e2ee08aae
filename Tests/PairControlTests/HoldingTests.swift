import Heartbeat
import PairControl
import Primitives
import Testing

@Suite struct HoldingTests {
    @Test func `a holder whose relay stops serving gives the virtual IP to the ready one`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.setReadiness(0) { $0.relayServes = false }
        pair.run(.milliseconds(400))
        #expect(pair.holders == [1])
        #expect(pair.doubleMilliseconds == 0)
    }

    @Test func `a holder that loses its link lets go and is standby after the heal`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.loss = [1000, 1000]
        pair.setReadiness(0) { $0.linkIsUp = false }
        pair.run(.seconds(1))
        #expect(pair.holders == [1])
        #expect(pair.role(0) == .fault)
        pair.loss = [0, 0]
        pair.setReadiness(0) { $0.linkIsUp = true }
        pair.run(.seconds(2))
        #expect(pair.holders == [1])
        #expect(pair.role(0) == .standby)
    }

    @Test func `a short loss of the link moves nothing`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.setReadiness(0) { $0.linkIsUp = false }
        pair.run(.milliseconds(150))
        pair.setReadiness(0) { $0.linkIsUp = true }
        pair.run(.seconds(1))
        #expect(pair.holders == [0])
        #expect(pair.hosts[0].node.history.filter { $0.to == .active }.count == 1)
    }

    @Test func `a full outage of the databases moves nothing`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        for index in 0...1 {
            let when = pair.now
            pair.setReadiness(index) {
                $0.serversUsable = false
                $0.lastCheckSuccess = when - .milliseconds(500)
                $0.lastCheckFailure = when
            }
            pair.run(.milliseconds(300))
        }
        pair.run(.seconds(10))
        #expect(pair.holders == [0])
    }

    @Test func `a holder that alone sees no server gives the virtual IP away after the hold`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        let when = pair.now
        pair.setReadiness(0) {
            $0.serversUsable = false
            $0.lastCheckFailure = when
        }
        pair.setReadiness(1) { $0.lastCheckSuccess = when + .milliseconds(100) }
        pair.run(.milliseconds(900))
        #expect(pair.holders == [0])
        pair.run(.milliseconds(300))
        #expect(pair.holders == [1])
    }

    @Test func `after a cut of the network one of two holders remains, the one with more sessions`()
    {
        for (sessions, survivor) in [([5, 9], 1), ([9, 5], 0), ([5, 5], 0)] {
            var pair = PairHarness()
            pair.run(.seconds(1))
            pair.segmentIsCut = true
            pair.loss = [1000, 1000]
            pair.run(.seconds(1))
            #expect(pair.holders == [0, 1])
            for index in 0...1 { pair.setReadiness(index) { $0.clientSessions = sessions[index] } }
            pair.loss = [0, 0]
            pair.doubleMilliseconds = 0
            let announced = pair.hosts[survivor].announcements
            pair.run(.milliseconds(500))
            #expect(pair.holders == [survivor])
            #expect(pair.doubleMilliseconds <= 100)
            #expect(pair.hosts[survivor].announcements > announced)
            #expect(
                pair.hosts[survivor].notices.contains {
                    if case .twoHolders = $0 { true } else { false }
                }
            )
            let epochs = pair.hosts.map { $0.node.epochs.highest }
            #expect(epochs[0] == epochs[1])
        }
    }

    @Test func `when only one of two holders hears the other, it gives way`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        // node02 no longer hears node01, but node01 hears node02.
        pair.segmentIsCut = true
        pair.loss = [1000, 0]
        pair.run(.seconds(2))
        #expect(pair.holders == [1])
        #expect(pair.hosts[0].notices.contains(.notHeard(peer: "haproxy-node02")))
    }

    @Test func `a peer that knows a higher epoch raises the holder's, and nothing moves`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.powerOff(1)
        pair.hosts[1].reservedEpoch = 500
        pair.start(1)
        pair.run(.seconds(1))
        #expect(pair.holders == [0])
        guard case .active(let activation) = pair.hosts[0].node.state else {
            Issue.record("not active")
            return
        }
        #expect(activation.epoch == 501)
    }

    @Test func `a different configuration is reported once`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        var settings = pair.hosts[0].settings
        settings.configurationDigest = 99
        pair.give(.configured(settings), to: 0)
        pair.run(.seconds(1))
        #expect(
            pair.hosts[1].notices.filter { $0 == .configurationDiffers(peer: "haproxy-node01") }
                .count == 1
        )
    }
}
