import Heart
import Heartbeat
import Lab
import LinuxIO
import PairControl
import Primitives
import Testing

/// Beats as bare Ethernet frames, between real hearts.
extension HeartSuites {
    @Suite struct EthernetRailTests {
        private static func settings(_ plan: HostPlan) throws -> HeartSettings {
            var settings = try HeartNode.settings(plan)
            settings.ethernetRails = ["eth1"]
            settings.pair.railCount = 2
            return settings
        }

        /// Two hearts that hear each other on both rails, node01 active.
        private struct Pair {
            let network: LabNetwork
            let first: HeartNode
            let second: HeartNode

            init() throws {
                network = try LabNetwork([.node01, .node02, .client])
                first = try HeartNode(
                    .node01,
                    in: network,
                    settings: try EthernetRailTests.settings(.node01),
                    boot: 0x1111
                )
                second = try HeartNode(
                    .node02,
                    in: network,
                    settings: try EthernetRailTests.settings(.node02),
                    boot: 0x2222
                )
                let isSettled = Patience.wait(.seconds(5)) { [first, second] in
                    first.isActive && second.isStandby
                        && [first, second].allSatisfy { $0.hears(0) && $0.hears(1) }
                }
                try #require(isSettled, "\(first.notices)\n\(second.notices)")
            }
        }

        @Test func `each learns where the other one is, and beats go there alone`() throws {
            let pair = try Pair()
            #expect(pair.first.peerMAC == HostPlan.node02.hardwareAddress)
            #expect(pair.second.peerMAC == HostPlan.node01.hardwareAddress)
            let tap = try FrameTap(on: pair.network[.node02], .beats)
            let stranger = try FrameTap(on: pair.network[.client], .beats)
            Patience.pause(.milliseconds(300))
            let frames = tap.stop()
            #expect(frames.count >= 4)
            let header =
                HostPlan.node02.hardwareAddress.bytes + HostPlan.node01.hardwareAddress.bytes
            #expect(frames.allSatisfy { $0.bytes.starts(with: header + [0x88, 0xB5]) })
            #expect(stranger.stop().isEmpty)
            let keys = try HeartNode.keys(HeartNode.key)
            for frame in frames {
                let beat = try FrameCodec.decode(frame.bytes[14...], by: keys).get()
                #expect(beat.bootID == 0x1111)
            }
        }

