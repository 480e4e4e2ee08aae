import Glibc
import Guardian
import Heart
import Heartbeat
import Lab
import LinuxIO
import PairControl
import Primitives
import Testing
import VIPManager

/// Two real hearts, real sockets and a real address. Needs root, `ip` and `nft`.
extension HeartSuites {
    @Suite struct HeartPairTests {
        @Test func `the higher-ranked node takes the address, and only that one`() throws {
            let pair = try HeartPair()
            #expect(try pair.holders == ["haproxy-node01"])
            #expect(pair.first.node?.epochs.highest == 1)
            #expect(Patience.wait(.seconds(1)) { pair.second.node?.epochs.highest == 1 })
            #expect(
                pair.first.notices.contains { notice in
                    if case .roleChanged(.activating, .active, 1, _) = notice {
                        true
                    } else {
                        false
                    }
                }
            )
            #expect(
                pair.second.notices.contains(.peerAppeared(peer: "haproxy-node01", role: .standby))
                    || pair.second.notices.contains(
                        .peerAppeared(peer: "haproxy-node01", role: .starting)
                    )
            )
        }

        @Test func `a holder that halts is followed within dead-after and a little`() throws {
            let pair = try HeartPair()
            let deadAfter = try HeartNode.settings(.node02).pair.deadAfter
            pair.first.halt()
            let haltedAt = Instant.now
            #expect(Patience.wait(.seconds(3)) { pair.second.isActive })
            guard case .active(let activation) = pair.second.node?.state else {
                Issue.record("not active: \(pair.second.notices)")
                return
            }
            #expect(activation.reason == .peerSilent)
            #expect(activation.epoch == 2)
            let lastHeard = try #require(pair.second.node?.tracker.lastHeard)
            #expect(activation.since - lastHeard >= deadAfter)
            let silence = activation.since - haltedAt
            #expect(silence < deadAfter + .milliseconds(100), "\(silence)")
            #expect(try pair.holders.contains("haproxy-node02"))
        }

        @Test func `a failover moves the address, and says how long it was nowhere`() throws {
            let pair = try HeartPair()
            #expect(pair.first.heart.give(Order(id: 7, kind: .failover(to: nil))))
            try #require(Patience.wait(.seconds(3)) { pair.first.outcome(of: 7) != nil })
            guard case .done(let text, let downtime?) = pair.first.outcome(of: 7) else {
                Issue.record("\(String(describing: pair.first.outcome(of: 7)))")
                return
            }
            #expect(text == "the virtual IP is on haproxy-node02")
            #expect(downtime > .zero && downtime < .milliseconds(500), "\(downtime)")
            #expect(try pair.settles(on: pair.second))
            // And back, asked for on the node that wants it.
            let back = Order(id: 8, kind: .failover(to: "haproxy-node01"))
            #expect(pair.first.heart.give(back))
            #expect(try pair.settles(on: pair.first))
            #expect(Patience.wait(.seconds(3)) { pair.first.outcome(of: 8) != nil })
        }

        @Test func `an order that cannot be carried out is refused with the reason`() throws {
            let pair = try HeartPair()
            #expect(pair.first.heart.give(Order(id: 3, kind: .failover(to: "nobody"))))
            #expect(Patience.wait(.seconds(2)) { pair.first.outcome(of: 3) != nil })
            #expect(
                pair.first.outcome(of: 3)
                    == .refused(
                        "nobody is not a node of this pair: haproxy-node01 or haproxy-node02"
                    )
            )
            pair.second.halt()
            #expect(Patience.wait(.seconds(2)) { pair.first.notices.contains { $0.isSilence } })
            #expect(pair.first.heart.give(Order(id: 4, kind: .failover(to: nil))))
            #expect(Patience.wait(.seconds(2)) { pair.first.outcome(of: 4) != nil })
            guard case .refused(let reason) = pair.first.outcome(of: 4) else {
                Issue.record("\(String(describing: pair.first.outcome(of: 4)))")
                return
            }
            #expect(reason.hasPrefix("haproxy-node02 has not been heard for 0."))
            #expect(try pair.holders == ["haproxy-node01"])
        }

        @Test func `maintenance gives the address away, and its end does not take it back`() throws
        {
            let pair = try HeartPair()
            #expect(pair.first.heart.give(Order(id: 5, kind: .maintenanceOn(force: false))))
            #expect(try pair.settles(on: pair.second))
            #expect(Patience.wait(.seconds(3)) { pair.first.outcome(of: 5) != nil })
            #expect(pair.first.stored == [true])
            #expect(pair.first.heart.give(Order(id: 6, kind: .maintenanceOff)))
            #expect(Patience.wait(.seconds(2)) { pair.first.isStandby })
            #expect(Patience.wait(.seconds(2)) { pair.first.stored == [true, false] })
            Patience.pause(.milliseconds(500))
            #expect(try pair.holders == ["haproxy-node02"])
        }

        @Test func `an address that somebody removes is back at once`() throws {
            let pair = try HeartPair()
            try pair.network[.node01].removeAddress(HostPlan.virtualAddress)
            #expect(try Patience.wait(.seconds(1)) { try pair.holders == ["haproxy-node01"] })
            let address = VirtualAddress(HostPlan.virtualAddress, interface: "eth1")
            #expect(
                Patience.wait(.seconds(1)) {
                    pair.first.heard.contains { report in
                        if case .address(.repaired(address)) = report { true } else { false }
                    }
                }
            )
            #expect(pair.first.isActive && pair.second.isStandby)
        }

        @Test func `an orderly stop hands over without a wait`() throws {
            let pair = try HeartPair()
            #expect(pair.first.heart.give(Order(id: 9, kind: .stop)))
            let askedAt = Instant.now
            #expect(Patience.wait(.seconds(2)) { pair.second.isActive })
            guard case .active(let activation) = pair.second.node?.state else { return }
            #expect(
                activation.since - askedAt < .milliseconds(150),
                "\(activation.since - askedAt)"
            )
            #expect(activation.reason == .peerStopped)
            let hasLeft = Patience.wait(.seconds(2)) {
                pair.first.heard.contains { if case .exit = $0 { true } else { false } }
            }
            #expect(hasLeft)
        }

        @Test func `a key is rolled in a running pair`() throws {
            let pair = try HeartPair()
            let old = HeartNode.key
            let new = "another key of the lab, just as well known"
            let before = pair.decisions
            let drops = [pair.first.node?.tracker.drops, pair.second.node?.tracker.drops]
            for text in ["\(old)\n\(new)", "\(new)\n\(old)", new] {
                for node in [pair.first, pair.second] {
                    var settings = try HeartNode.settings(node.plan)
                    settings.keys = try HeartNode.keys(text)
                    node.heart.configure(settings)
                }
                Patience.pause(.milliseconds(300))
            }
            #expect(pair.decisions == before)
            // The two changed one after the other, and no beat was refused meanwhile.
            #expect([pair.first.node?.tracker.drops, pair.second.node?.tracker.drops] == drops)
        }
    }
}

extension Notice {
    var isSilence: Bool { if case .peerSilent = self { true } else { false } }
}

extension HeartNode {
    /// What was to be kept on disk about maintenance.
    var stored: [Bool] {
        heard.compactMap { if case .storeMaintenance(let isOn) = $0 { isOn } else { nil } }
    }
}
