import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// Starts, ends and restarts of the processes.
    @Suite struct LifeTests {
        @Test func `started at once, exactly one node takes the virtual IP, never both`() throws {
            try Scene.play { scene in
                for _ in 0..<20 {
                    for daemon in scene.pair.daemons { try daemon.start() }
                    let end = Instant.now + .milliseconds(1500)
                    var most = 0
                    while Instant.now < end {
                        most = max(most, try scene.pair.holders().count)
                        Patience.pause(.milliseconds(2))
                    }
                    #expect(most == 1)
                    let holder = try scene.waitUntilComplete()
                    // Both are able: the higher priority decides.
                    #expect(holder == 0)
                    try scene.expectHolder(holder)
                    for daemon in scene.pair.daemons {
                        #expect(try daemon.stop() == .exited(0), "\(daemon.log)")
                    }
                    #expect(try scene.pair.holders().isEmpty)
                }
            }
        }

        @Test(arguments: [0, 1])
        func `started alone, a node acts after the boot hold, and the other one joins as standby`(
            first: Int
        ) throws {
            try Scene.play { scene in
                let startedAt = Instant.now
                try scene.daemon(first).start()
                let holder = try scene.pair.waitForHolder(timeout: .seconds(8))
                #expect(holder == first)
                let waited = Instant.now - startedAt
                #expect(waited >= .seconds(3))
                #expect(waited <= .seconds(4))
                try scene.daemon(1 - first).start()
                #expect(try scene.waitUntilComplete() == first)
                try scene.expectHolder(first)
                let joined = try scene.pairStatus(1 - first)
                #expect(joined.holder == scene.daemon(first).host.name)
            }
        }

        @Test func `a second start on the same node is refused with the pid of the first`() throws {
            try Scene.playComplete { scene, holder in
                let daemon = scene.daemon(holder)
                let pid = try #require(daemon.guardianPID)
                let second = try daemon.host.run(
                    daemon.binary,
                    ["run", "-f", daemon.configurationPath, "-L", daemon.host.name]
                )
                #expect(second.status == .exited(1))
                #expect(second.standardError.contains("already runs on this node (pid \(pid),"))
                try scene.expectHolder(holder)
            }
        }

        @Test func `without its guardian a daemon leaves in order`() throws {
            try Scene.playComplete { scene, holder in
                try scene.expectHolder(holder)
                let daemon = scene.daemon(holder)
                let meter = try OutageMeter(from: scene.client, to: scene.service)
                Patience.pause(.milliseconds(100))
                try daemon.signalGuardian(SIGKILL)
                #expect(meter.waitForRecovery(timeout: .seconds(10)))
                #expect(meter.stop().longest <= .milliseconds(100))
                #expect(daemon.wait(timeout: .seconds(5)) == .signaled(SIGKILL))
                #expect(daemon.log.contains("the guardian is gone: leaving in order"))
                try scene.expectHolder(1 - holder)
                // The lock goes with the last of the two processes.
                let hasEnded = try Patience.wait(.seconds(5)) {
                    try Command.check("ip", ["netns", "pids", daemon.host.namespace]).isEmpty
                }
                #expect(hasEnded)
                try daemon.start()
                #expect(try scene.waitUntilComplete() == 1 - holder)
            }
        }
    }
}
