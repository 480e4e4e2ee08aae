import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// Beats on the segment of the virtual IP itself, beside those over UDP.
    @Suite struct EthernetRailTests {
        private static func options() -> LabPair.Options {
            var options = LabPair.Options()
            options.pairLines = ["rail ethernet dev eth1"]
            return options
        }

        /// As a firewall on the host does it: what is sent is refused there and then.
        private static let block =
            "add table inet wall; add chain inet wall out { type filter hook output priority 0; }; "
            + "add rule inet wall out udp dport 694 drop"

        @Test func `with every packet of IP between the nodes refused, nothing moves`() throws {
            try Scene.playComplete(Self.options()) { scene, holder in
                try scene.expectHolder(holder)
                let meter = try OutageMeter(from: scene.client, to: scene.service)
                let before = try scene.pair.daemons.map(Self.processorTime)
                for daemon in scene.pair.daemons {
                    let result = try daemon.host.run("nft", [Self.block])
                    #expect(result.status.isSuccess, "\(result.standardError)")
                }
                Patience.pause(.seconds(3))
                for node in 0...1 {
                    let daemon = scene.daemon(node)
                    let rails = try scene.pairStatus(node).rails
                    #expect(rails.map(\.kind) == [.udp, .ethernet])
                    #expect(rails.map(\.isHeard) == [false, true])
                    #expect(rails[1].isHeardByPeer == true && rails[1].lossPercent == 0)
                    #expect(rails[1].roundTrip != nil)
                    let peer = scene.daemon(1 - node).host.plan.hardwareAddress
                    #expect(rails[1].localAddress == "eth1" && rails[1].peerAddress == "\(peer)")
                    // Each beat was refused and counted; the log has it once.
                    #expect(rails[0].failures >= 40)
                    #expect(rails[0].fault?.contains("Operation not permitted") == true)
                    #expect(daemon.log.matches(of: /cannot send/).count == 1)
                    #expect(!daemon.log.contains("has not been heard for"))
                    let alarms = try scene.status(node).alarms
                    #expect(
                        alarms.count == 1 && alarms[0].contains("is silent; the other one works")
                    )
                    let text = try daemon.command("status").standardOutput
                    #expect(text.contains("eth1 > \(peer)"))
                    let used = try Self.processorTime(daemon) - before[node]
                    #expect(used < .milliseconds(1200), "\(used)")
                }
                try scene.expectHolder(holder, epochRose: false)
                #expect(try scene.pairStatus(holder).epoch == scene.epoch)
                #expect(meter.stop().failures.isEmpty)
                for daemon in scene.pair.daemons {
                    _ = try daemon.host.run("nft", ["delete table inet wall"])
                }
                #expect(try scene.waitUntilComplete() == holder)
                let isSaid = Patience.wait(.seconds(3)) {
                    scene.pair.daemons.allSatisfy { $0.log.contains("can send again") }
                }
                #expect(isSaid)
            }
        }

        @Test func `a frame tells of the daemon's death where UDP is blocked`() throws {
            try Scene.playComplete(Self.options()) { scene, holder in
                try scene.expectHolder(holder)
                let rail = [HostPlan.node01.address, HostPlan.node02.address]
                try scene.network.blockUDP(port: 694, between: rail)
                Patience.pause(.milliseconds(500))
                let killedAt = Instant.now
                try scene.daemon(holder).signalDaemon(SIGKILL)
                #expect(
                    try scene.pair.waitForHolder(otherThan: holder, timeout: .seconds(2)) != nil
                )
                print("kill -9, UDP blocked: \((Instant.now - killedAt).milliseconds) ms")
                let isTold = Patience.wait(.seconds(2)) {
                    scene.daemon(1 - holder).log.contains("the guardian of")
                }
                #expect(isTold)
                try scene.network.unblockAll()
                #expect(try scene.waitUntilComplete() == 1 - holder)
                try scene.expectHolder(1 - holder)
            }
        }

        @Test func `a rail on an interface that is not there is an alarm, and disturbs nothing`()
            throws
        {
            var options = LabPair.Options()
            options.pairLines = ["rail ethernet dev eth7"]
            try Scene.play(options) { scene in
                try scene.pair.start()
                let isSettled = try Patience.wait(.seconds(10)) {
                    try scene.pairStatus(0).rails[0].isHeardByPeer == true
                        && scene.pairStatus(1).rails[0].isHeardByPeer == true
                }
                #expect(isSettled)
                let before = try scene.pair.daemons.map(Self.processorTime)
                Patience.pause(.milliseconds(2500))
                for node in 0...1 {
                    let rail = try scene.pairStatus(node).rails[1]
                    #expect(rail.fault == "if_nametoindex eth7: No such device")
                    #expect((2...9).contains(rail.failures))
                    #expect(rail.peerAddress == "all" && !rail.isHeard)
                    #expect(
                        scene.daemon(node).log.matches(of: /eth7\) cannot be opened/).count == 1
                    )
                    let used = try Self.processorTime(scene.daemon(node)) - before[node]
                    #expect(used < .milliseconds(1000), "\(used)")
                }
                let holder = try #require(try scene.pair.waitForHolder(timeout: .seconds(5)))
                try scene.expectHolder(holder)
            }
        }

        /// What the daemon has computed since its start.
        private static func processorTime(_ daemon: LabDaemon) throws -> Duration {
            guard let pid = daemon.daemonPID else { throw LabError("no daemon") }
            let text = try TextFile.read("/proc/\(pid)/stat")
            let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
            // Behind the name: state is the first, then utime and stime are the 12th and 13th.
            let ticks = fields.dropFirst(11).prefix(2).compactMap { Int64($0) }.reduce(0, +)
            return .milliseconds(ticks * 1000 / Int64(sysconf(Int32(_SC_CLK_TCK))))
        }
    }
}
