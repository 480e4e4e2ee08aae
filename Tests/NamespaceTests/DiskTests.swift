import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// A state directory that cannot be written is a warning, and never an outage.
    @Suite struct DiskTests {
        enum Trouble: String, CaseIterable { case full, readOnly = "read-only" }

        /// Small file systems in the place of both nodes' state directories, gone afterwards.
        private static func play(_ body: (_ scene: Scene, _ holder: Int) throws -> Void) throws {
            try Scene.play { scene in
                let paths = scene.pair.daemons.map(\.statePath)
                var mounted: [String] = []
                defer {
                    for daemon in scene.pair.daemons { _ = try? daemon.stop() }
                    for path in mounted { _ = try? Command.run("umount", ["-l", path]) }
                }
                for path in paths {
                    try Command.check("mkdir", ["-p", path])
                    let size = ["-o", "size=64k", "ha-balancer-test", path]
                    try Command.check("mount", ["-t", "tmpfs"] + size)
                    mounted.append(path)
                }
                try scene.pair.start()
                try body(scene, try scene.waitUntilComplete())
            }
        }

        private static func bring(_ trouble: Trouble, to daemon: LabDaemon) throws {
            let path = daemon.statePath
            switch trouble {
            case .full:
                let fill = try Command.run("dd", ["if=/dev/zero", "of=\(path)/filling", "bs=4k"])
                #expect(!fill.status.isSuccess)
            case .readOnly:
                // The file system itself is busy: its lock file is open. So it gets a view of its
                // own in the guardian's mount namespace, which its daemons have too.
                try mount(["--bind", path, path], of: daemon)
                try mount(["-o", "remount,bind,ro", path], of: daemon)
            }
        }

        private static func mount(_ words: [String], of daemon: LabDaemon) throws {
            let guardian = try #require(daemon.guardianPID)
            try Command.check("nsenter", ["--mount", "--target", "\(guardian)", "mount"] + words)
        }

        @Test(arguments: Trouble.allCases)
        func `moves, deaths and restarts go on, and it is said`(_ trouble: Trouble) throws {
            try Self.play { scene, first in
                var holder = first
                try scene.expectHolder(holder)
                for daemon in scene.pair.daemons { try Self.bring(trouble, to: daemon) }
                let sampler = try HolderSampler(from: scene.client)
                var turns = [holder]
                var spans: [Duration] = []
                // Each activation takes an epoch, and sixteen are reserved at a time.
                for _ in 0..<16 {
                    let log = try scene.outages {
                        let result = try scene.daemon(holder).command("failover")
                        #expect(result.status == .exited(0), "\(result.standardError)")
                    }
                    spans.append(log.span)
                    holder = 1 - holder
                    turns.append(holder)
                    #expect(try scene.waitUntilComplete() == holder)
                }
                let isSaid = Patience.wait(.seconds(5)) {
                    scene.pair.daemons.contains {
                        $0.log.contains("the state directory cannot be written")
                    }
                }
                #expect(isSaid)
                let log = try scene.outages { try scene.daemon(holder).signalDaemon(SIGKILL) }
                spans.append(log.span)
                #expect(try scene.waitUntilComplete() == 1 - holder)
                turns.append(1 - holder)
                let standby = scene.daemon(holder)
                #expect(try standby.command("maintenance", "on").status == .exited(0))
                #expect(try standby.command("maintenance", "off").status == .exited(0))
                #expect(try scene.waitUntilComplete() == 1 - holder)
                spans.report("disk \(trouble.rawValue)")
                #expect(spans.allSatisfy { $0 <= .milliseconds(50) })
                let expected = turns.map { scene.daemon($0).host.plan.hardwareAddress }
                #expect(sampler.stop().turns == expected)
                try scene.expectHolder(1 - holder)
            }
        }
    }
}
