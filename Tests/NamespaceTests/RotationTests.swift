import ControlPlane
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// A new key, node by node, while beats go on.
    @Suite struct RotationTests {
        private static let old = "a key for the lab, known to everybody"
        private static let new = "the next key of the lab, no better kept"

        @Test func `a key is changed by reloads without a lost beat and without a failover`() throws
        {
            var options = LabPair.Options()
            options.keys = [Self.old, Self.old]
            try Scene.playComplete(options) { scene, holder in
                try scene.expectHolder(holder)
                // Those of the beginning, when each was unknown to the other.
                let drops = try (0...1).map { try scene.pairStatus($0).rails[0].drops }
                let meter = try OutageMeter(from: scene.client, to: scene.service)
                let sessions = try SessionHolder(10, from: scene.client, to: scene.service)
                #expect(sessions.waitUntilOpen(timeout: .seconds(5)))
                for text in ["\(Self.old)\n\(Self.new)", "\(Self.new)\n\(Self.old)", Self.new] {
                    for node in [1 - holder, holder] {
                        try Self.writeKey(text, on: node, in: scene)
                        let result = try scene.daemon(node).command("reload")
                        #expect(result.status == .exited(0), "\(result.standardError)")
                        Patience.pause(.milliseconds(400))
                        try Self.expectUndisturbed(scene, drops)
                    }
                }
                #expect(meter.stop().failures.isEmpty)
                #expect(sessions.stop().allSatisfy { $0.loss == nil })
                #expect(try scene.waitUntilComplete() == holder)
                try scene.expectHolder(holder, epochRose: false)
                #expect(try scene.pairStatus(holder).epoch == scene.epoch)
                // And the new key is the only one now.
                try Self.writeKey(Self.old, on: holder, in: scene)
                #expect(try scene.daemon(holder).command("reload").status == .exited(0))
                let isRefused = try Patience.wait(.seconds(2)) {
                    try scene.pairStatus(1 - holder).rails[0].drops["unauthentic", default: 0] > 0
                }
                #expect(isRefused)
                try Self.writeKey(Self.new, on: holder, in: scene)
                #expect(try scene.daemon(holder).command("reload").status == .exited(0))
            }
        }

        private static func expectUndisturbed(
            _ scene: Scene,
            _ drops: [[String: UInt64]]
        ) throws {
            for node in 0...1 {
                let status = try scene.pairStatus(node)
                #expect(status.rails.map(\.lossPercent) == [0])
                #expect(status.rails[0].drops == drops[node])
                #expect(status.nodes.allSatisfy { $0.isHeard })
                #expect(status.ledger?.drops["unauthentic"] == nil)
                #expect(status.nodes.map(\.protocolVersion) == ["1.2", "1.2"])
            }
        }

        private static func writeKey(_ text: String, on node: Int, in scene: Scene) throws {
            let configuration = scene.pair.configuration(of: scene.daemon(node))
            let line = try #require(
                configuration.split(separator: "\n").first { $0.contains("secret-file") }
            )
            let path = try #require(line.split(separator: " ").last)
            try TextFile.write(text + "\n", to: String(path))
        }
    }
}
