import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// A daemon that dies with much to clean up, hangs, or dies again and again.
    @Suite struct GuardianTests {
        private static let crowd = 5000
        private static let backlogPath = "/proc/sys/net/core/netdev_max_backlog"

        /// All hosts of the lab share one queue for frames on their way, as real hosts do not: what
        /// the ends of 10 000 connections push out of it would be the client's own outage.
        private static func withDeepBacklog(_ body: () throws -> Void) throws {
            let before = try TextFile.read(backlogPath)
            try TextFile.write("50000", to: backlogPath)
            defer { try? TextFile.write(before, to: backlogPath) }
            try body()
        }

        @Test func `kill -9 of a daemon with 5000 sessions costs as little as with none`() throws {
            var options = LabPair.Options()
            options.maxConnections = 6000
            try Self.withDeepBacklog { try Self.killHolders(options) }
        }

        private static func killHolders(_ options: LabPair.Options) throws {
            try Scene.playComplete(options) { scene, first in
                var holder = first
                try scene.expectHolder(holder)
                var ends: [Duration] = []
                var lost: [Int] = []
                let outages = try (0..<10).map { _ -> Duration in
                    let crowd = try IdleCrowd(Self.crowd, from: scene.client, to: scene.service)
                    let isFull = try Patience.wait(.seconds(30)) {
                        let nodes = try scene.pairStatus(holder).nodes
                        return nodes.contains { $0.isThisNode && ($0.sessions ?? 0) >= Self.crowd }
                    }
                    try #require(isFull)
                    let daemon = scene.daemon(holder)
                    let pid = try #require(daemon.daemonPID)
                    let log = try scene.outages {
                        let killedAt = Instant.now
                        try daemon.signalDaemon(SIGKILL)
                        let hasEnded = Patience.wait(.seconds(5)) { kill(pid, 0) != 0 }
                        #expect(hasEnded)
                        ends.append(Instant.now - killedAt)
                    }
                    // Resets and ends leave from an address that is behind a closed fence.
                    let areTold = Patience.wait(.seconds(2)) { crowd.ended == Self.crowd }
                    #expect(areTold, "\(crowd.ended) clients know")
                    let serversKnow = Patience.wait(.seconds(2)) {
                        scene.databases.map(\.statistics.open).reduce(0, +) < 100
                    }
                    #expect(serversKnow, "\(scene.databases.map(\.statistics.open))")
                    let other = 1 - holder
                    #expect(try scene.waitUntilComplete() == other)
                    try scene.expectHolder(other)
                    holder = other
                    lost.append(log.failureCount)
                    return log.longest
                }
                outages.report("kill -9 of the daemon with \(Self.crowd) sessions")
                ends.report("its end, every socket closed")
                let sorted = outages.sorted()
                #expect(sorted[outages.count / 2] <= .milliseconds(20), "\(sorted)")
                print("connections that failed: \(lost)")
                #expect(sorted[outages.count - 1] <= .milliseconds(50), "\(sorted)")
            }
        }

        @Test func `a heart that hangs costs no more than its lease, and its daemon is killed`()
            throws
        {
            try Scene.playComplete { scene, holder in
                try scene.expectHolder(holder)
                let daemon = scene.daemon(holder)
                let meter = try OutageMeter(from: scene.client, to: scene.service)
                Patience.pause(.milliseconds(100))
                let heart = try StoppedThread("heart", of: daemon)
                let stoppedAt = Instant.now
                #expect(meter.waitForRecovery(timeout: .seconds(10)))
                #expect(meter.stop().longest <= .milliseconds(320))
                #expect(heart.waitForDeath(timeout: .seconds(8)))
                let waited = Instant.now - stoppedAt
                print("hung heart: its daemon was killed after \(waited.milliseconds) ms")
                #expect(waited >= .seconds(4) && waited <= .seconds(6))
                #expect(try scene.waitUntilComplete() == 1 - holder)
                try scene.expectHolder(1 - holder)
                #expect(daemon.log.contains("the heart has not moved for"))
                #expect(daemon.log.contains("the daemon ended (its heart had hung, killed by"))
            }
        }

        @Test func `stopped all together for long, nobody is killed for a hung heart`() throws {
            try Scene.playComplete { scene, holder in
                let daemon = scene.daemon(holder)
                let pid = try #require(daemon.daemonPID)
                for _ in 0..<2 {
                    try daemon.signalGuardian(SIGSTOP)
                    try daemon.signalDaemon(SIGSTOP)
                    Patience.pause(.seconds(6))
                    // The guardian first: it finds a heart that is late by seconds.
                    try daemon.signalGuardian(SIGCONT)
                    Patience.pause(.milliseconds(300))
                    try daemon.signalDaemon(SIGCONT)
                    try scene.waitUntilComplete()
                }
                #expect(daemon.daemonPID == pid)
                #expect(!daemon.log.contains("the heart has not moved"))
            }
        }

        @Test func `a crash loop ends in fault, which status explains and a reload ends`() throws {
            try Scene.playComplete { scene, holder in
                let daemon = scene.daemon(holder)
                var last: Int32?
                let isInFault = try Patience.wait(.seconds(60)) {
                    if daemon.log.contains("fault: its daemon died 8 times") { return true }
                    if let pid = daemon.daemonPID, pid != last {
                        // Ready is what makes its death one of a loop, and not a failed start.
                        if (try? daemon.command("status"))?.status.isSuccess == true {
                            last = pid
                            try daemon.signalDaemon(SIGKILL)
                        }
                    }
                    return false
                }
                try #require(isInFault, "\(daemon.log)")
                try scene.expectHolder(1 - holder)
                let reason = "its daemon died 8 times in a row, the last time: killed by signal 9"
                try scene.wait(for: .fault, on: holder)
                let status = try scene.status(holder)
                #expect(status.alarms == ["\(daemon.host.name) is in fault: \(reason)"])
                #expect(status.pair?.holder == nil)
                #expect(try scene.pair.holders() == [1 - holder])
                let failover = try daemon.command("failover")
                #expect(failover.status == .exited(1))
                #expect(failover.standardError.contains("is in fault: \(reason)"))
                let second = try daemon.host.run(
                    daemon.binary,
                    ["run", "-f", daemon.configurationPath, "-L", daemon.host.name]
                )
                #expect(second.standardError.contains("already runs on this node"))

                let reload = try daemon.command("reload")
                #expect(reload.status == .exited(0), "\(reload.standardError)")
                #expect(try scene.waitUntilComplete() == 1 - holder)
                #expect(try daemon.stop() == .exited(0))
            }
        }
    }
}
