import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// The kernel's addresses, whoever meddles with them.
    @Suite struct AddressTests {
        @Test func `an address that is removed by hand is back within a second, and announced`()
            throws
        {
            try Scene.playComplete { scene, holder in
                try scene.expectHolder(holder)
                let host = scene.daemon(holder).host
                let mac = host.plan.hardwareAddress.bytes
                let arp = try FrameTap(on: scene.client, .arp) { frame in
                    // Sender and target are the virtual address, the sender's MAC the holder's.
                    Array(frame[22..<32]) == mac + HostPlan.virtualAddress.networkBytes
                        && Array(frame[38..<42]) == HostPlan.virtualAddress.networkBytes
                }
                Patience.pause(.milliseconds(300))
                for _ in 0..<3 {
                    let before = arp.frames.count
                    let removedAt = Instant.now
                    try host.removeAddress(HostPlan.virtualAddress)
                    let isBack = try Patience.wait(.seconds(1)) {
                        try host.addresses().contains(HostPlan.virtualAddress)
                    }
                    #expect(isBack)
                    let isAnnounced = Patience.wait(.seconds(1)) {
                        arp.frames.dropFirst(before).contains { $0.at > removedAt }
                    }
                    #expect(isAnnounced)
                    Patience.pause(.milliseconds(100))
                }
                // The role is kept, and the epoch with it.
                try scene.expectHolder(holder, epochRose: false)
                #expect(try scene.pairStatus(holder).epoch == scene.epoch)
                #expect(try host.addresses().contains(host.address))
                let isLogged = Patience.wait(.seconds(2)) {
                    scene.daemon(holder).log.contains("had been removed by something else")
                }
                #expect(isLogged)
            }
        }

        @Test func `an interface that is deleted moves the virtual IP, and made again joins again`()
            throws
        {
            try Scene.playComplete { scene, first in
                var holder = first
                try scene.expectHolder(holder)
                var outages: [Duration] = []
                for _ in 0..<3 {
                    let host = scene.daemon(holder).host
                    let log = try scene.outages { try scene.network.removeInterface(of: host) }
                    outages.append(log.span)
                    try scene.expectHolder(1 - holder)
                    #expect(try !host.addresses().contains(HostPlan.virtualAddress))
                    let meter = try OutageMeter(from: scene.client, to: scene.service)
                    try scene.network.makeInterface(of: host)
                    #expect(try scene.waitUntilComplete() == 1 - holder)
                    #expect(meter.stop().failures.isEmpty)
                    // It can hold it again, with a fence on the new interface.
                    #expect(try scene.daemon(holder).command("failover").status == .exited(0))
                    try scene.expectHolder(holder)
                    let filters = try Command.check(
                        "tc",
                        ["-n", host.namespace, "filter", "show", "dev", "eth1", "ingress"]
                    )
                    #expect(filters.contains("ha_fence_in"))
                    holder = try scene.waitUntilComplete()
                }
                outages.report("the interface is deleted")
                #expect(outages.allSatisfy { $0 <= .milliseconds(500) })
            }
        }

        @Test func `an address added by hand is removed when the standby starts`() throws {
            try Scene.playComplete { scene, holder in
                let standby = scene.daemon(1 - holder)
                _ = try standby.stop()
                try standby.host.addAddress(HostPlan.virtualAddress)
                try standby.start()
                try scene.expectGone(from: 1 - holder)
                let isLogged = Patience.wait(.seconds(2)) {
                    standby.log.contains("removed 10.0.0.100/32 from eth1")
                }
                #expect(isLogged)
                #expect(try scene.waitUntilComplete() == holder)
                try scene.expectHolder(holder)
            }
        }

        @Test func `an address added by hand to a running standby does not stay`() throws {
            try Scene.playComplete { scene, holder in
                let standby = scene.daemon(1 - holder)
                try standby.host.addAddress(HostPlan.virtualAddress)
                try scene.expectGone(from: 1 - holder)
                try scene.expectHolder(holder)
            }
        }

        @Test
        func `both processes killed: the other takes over, and a restart clears what is left`()
            throws
        {
            try Scene.playComplete { scene, holder in
                try scene.expectHolder(holder)
                let killed = scene.daemon(holder)
                let log = try scene.outages { try killed.killBoth() }
                #expect(log.longest <= .milliseconds(500))
                // The dead node's kernel still has it: that is what the restart is for.
                #expect(try scene.pair.holders() == [0, 1])
                try killed.start()
                try scene.expectGone(from: holder)
                #expect(try scene.waitUntilComplete() == 1 - holder)
                try scene.expectHolder(1 - holder)
            }
        }
    }
}

extension Scene {
    /// The virtual IP leaves the node within two seconds, and the node's own address stays.
    fileprivate func expectGone(from node: Int) throws {
        let host = daemon(node).host
        let isGone = try Patience.wait(.seconds(2)) {
            try !host.addresses().contains(HostPlan.virtualAddress)
        }
        #expect(isGone)
        #expect(try host.addresses().contains(host.address))
    }
}
