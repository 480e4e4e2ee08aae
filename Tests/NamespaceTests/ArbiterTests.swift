import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// The pair asks a real etcd, which is on the segment here, who may hold the virtual IP while
    /// the nodes do not hear each other.
    @Suite struct ArbiterTests {
        private static func play(
            _ body: (_ scene: Scene, _ etcd: EtcdServer, _ holder: Int) throws -> Void
        ) throws {
            var options = LabPair.Options()
            let host = HostPlan.galera[0]
            options.pairLines = ["arbiter etcd http://\(host.address)"]
            try Scene.play(options) { scene in
                let etcd = try EtcdServer.alone(on: scene.network[host])
                defer { etcd.stop() }
                try scene.pair.start()
                try body(scene, etcd, try scene.waitUntilComplete())
            }
        }

        private static func arbiter(_ scene: Scene, on node: Int) throws -> ArbiterStatus {
            guard let status = try scene.pairStatus(node).arbiter else {
                throw LabError("no arbiter in the status")
            }
            return status
        }

        private static func record(_ etcd: EtcdServer) throws -> String {
            try etcd.control("get", "--print-value-only", "/ha-balancer/galera-vip")
        }

        @Test func `power off with an arbiter costs no more than 700 ms`() throws {
            try Self.play { scene, etcd, first in
                var holder = first
                var outages: [Duration] = []
                for _ in 0..<10 {
                    let log = try scene.outages {
                        try scene.network.powerOff(scene.daemon(holder).host)
                    }
                    outages.append(log.span)
                    let other = 1 - holder
                    try scene.expectHolder(other, off: [holder])
                    let name = scene.daemon(other).host.name
                    let isTold = try Patience.wait(.seconds(3)) {
                        try Self.record(etcd).hasPrefix("\(name) epoch \(scene.epoch)")
                    }
                    #expect(isTold)
                    try scene.daemon(holder).start()
                    let host = scene.daemon(holder).host
                    let isClean = try Patience.wait(.seconds(5)) {
                        try !host.addresses().contains(HostPlan.virtualAddress)
                    }
                    #expect(isClean)
                    try scene.network.linkUp(host)
                    #expect(try scene.waitUntilComplete() == other)
                    holder = other
                }
                outages.report("power off, with an arbiter")
                #expect(outages.allSatisfy { $0 <= .milliseconds(700) })
            }
        }

        /// Each has servers on its side; the holder reaches etcd, or does not.
        @Test(arguments: [true, false])
        func `cut from each other, there is one holder: the one who reaches the arbiter`(
            holderReachesIt: Bool
        ) throws {
            try Self.play { scene, _, holder in
                let standby = 1 - holder
                try scene.expectHolder(holder)
                let hosts = (0...1).map { scene.daemon($0).host }
                let sampler = try HolderSampler(from: scene.client)
                try scene.network.cut(between: hosts[0], and: hosts[1])
                let survivor = holderReachesIt ? holder : standby
                if !holderReachesIt {
                    try scene.network.cut(
                        between: hosts[holder],
                        and: scene.network[HostPlan.galera[0]]
                    )
                }
                let isDecided = try Patience.wait(.seconds(5)) {
                    try Self.arbiter(scene, on: survivor).confirmsHolder
                }
                #expect(isDecided)
                Patience.pause(.seconds(3))
                #expect(try scene.role(survivor) == .active)
                #expect(try scene.role(1 - survivor) != .active)
                let text = StatusText(try scene.status(survivor)).text
                #expect(text.contains("the arbiter confirms this holder"), "\(text)")
                try scene.network.unblockAll()
                #expect(try scene.waitUntilComplete() == survivor)
                try scene.expectHolder(survivor, epochRose: !holderReachesIt)
                let order = holderReachesIt ? [holder] : [holder, standby]
                #expect(
                    sampler.stop().turns
                        == order.map {
                            scene.daemon($0).host.plan.hardwareAddress
                        }
                )
            }
        }

        @Test func `the loss of the arbiter alone changes nothing`() throws {
            try Self.play { scene, etcd, holder in
                try scene.expectHolder(holder)
                let meter = try OutageMeter(from: scene.client, to: scene.service)
                let sessions = try SessionHolder(20, from: scene.client, to: scene.service)
                etcd.freeze()
                for node in 0...1 {
                    let isSaid = try Patience.wait(.seconds(5)) {
                        try Self.arbiter(scene, on: node).fault != nil
                    }
                    #expect(isSaid)
                    #expect(
                        scene.daemon(node).log.contains("arbiter: etcd at http://10.0.0.1:2379")
                    )
                }
                Patience.pause(.seconds(2))
                etcd.freeze(false)
                for node in 0...1 {
                    let isBack = try Patience.wait(.seconds(5)) {
                        try Self.arbiter(scene, on: node).fault == nil
                    }
                    #expect(isBack)
                }
                etcd.stop()
                Patience.pause(.seconds(2))
                // Who takes leave is not silent.
                let result = try scene.daemon(holder).command("failover")
                #expect(result.status == .exited(0), "\(result.standardError)")
                #expect(
                    try scene.daemon(1 - holder).host.addresses()
                        .contains(HostPlan.virtualAddress)
                )
                _ = try scene.daemon(holder).stop()
                Patience.pause(.seconds(3))
                try scene.expectHolder(1 - holder)
                #expect(meter.stop().longest <= .milliseconds(20))
                #expect(sessions.stop().count == 20)
                try etcd.start()
                let name = scene.daemon(1 - holder).host.name
                let isAlone = try Patience.wait(.seconds(5)) {
                    try Self.record(etcd).contains("\(name) epoch \(scene.epoch) alone")
                }
                #expect(isAlone)
            }
        }
    }
}
