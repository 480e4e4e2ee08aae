import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// Under load and under watching eyes: no error, and nothing that grows.
    @Suite struct SteadyTests {
        private static let duration: Duration =
            unsafe getenv("HB_LONG") == nil ? .seconds(20) : .seconds(60)
        private static let growthLimit = 4096

        /// What one daemon process uses.
        private struct Use {
            var descriptors: Int
            /// In KiB.
            var resident: Int
        }

        @Test func `what the daemon has touched stays in memory`() throws {
            try Scene.playComplete { scene, _ in
                for daemon in scene.pair.daemons {
                    let pid = try #require(daemon.daemonPID)
                    let status = try TextFile.read("/proc/\(pid)/status")
                    let line = try #require(
                        status.split(separator: "\n").first { $0.hasPrefix("VmLck:") }
                    )
                    let words = line.split(whereSeparator: \.isWhitespace)
                    #expect(try #require(Int(words[1])) > 0, "\(line)")
                    #expect(!daemon.log.contains("memory cannot be locked"))
                }
            }
        }

        @Test func `load and status --watch end with no error and nothing leaked`() throws {
            try Scene.playComplete { scene, holder in
                try Self.load(scene, for: .seconds(5))
                let before = try scene.pair.daemons.map(Self.settledUse(of:))
                let files = try TemporaryDirectory("watch")
                let watches = try scene.pair.daemons.map { daemon in
                    try Self.watch(daemon, in: files)
                }
                try Self.load(scene, for: Self.duration)
                for (watch, path) in watches {
                    watch.kill(SIGTERM)
                    #expect(watch.wait(timeout: .seconds(3)) == .exited(0))
                    let text = try TextFile.read(path)
                    // One picture a second, each with the verdict in its first line.
                    let pictures = text.split(separator: "\n").count {
                        $0.hasPrefix("galera-vip: 10.0.0.100 is on haproxy-node")
                    }
                    #expect(pictures >= Int(Self.duration.milliseconds / 1000) - 2)
                    for word in ["ha-balancer:", "DOWN", "silent", "redundancy", "DIFFERS"] {
                        let isThere = text.contains(word)
                        #expect(!isThere, "\(word)")
                    }
                }
                for (daemon, old) in zip(scene.pair.daemons, before) {
                    let now = try Self.settledUse(of: daemon)
                    let growth = now.resident - old.resident
                    print(
                        "steady \(daemon.host.name): \(now.descriptors) descriptors, "
                            + "\(now.resident) KiB, \(growth) KiB more than \(Self.duration) before"
                    )
                    #expect(now.descriptors == old.descriptors)
                    #expect(growth < Self.growthLimit)
                }
                #expect(try scene.waitUntilComplete() == holder)
            }
        }

        /// 500 new connections a second and 50 sessions that stay; not one of them fails.
        private static func load(_ scene: Scene, for duration: Duration) throws {
            let meter = try OutageMeter(from: scene.client, to: scene.service)
            let sessions = try SessionHolder(50, from: scene.client, to: scene.service)
            Patience.pause(duration)
            let report = meter.stop()
            #expect(report.failures.isEmpty)
            #expect(report.attempts > Int(duration.milliseconds) / 4)
            #expect(report.answers.count == 3)
            #expect(sessions.stop().allSatisfy { $0.loss == nil && $0.answers > 0 })
        }

        /// What it uses once it no longer changes: sessions whose client has gone take a moment to
        /// end.
        private static func settledUse(of daemon: LabDaemon) throws -> Use {
            var last = try use(of: daemon)
            let isSettled = try Patience.wait(.seconds(10)) {
                Patience.pause(.milliseconds(500))
                let now = try use(of: daemon)
                defer { last = now }
                return now.descriptors == last.descriptors
            }
            guard isSettled else { throw LabError("\(last.descriptors) descriptors and no rest") }
            return last
        }

        private static func use(of daemon: LabDaemon) throws -> Use {
            guard let pid = daemon.daemonPID else { throw LabError("no daemon") }
            let descriptors = try Command.check("ls", ["/proc/\(pid)/fd"])
            let status = try TextFile.read("/proc/\(pid)/status")
            let resident = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }?
                .split(whereSeparator: \.isWhitespace).dropFirst().first
            guard let resident, let kibibytes = Int(resident) else { throw LabError("no VmRSS") }
            return Use(
                descriptors: descriptors.split(separator: "\n").count,
                resident: kibibytes
            )
        }

        /// `status --watch` on a node, with all that it prints in a file.
        private static func watch(
            _ daemon: LabDaemon,
            in directory: TemporaryDirectory
        ) throws -> (ChildProcess, String) {
            let path = "\(directory.path)/\(daemon.host.name)"
            let raw = try SystemCall.run("open", path) {
                unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
            }
            let file = OwnedDescriptor(adopting: raw)
            let watch = try daemon.host.spawn(
                daemon.binary,
                ["status", "--watch", "--socket", daemon.socketPath],
                descriptors: [1: file.raw, 2: file.raw]
            )
            return (watch, path)
        }
    }
}
