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

/// One real heart alone.
extension HeartSuites {
    @Suite struct HeartTests {
        @Test func `a node that hears nobody takes the address after its boot hold`() throws {
            let network = try LabNetwork([.node01])
            let startedAt = Instant.now
            let node = try HeartNode(.node01, in: network)
            #expect(Patience.wait(.seconds(3)) { node.isActive })
            guard case .active(let activation) = node.node?.state else { return }
            #expect(activation.reason == .alone)
            #expect(activation.since - startedAt >= .milliseconds(300))
            #expect(try network[.node01].addresses().contains(HostPlan.virtualAddress))
        }

        @Test func `without a relay that serves it takes nothing`() throws {
            let network = try LabNetwork([.node01])
            let node = try HeartNode(.node01, in: network)
            node.heart.update(NodeReadiness(serversUsable: true, checksSettled: true))
            Patience.pause(.milliseconds(700))
            #expect(!node.isActive)
            #expect(try !network[.node01].addresses().contains(HostPlan.virtualAddress))
            node.beReady()
            #expect(Patience.wait(.seconds(2)) { node.isActive })
        }

        @Test func `the will says what has to be done, and follows every change`() throws {
            let network = try LabNetwork([.node01])
            let page = try WillPage()
            let copy = try SystemCall.run("dup") { dup(page.descriptor.raw) }
            let node = try HeartNode(
                .node01,
                in: network,
                boot: 0xABCD,
                page: try WillPage(adopting: OwnedDescriptor(adopting: copy))
            )
            #expect(Patience.wait(.seconds(1)) { !page.read().addresses.isEmpty })
            #expect(page.read().frame == [])
            try #require(Patience.wait(.seconds(3)) { node.isActive && !page.read().frame.isEmpty })
            let will = page.read()
            #expect(will.addresses == [VirtualAddress(HostPlan.virtualAddress, interface: "eth1")])
            let peer = Endpoint(HostPlan.node02.address, 694)
            #expect(will.rails == [Will.Rail(from: HostPlan.node01.address, to: peer)])
            let keys = try HeartNode.keys(HeartNode.key)
            let beat = try FrameCodec.decode(will.frame[...], by: keys).get()
            #expect(beat.kind == .release && beat.bootID == 0xABCD && beat.resignedEpoch == 1)
            // Signed anew with a new key.
            var settings = try HeartNode.settings(.node01)
            settings.keys = try HeartNode.keys("another key of the lab")
            node.heart.configure(settings)
            #expect(Patience.wait(.seconds(1)) { page.read().frame != will.frame })
            let renewed = FrameCodec.decode(page.read().frame[...], by: settings.keys)
            #expect(try renewed.get() == beat)
            // What is not held cannot be released.
            #expect(node.heart.give(Order(id: 1, kind: .maintenanceOn(force: true))))
            #expect(Patience.wait(.seconds(1)) { page.read().frame.isEmpty })
        }

        @Test func `a rail without its address is tried again each second and told once`() throws {
            let network = try LabNetwork([.node01])
            var settings = try HeartNode.settings(.node01)
            let (own, peer) = (IPAddress.v4(0xC000_0201), IPAddress.v4(0xC000_0202))
            settings.pair.railCount = 2
            settings.rails.append(.init(own: own, peer: peer))
            let node = try HeartNode(.node01, in: network, settings: settings)
            Patience.pause(.milliseconds(2300))
            let opened = RailTrouble.opened(rail: 0, name: "10.0.0.10 -> 10.0.0.11")
            let name = "192.0.2.1 -> 192.0.2.2"
            let reason = "bind 192.0.2.1:694: Cannot assign requested address"
            let missing = RailTrouble.cannotOpen(rail: 1, name: name, reason: reason)
            #expect(node.railTroubles == [opened, missing])
            // With its network, or the peer would have no route.
            let host = network[.node01].namespace
            let address = ["address", "add", "\(own)/24", "dev", "eth1"]
            try Command.check("ip", ["-n", host] + address)
            let addedAt = Instant.now
            let condition = try #require(node.heart.snapshot?.rails[1])
            #expect(condition.failures >= 3)
            #expect(condition.fault == reason)
            let news = RailTrouble.opened(rail: 1, name: name)
            #expect(Patience.wait(.seconds(3)) { node.railTroubles.last == news })
            #expect(Instant.now - addedAt < .milliseconds(1200))
            #expect(Patience.wait(.seconds(1)) { node.heart.snapshot?.rails[1].fault == nil })
            #expect(node.isActive)
        }

        @Test func `a snapshot is never old, and shows what the kernel says`() throws {
            let network = try LabNetwork([.node01])
            let node = try HeartNode(.node01, in: network)
            try #require(Patience.wait(.seconds(3)) { node.isActive })
            var oldest = Duration.zero
            for _ in 0..<100 {
                let at = try #require(node.heart.snapshot).at
                oldest = max(oldest, .now - at)
                Patience.pause(.milliseconds(10))
            }
            #expect(oldest < .seconds(1), "\(oldest)")
            let snapshot = try #require(node.heart.snapshot)
            #expect(snapshot.phase == .held)
            #expect(snapshot.view.addresses.contains { $0.key.address == HostPlan.virtualAddress })
            #expect(snapshot.view.link(named: "eth1")?.mac == HostPlan.node01.hardwareAddress)
        }

        @Test func `a heart with a full mailbox halts, and one that never started too`() throws {
            let network = try LabNetwork([.node01])
            let node = try HeartNode(.node01, in: network)
            for _ in 0..<5000 { node.beReady() }
            node.halt()
            let last = node.heart.snapshot?.at
            Patience.pause(.milliseconds(200))
            #expect(node.heart.snapshot?.at == last)
            try Heart().halt()
        }
    }
}
