import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// How long new connections fail, as clients see it (see `OutageMeter`), ten times each.
    @Suite struct OutageTests {
        private static let repeats = 10

        @Test func `after kill -9 of the daemon, connections succeed within 500 ms`() throws {
            try Scene.playComplete { scene, holder in
                let outages = try Self.measure(scene, from: holder) { holder in
                    try scene.daemon(holder).signalDaemon(SIGKILL)
                }
                outages.report("kill -9 of the daemon")
                #expect(outages.allSatisfy { $0 <= .milliseconds(500) })
            }
        }

        @Test func `after a power cut, connections succeed within 500 ms`() throws {
            try Scene.playComplete { scene, holder in
                let outages = try Self.measure(scene, from: holder) { holder in
                    try scene.network.powerOff(scene.daemon(holder).host)
                } mending: { node in
                    let daemon = scene.daemon(node)
                    // As a host boots: the daemon first clears what its namespace has kept.
                    try daemon.start()
                    let isClean = try Patience.wait(.seconds(5)) {
                        try !daemon.host.addresses().contains(HostPlan.virtualAddress)
                    }
                    #expect(isClean)
                    try scene.network.linkUp(daemon.host)
                }
                outages.report("power off")
                #expect(outages.allSatisfy { $0 <= .milliseconds(500) })
            }
        }

        @Test func `an orderly stop costs no more than a failover`() throws {
            try Scene.playComplete { scene, holder in
                let outages = try Self.measure(scene, from: holder) { holder in
                    let status = try scene.daemon(holder).stop()
                    #expect(status == .exited(0))
                } mending: { node in
                    try scene.daemon(node).start()
                }
                outages.report("orderly stop")
                #expect(outages.allSatisfy { $0 <= .milliseconds(50) })
            }
        }

        @Test func `failover costs new connections at most 50 ms, in both directions`() throws {
            try Scene.playComplete { scene, holder in
                var isAskedOnHolder = true
                let outages = try Self.measure(scene, from: holder) { holder in
                    let node = isAskedOnHolder ? holder : 1 - holder
                    // Each direction is asked for on each node.
                    if holder == 1 { isAskedOnHolder.toggle() }
                    let result = try scene.daemon(node).command("failover")
                    #expect(result.status == .exited(0), "\(result.standardError)")
                    #expect(result.standardOutput.contains("ms"))
                }
                outages.report("failover")
                #expect(outages.allSatisfy { $0 <= .milliseconds(50) })
            }
        }

        /// Lets an event befall the holder again and again, mends the pair each time, and checks
        /// what must be true.
        private static func measure(
            _ scene: Scene,
            from first: Int,
            _ event: (_ holder: Int) throws -> Void,
            mending mend: (_ node: Int) throws -> Void = { _ in }
        ) throws -> [Duration] {
            var holder = first
            try scene.expectHolder(holder)
            return try (0..<repeats).map { _ in
                let log = try scene.outages { try event(holder) }
                let other = 1 - holder
                let isOff = try scene.pair.holders().contains(holder)
                try scene.expectHolder(other, off: isOff ? [holder] : [])
                try mend(holder)
                #expect(try scene.waitUntilComplete() == other)
                try scene.expectHolder(other, epochRose: false)
                holder = other
                return log.span
            }
        }
    }
}
