import Heartbeat
import PairControl
import Primitives
import Testing

/// What a node says of itself, and what follows for who holds.
@Suite struct ReadinessTests {
    private static let gateway = "gateway 10.0.0.254"

    private static func fail(_ readiness: inout NodeReadiness) {
        readiness.tracks = [.init(name: gateway, fault: "does not answer")]
    }

    @Test func `a relay that hangs is given up at once: it has been watched already`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.setReadiness(0) { $0.relayServes = false }
        pair.run(.milliseconds(30))
        #expect(pair.holders == [1])
        #expect(pair.doubleMilliseconds == 0)
    }

    @Test func `a holder whose relay serves nothing lets go although it hears nobody`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.loss = [1000, 1000]
        pair.run(.seconds(1))
        // The path is cut, and the other one answers on the segment.
        #expect(pair.holders == [0])
        pair.setReadiness(0) { $0.relayServes = false }
        pair.run(.milliseconds(100))
        #expect(!pair.holders.contains(0))
        // It asks again half a second after an answer.
        pair.run(.milliseconds(500))
        #expect(pair.holders == [1])
        #expect(pair.doubleMilliseconds == 0)
        #expect(pair.role(0) == .fault)
        pair.setReadiness(0) { $0.relayServes = true }
        pair.loss = [0, 0]
        pair.run(.seconds(3))
        #expect(pair.holders == [1])
        #expect(pair.role(0) == .standby)
    }

    /// Each of the three that make a node the better holder.
    enum Lack: CaseIterable {
        case source, descriptors, track

        func befall(_ readiness: inout NodeReadiness) {
            switch self {
            case .source: readiness.hasSource = false
            case .descriptors: readiness.hasDescriptors = false
            case .track: ReadinessTests.fail(&readiness)
            }
        }
    }

    @Test(arguments: Lack.allCases)
    func `what only the holder lacks moves the virtual IP, after the hold`(lack: Lack) {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.setReadiness(0) { lack.befall(&$0) }
        pair.run(.milliseconds(900))
        #expect(pair.holders == [0])
        pair.run(.milliseconds(200))
        #expect(pair.holders == [1])
        #expect(pair.doubleMilliseconds == 0)
        // And not back by itself.
        let good = pair.hosts[1].readiness
        pair.setReadiness(0) { $0 = good }
        pair.run(.seconds(5))
        #expect(pair.holders == [1])
    }

    @Test(arguments: Lack.allCases, Lack.allCases)
    func `what the other one lacks too, or something else, moves nothing`(own: Lack, other: Lack) {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.setReadiness(0) { own.befall(&$0) }
        pair.run(.milliseconds(500))
        pair.setReadiness(1) { other.befall(&$0) }
        pair.run(.seconds(10))
        #expect(pair.holders == [0])
    }

    @Test(arguments: Lack.allCases)
    func `what both lacked and the other one finds again first moves nothing`(lack: Lack) {
        var pair = PairHarness()
        pair.run(.seconds(1))
        let good = pair.hosts[0].readiness
        for index in 0...1 { pair.setReadiness(index) { lack.befall(&$0) } }
        pair.run(.seconds(5))
        pair.setReadiness(1) { $0 = good }
        pair.run(.milliseconds(900))
        pair.setReadiness(0) { $0 = good }
        pair.run(.seconds(5))
        #expect(pair.holders == [0])
        #expect(pair.hosts[0].releases == 0)
    }

    @Test func `a full outage of the servers whose end the other one sees first moves nothing`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        for index in 0...1 {
            let now = pair.now
            pair.setReadiness(index) {
                $0.serversUsable = false
                $0.lastCheckFailure = now
            }
        }
        pair.run(.seconds(5))
        for index in [1, 0] {
            let now = pair.now
            pair.setReadiness(index) {
                $0.serversUsable = true
                $0.lastCheckSuccess = now
            }
            pair.run(.milliseconds(900))
        }
        pair.run(.seconds(5))
        #expect(pair.holders == [0])
        #expect(pair.hosts[0].releases == 0)
    }

    @Test func `what is missing for less than the hold moves nothing`() {
        var pair = PairHarness { $0.fitHold = .seconds(3) }
        pair.run(.seconds(1))
        for _ in 0..<4 {
            pair.setReadiness(0) { Self.fail(&$0) }
            pair.run(.milliseconds(2500))
            pair.setReadiness(0) { $0.tracks = [] }
            pair.run(.milliseconds(200))
        }
        #expect(pair.holders == [0])
    }

    @Test func `a node that lacks something takes over all the same when the holder dies`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.setReadiness(1) { Self.fail(&$0) }
        pair.run(.seconds(1))
        pair.powerOff(0)
        pair.run(.milliseconds(400))
        #expect(pair.holders == [1])
    }

    @Test func `a failover to a node that lacks something is refused, with the reason`() {
        var pair = PairHarness()
        pair.run(.seconds(1))
        pair.setReadiness(1) { Self.fail(&$0) }
        pair.run(.milliseconds(200))
        pair.give(.order(Order(id: 7, kind: .failover(to: nil))), to: 0)
        pair.run(.milliseconds(200))
        #expect(pair.holders == [0])
        let obstacle = "haproxy-node02 is not ready: something that it tracks has failed"
        #expect(pair.hosts[0].outcomes[7] == .refused(obstacle))
    }

    @Test func `each fact has a name, and a reason where it is not so`() {
        var readiness = NodeReadiness(relayServes: true, serversUsable: true)
        readiness.tracks = [
            .init(name: "interface eth0", fault: nil),
            .init(name: Self.gateway, fault: "does not answer in 1000 ms"),
        ]
        #expect(
            readiness.facts.map(\.name) == [
                "relay", "link", "servers", "source", "descriptors", "interface eth0", Self.gateway,
            ]
        )
        #expect(
            readiness.facts.compactMap(\.fault) == [
                "its interface for the virtual IP has no link", "does not answer in 1000 ms",
            ]
        )
        #expect(
            readiness.shortcomings == [
                "its interface for the virtual IP has no link",
                "gateway 10.0.0.254 does not answer in 1000 ms",
            ]
        )
        #expect(
            readiness.flags.shortcomings == [
                "its interface for the virtual IP has no link",
                "something that it tracks has failed",
            ]
        )
    }

    @Test func `what is lost and found again is said once`() {
        let member = { PairMember(name: "haproxy-node0\($0)", priority: 100, order: $0) }
        var node = Node(
            PairSettings(name: "p", own: member(0), peer: member(1), railCount: 1),
            bootID: 1,
            nonce: 2,
            reservedEpoch: 0,
            inMaintenance: false,
            now: .zero
        )
        func notices(_ readiness: NodeReadiness) -> [Notice] {
            node.handle(.readiness(readiness), now: .zero).compactMap { directive -> Notice? in
                guard case .log(let notice) = directive else { return nil }
                switch notice {
                case .factLost, .factRegained: return notice
                default: return nil
                }
            }
        }
        var readiness = NodeReadiness(relayServes: true, linkIsUp: true)
        // The checks have only begun.
        #expect(notices(readiness) == [])
        readiness.checksSettled = true
        #expect(notices(readiness) == [.factLost("servers", "it has no usable server")])
        #expect(notices(readiness) == [])
        readiness.serversUsable = true
        Self.fail(&readiness)
        #expect(
            notices(readiness) == [
                .factRegained("servers"), .factLost(Self.gateway, "does not answer"),
            ]
        )
        readiness.tracks = [.init(name: Self.gateway, fault: nil)]
        #expect(notices(readiness) == [.factRegained(Self.gateway)])
    }
}