        @Test func `with UDP blocked nothing moves; with both blocked the path is cut`()
            throws
        {
            let pair = try Pair()
            try pair.network.blockUDP(
                port: HeartPair.port,
                from: pair.first.host,
                to: pair.second.host
            )
            try pair.network.blockUDP(
                port: HeartPair.port,
                from: pair.second.host,
                to: pair.first.host
            )
            #expect(Patience.wait(.seconds(2)) { !pair.first.hears(0) && !pair.second.hears(0) })
            Patience.pause(.milliseconds(500))
            #expect(pair.first.isActive && pair.second.isStandby)
            #expect(pair.first.hears(1) && pair.second.hears(1))
            #expect(
                ![pair.first, pair.second].contains { $0.notices.contains(where: \.isSilence) }
            )
            try pair.network.block(.beats)
            #expect(
                Patience.wait(.seconds(2)) {
                    pair.second.notices.contains {
                        if case .segment(.pathCut, _, isHolder: false) = $0 { true } else { false }
                    }
                }
            )
            #expect(pair.first.isActive && pair.second.isStandby)
        }

        @Test
        func
            `an interface that is made anew is used again, and the other's address is learnt anew`()
            throws
        {
            let network = try LabNetwork([.node01, .node02])
            // A segment of its own, so that the other rail goes on.
            let ends = [network[.node01].namespace, network[.node02].namespace]
            try Self.connect(ends, "02:00:00:00:00:01", "02:00:00:00:00:02")
            var hearts: [HeartNode] = []
            for (index, plan) in [HostPlan.node01, .node02].enumerated() {
                var settings = try Self.settings(plan)
                settings.ethernetRails = ["eth7"]
                hearts.append(
                    try HeartNode(plan, in: network, settings: settings, boot: UInt64(index + 1))
                )
            }
            let (first, second) = (hearts[0], hearts[1])
            #expect(Patience.wait(.seconds(3)) { first.hears(1) && second.hears(1) })
            try Command.check("ip", ["-n", ends[0], "link", "delete", "eth7"])
            #expect(Patience.wait(.seconds(2)) { first.fault?.contains("eth7") == true })
            let before = try #require(first.heart.snapshot)
            Patience.pause(.milliseconds(600))
            let after = try #require(first.heart.snapshot)
            // One attempt a second, and no turn of the loop more than beats need.
            #expect(after.rails[1].failures - before.rails[1].failures <= 1)
            #expect(Patience.wait(.seconds(1)) { first.hears(0) && second.hears(0) })
            try Self.connect(ends, "02:00:00:00:00:03", "02:00:00:00:00:04")
            let isBack = Patience.wait(.seconds(3)) {
                first.hears(1) && second.hears(1) && first.fault == nil && second.fault == nil
            }
            #expect(isBack)
            #expect(first.peerMAC == MACAddress(0x0200_0000_0004))
            #expect(second.peerMAC == MACAddress(0x0200_0000_0003))
            let name = "ethernet on eth7"
            let opened = RailTrouble.opened(rail: 1, name: name)
            #expect(first.railTroubles.count { $0 == opened } == 2)
            #expect(
                first.railTroubles.count { if case .cannotOpen = $0 { true } else { false } } <= 1
            )
            // Down and up again it is the same socket.
            try Command.check("ip", ["-n", ends[0], "link", "set", "eth7", "down"])
            #expect(Patience.wait(.seconds(2)) { first.fault?.contains("Network is down") == true })
            Patience.pause(.milliseconds(500))
            try Command.check("ip", ["-n", ends[0], "link", "set", "eth7", "up"])
            #expect(Patience.wait(.seconds(3)) { first.hears(1) && first.fault == nil })
            let again = RailTrouble.worksAgain(rail: 1, name: name)
            #expect(Patience.wait(.seconds(1)) { first.railTroubles.last == again })
            #expect(first.isActive && second.isStandby)
        }

        private static func connect(_ ends: [String], _ first: String, _ second: String) throws {
            let peer = ["peer", "name", "eth7", "address", second, "netns", ends[1]]
            try Command.check(
                "ip",
                ["-n", ends[0], "link", "add", "eth7", "address", first, "type", "veth"] + peer
            )
            for end in ends { try Command.check("ip", ["-n", end, "link", "set", "eth7", "up"]) }
        }

        /// The kernel's filter keeps what is not the peer's out of the queue, and what pretends to
        /// be is refused by name.
        @Test func `a stranger's frames do not come in, and false ones are counted`() throws {
            let pair = try Pair()
            let forger = try FrameForger(on: pair.network[.client])
            var false1 = FrameFixtures.beat10
            var drops = pair.second.node?.tracker.rails[1].drops ?? [:]
            for _ in 0..<200 { try forger.sendFrame(false1, to: .node02, .beats) }
            Patience.pause(.milliseconds(200))
            // Of another pair: nobody has seen it.
            #expect(pair.second.node?.tracker.rails[1].drops == drops)
            let ids = try #require(pair.first.node)
            false1.replaceSubrange(9..<17, with: Self.bytes(ids.settings.id))
            false1.replaceSubrange(17..<25, with: Self.bytes(ids.settings.own.id))
            for _ in 0..<2000 { try forger.sendFrame(false1, to: .node02, .beats) }
            #expect(
                Patience.wait(.seconds(1)) {
                    pair.second.node?.tracker.rails[1].drops[.unauthentic, default: 0] ?? 0 > 100
                }
            )
            drops = pair.second.node?.tracker.rails[1].drops ?? [:]
            #expect(pair.second.peerMAC == HostPlan.node01.hardwareAddress)
            #expect(pair.second.hears(1) && pair.first.isActive && pair.second.isStandby)
        }

        private static func bytes(_ value: UInt64) -> [UInt8] {
            (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) }
        }
    }
}

extension HeartNode {
    /// Whether beats arrive on a rail now, and the other node says the same.
    fileprivate func hears(_ rail: Int) -> Bool {
        guard let statistics = node?.tracker.rails[rail], let heard = statistics.lastHeard,
            let told = statistics.peerHeardAt
        else { return false }
        return Instant.now - heard < .milliseconds(250) && Instant.now - told < .milliseconds(300)
    }

    fileprivate var peerMAC: MACAddress? { heart.snapshot?.rails.last?.peerMAC }

    fileprivate var fault: String? { heart.snapshot?.rails.last?.fault }
}
