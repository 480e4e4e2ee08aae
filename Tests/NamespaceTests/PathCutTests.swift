import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// The heartbeat path is cut and the segment of the virtual IP is alive, or the other way
    /// round: a silent peer is not a dead peer.
    @Suite struct PathCutTests {
        enum Cut: String, CaseIterable {
            case toStandby = "to the standby", toHolder = "to the holder", both = "both ways"
        }

        private static func cut(_ cut: Cut, _ scene: Scene, holder: Int) throws {
            let hosts = (0...1).map { scene.daemon($0).host }
            if cut != .toHolder {
                try scene.network.blockUDP(port: 694, from: hosts[holder], to: hosts[1 - holder])
            }
            if cut != .toStandby {
                try scene.network.blockUDP(port: 694, from: hosts[1 - holder], to: hosts[holder])
            }
        }

        private static func segmentAlarm(
            _ scene: Scene,
            on node: Int
        ) throws -> PairStatus.SegmentAlarm? { try scene.pairStatus(node).segmentAlarm }

        @Test(arguments: Cut.allCases)
        func `with the heartbeat port blocked nobody takes over, the alarm says so, and it heals`(
            cut: Cut
        ) throws {
            try Scene.playComplete { scene, holder in
                let standby = 1 - holder
                try scene.expectHolder(holder)
                let sessions = try SessionHolder(20, from: scene.client, to: scene.service)
                let meter = try OutageMeter(from: scene.client, to: scene.service)
                let sampler = try HolderSampler(from: scene.client)
                try Self.cut(cut, scene, holder: holder)
                let isDeaf = cut != .toHolder
                if isDeaf {
                    let isTold = try Patience.wait(.seconds(2)) {
                        try Self.segmentAlarm(scene, on: standby)?.kind == .pathCut
                    }
                    #expect(isTold)
                    let status = try scene.pairStatus(standby)
                    #expect(status.holder == scene.daemon(holder).host.name)
                    let text = StatusText(try scene.status(standby)).text
                    #expect(text.contains("path cut, peer serving"), "\(text)")
                    #expect(!text.contains("is not known"), "\(text)")
                }
                if cut == .both {
                    #expect(
                        try Patience.wait(.seconds(2)) {
                            try Self.segmentAlarm(scene, on: holder)?.kind == .pathCut
                        }
                    )
                }
                Patience.pause(.seconds(3))
                try scene.expectHolder(holder, epochRose: false)
                #expect(try scene.pairStatus(holder).epoch == scene.epoch)
                try scene.network.unblockAll()
                #expect(try scene.waitUntilComplete() == holder)
                #expect(sampler.stop().turns == [scene.daemon(holder).host.plan.hardwareAddress])
                #expect(sessions.stop().allSatisfy { $0.loss == nil })
                #expect(meter.stop().outages.isEmpty)
                #expect(scene.daemon(standby).log.contains("path cut, peer serving") == isDeaf)
                #expect(scene.daemon(standby).log.contains("path cut no longer") == isDeaf)
                #expect(!scene.daemon(standby).log.contains("standby -> activating"))
            }
        }

        @Test func `with the path cut the hook is called, and the death of the holder is noticed`()
            throws
        {
            let directory = try TemporaryDirectory("on-change")
            let path = directory.path + "/hook"
            let script = "#!/bin/sh\necho \"$2 $4\" >> '\(directory.path)/'$1\n"
            try TextFile.write(script, to: path)
            try SystemCall.run("chmod") { unsafe chmod(path, 0o755) }
            var options = LabPair.Options()
            options.pairLines = ["on-change \(path) timeout 5s"]
            try Scene.playComplete(options) { scene, holder in
                try Self.cut(.both, scene, holder: holder)
                Patience.pause(.seconds(2))
                for (node, words) in [
                    (holder, "active path cut: "), (1 - holder, "standby path cut, peer serving: "),
                ] {
                    let file = directory.path + "/" + scene.daemon(node).host.name
                    let told = (try? TextFile.read(file)) ?? ""
                    #expect(told.split(separator: "\n").last?.hasPrefix(words) == true, "\(told)")
                }
                let meter = try OutageMeter(from: scene.client, to: scene.service)
                let sampler = try HolderSampler(from: scene.client)
                Patience.pause(.milliseconds(100))
                try scene.network.powerOff(scene.daemon(holder).host)
                #expect(meter.waitForRecovery(timeout: .seconds(5)))
                let log = meter.stop()
                let first = try #require(log.outages.first)
                let last = try #require(log.outages.last)
                print("power off with the path cut: \((last.end - first.start).milliseconds) ms")
                #expect(last.end - first.start < .milliseconds(900))
                #expect(sampler.stop().turns.count == 2)
                try scene.expectHolder(1 - holder, off: [holder])
            }
        }

        @Test func `both start with the path blocked: one of them takes it`() throws {
            try Scene.play { scene in
                try Self.cut(.both, scene, holder: 0)
                let sampler = try HolderSampler(from: scene.client)
                for daemon in scene.pair.daemons { try daemon.start() }
                for daemon in scene.pair.daemons { try daemon.waitUntilReady() }
                let holder = try #require(try scene.pair.waitForHolder(timeout: .seconds(10)))
                let isTold = try Patience.wait(.seconds(5)) {
                    try Self.segmentAlarm(scene, on: 1 - holder)?.kind == .pathCut
                }
                #expect(isTold)
                Patience.pause(.seconds(2))
                #expect(sampler.stop().turns == [scene.daemon(holder).host.plan.hardwareAddress])
                try scene.network.unblockAll()
                #expect(try scene.waitUntilComplete() == holder)
                try scene.expectHolder(holder)
            }
        }

        /// The switch port of one node forwards nothing any more; its carrier stays.
        @Test(arguments: [true, false])
        func `of a node that is cut off the other one is the holder, then and after the heal`(
            cutsHolder: Bool
        ) throws {
            try Scene.playComplete { scene, first in
                var holder = first
                try scene.expectHolder(holder)
                for _ in 0..<3 {
                    let victim = cutsHolder ? holder : 1 - holder
                    let survivor = 1 - victim
                    try scene.network.isolate(scene.daemon(victim).host)
                    let isAlone = try Patience.wait(.seconds(5)) {
                        try scene.pair.holders() == [survivor]
                            && Self.segmentAlarm(scene, on: victim)?.kind == .isolated
                    }
                    #expect(isAlone)
                    Patience.pause(.seconds(1))
                    #expect(try scene.pair.holders() == [survivor])
                    let meter = try OutageMeter(from: scene.client, to: scene.service)
                    Patience.pause(.milliseconds(200))
                    try scene.network.unblockAll()
                    #expect(try scene.waitUntilComplete() == survivor)
                    try scene.expectHolder(survivor, epochRose: victim == holder)
                    let outages = meter.stop().outages.map { $0.end - $0.start }
                    print("healed: outages \(outages.map(\.milliseconds)) ms")
                    #expect(outages.allSatisfy { $0 <= .milliseconds(100) })
                    #expect(scene.daemon(victim).log.contains("isolated no longer"))
                    holder = survivor
                }
            }
        }

        /// Both nodes have servers on their side, so both serve while the segment is cut.
        @Test func `cut between the nodes, and healed: one remains`() throws {
            try Scene.playComplete { scene, holder in
                let hosts = (0...1).map { scene.daemon($0).host }
                for _ in 0..<3 {
                    try scene.network.cut(between: hosts[0], and: hosts[1])
                    #expect(
                        try Patience.wait(.seconds(3)) { try scene.pair.holders() == [0, 1] }
                    )
                    Patience.pause(.milliseconds(500))
                    let meter = try OutageMeter(from: scene.client, to: scene.service)
                    Patience.pause(.milliseconds(200))
                    try scene.network.unblockAll()
                    let healedAt = Instant.now
                    let survivor = try scene.waitUntilComplete()
                    let isSingle = try scene.pair.holders() == [survivor]
                    #expect(isSingle)
                    print("complete \((Instant.now - healedAt).milliseconds) ms after the heal")
                    Patience.pause(.milliseconds(300))
                    let outages = meter.stop().outages.map { $0.end - $0.start }
                    print("cut and healed: outages \(outages.map(\.milliseconds)) ms")
                    #expect(outages.allSatisfy { $0 <= .milliseconds(100) })
                    try scene.expectHolder(survivor, epochRose: false)
                }
            }
        }
    }
}
