import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// Datagrams that are not what they seem: none of them changes anything, each is counted under
    /// the name of what is wrong with it.
    @Suite struct HostileTests {
        @Test func `truncated, altered, replayed and random datagrams change nothing`() throws {
            try Scene.playComplete { scene, holder in
                try scene.expectHolder(holder)
                let impostor = try Impostor(of: 1 - holder, in: scene)
                let recordings = try impostor.record()
                let meter = try OutageMeter(from: scene.client, to: scene.service)
                let before = try scene.pairStatus(holder)
                for (index, recording) in recordings.enumerated() {
                    try impostor.say(recording)
                    try impostor.say(Array(recording.prefix(8 * index)))
                    var altered = recording
                    altered[12 + 16 * index] ^= 1
                    try impostor.say(altered)
                }
                let sent = try impostor.flood(.seconds(3), perMillisecond: 10)
                #expect(sent > 25_000)
                try Self.expectCounted(recordings.count, random: sent, on: holder, in: scene)

                let after = try scene.pairStatus(holder)
                #expect(after.epoch == before.epoch)
                #expect(after.nodes.map(\.role) == before.nodes.map(\.role))
                #expect(after.nodes.map(\.bootID) == before.nodes.map(\.bootID))
                #expect(meter.stop().failures.isEmpty)
                #expect(try scene.waitUntilComplete() == holder)
                try scene.expectHolder(holder, epochRose: false)
            }
        }

        private static func expectCounted(
            _ recordings: Int,
            random: Int,
            on node: Int,
            in scene: Scene
        ) throws {
            let drops = try scene.drops(node)
            #expect(drops["replayed"] == UInt64(recordings))
            #expect(drops["unauthentic"] == UInt64(recordings))
            // Malformed are the truncated ones, and random bytes that are too few or too many.
            let malformed = drops["malformed", default: 0]
            let foreign = drops["foreign", default: 0]
            #expect(malformed > UInt64(random / 10))
            #expect(foreign > UInt64(random / 2))
            #expect(malformed + foreign > UInt64(random * 9 / 10))
        }

        @Test func `what an earlier life of the other node said no longer counts`() throws {
            try Scene.playComplete { scene, holder in
                try scene.expectHolder(holder)
                let impostor = try Impostor(of: 1 - holder, in: scene)
                let recordings = try impostor.record()
                _ = try scene.daemon(1 - holder).stop()
                try scene.daemon(1 - holder).start()
                #expect(try scene.waitUntilComplete() == holder)
                let before = try scene.drops(holder)["unproven-boot", default: 0]
                for recording in recordings { try impostor.say(recording) }
                Patience.pause(.milliseconds(100))
                let drops = try scene.drops(holder)["unproven-boot", default: 0]
                #expect(drops - before == UInt64(recordings.count))
                #expect(try scene.waitUntilComplete() == holder)
                try scene.expectHolder(holder, epochRose: false)
            }
        }

        @Test func `a recorded farewell of an earlier life does not unseat the holder`() throws {
            try Scene.playComplete { scene, holder in
                try scene.expectHolder(holder)
                let (first, second) = (scene.daemon(holder), scene.daemon(1 - holder))
                let impostor = try Impostor(of: holder, in: scene)
                let tap = try impostor.tap()
                Patience.pause(.milliseconds(300))
                // The guardian's release ends the recording.
                try first.signalDaemon(SIGKILL)
                #expect(
                    try scene.pair.waitForHolder(otherThan: holder, timeout: .seconds(2)) != nil
                )
                let isLogged = Patience.wait(.seconds(2)) {
                    second.log.contains("the guardian of \(first.host.name) reports")
                }
                #expect(isLogged)
                let recordings = tap.stop().map { Array($0.bytes[42...]) }
                #expect(recordings.count > 5)
                #expect(try scene.waitUntilComplete() == 1 - holder)
                #expect(try first.command("failover").status == .exited(0))
                try scene.expectHolder(holder)

                let before = try scene.drops(1 - holder)["released-boot", default: 0]
                for recording in recordings { try impostor.say(recording) }
                Patience.pause(.milliseconds(600))
                try scene.expectHolder(holder, epochRose: false)
                let drops = try scene.drops(1 - holder)["released-boot", default: 0]
                #expect(drops - before == UInt64(recordings.count))
                #expect(try scene.waitUntilComplete() == holder)
            }
        }

        /// Without a common key the nodes cannot tell each other from strangers. Each acts alone,
        /// so that both hold the address: what they must not do is keep quiet about it.
        @Test func `with different keys both nodes raise the alarm and name the secret file`()
            throws
        {
            var options = LabPair.Options()
            options.keys = ["a key for the lab, known to everybody", "another key, by mistake"]
            try Scene.play(options) { scene in
                for daemon in scene.pair.daemons { try daemon.start() }
                for (node, daemon) in scene.pair.daemons.enumerated() {
                    let peer = scene.daemon(1 - node).host.name
                    try daemon.waitUntilReady()
                    // Before the first of them acts there is time to see it in the log.
                    let isLogged = Patience.wait(.seconds(2)) {
                        daemon.log.contains("datagrams from \(peer) are refused as unauthentic")
                    }
                    #expect(isLogged)
                    #expect(try scene.pair.holders().isEmpty)
                    #expect(try scene.drops(node)["unauthentic", default: 0] > 0)
                    let alarms = try scene.status(node).alarms
                    #expect(
                        alarms.contains { $0.contains("unauthentic") && $0.contains("secret-file") }
                    )
                }
                // Past the boot hold, when both have acted, it is still said.
                Patience.pause(.milliseconds(3500))
                for node in 0...1 {
                    #expect(
                        try scene.status(node).alarms.contains { $0.contains("unauthentic") }
                    )
                }
                // With the right key, a restart heals it.
                _ = try scene.daemon(1).stop()
                try scene.daemon(1).configure(
                    scene.pair.configuration(of: scene.daemon(0))
                        .replacing(scene.daemon(0).statePath, with: scene.daemon(1).statePath)
                        .replacing(scene.daemon(0).socketPath, with: scene.daemon(1).socketPath)
                )
                try scene.daemon(1).start()
                try scene.expectHolder(try scene.waitUntilComplete())
            }
        }
    }
}

extension Scene {
    /// The datagrams that a node has refused, by reason.
    fileprivate func drops(_ node: Int) throws -> [String: UInt64] {
        guard let rail = try pairStatus(node).rails.first else { throw LabError("no rail") }
        return rail.drops
    }
}
