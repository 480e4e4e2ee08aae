import ControlPlane
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// Two heartbeat paths: the loss of one is an alarm and nothing more.
    @Suite struct RailTests {
        private static let articleRail = [HostPlan.node01.address, HostPlan.node02.address]
        private static let secondRail = [IPAddress.v4(0x0A01_000A), IPAddress.v4(0x0A01_000B)]

        @Test func `with one rail cut nothing moves, and both nodes name the silent one`() throws {
            var options = LabPair.Options()
            options.furtherRails = [Self.secondRail]
            try Scene.play(options) { scene in
                for (daemon, address) in zip(scene.pair.daemons, Self.secondRail) {
                    try daemon.host.addAddress(address)
                }
                try scene.pair.start()
                let holder = try scene.waitUntilComplete()
                try scene.expectHolder(holder)
                // The second first: what blocks the article's rail must not be in the other's way.
                for (index, rail) in [(1, Self.secondRail), (0, Self.articleRail)] {
                    try scene.network.blockUDP(port: 694, between: rail)
                    try Self.expectSilent(rail, index, in: scene)
                    Patience.pause(.milliseconds(600))
                    try scene.expectHolder(holder, epochRose: false)
                    #expect(try scene.pairStatus(holder).epoch == scene.epoch)
                    try scene.network.unblockAll()
                    #expect(try scene.waitUntilComplete() == holder)
                }
                for daemon in scene.pair.daemons {
                    #expect(!daemon.log.contains("has not been heard for"))
                }
            }
        }

        private static func expectSilent(
            _ addresses: [IPAddress],
            _ index: Int,
            in scene: Scene
        ) throws {
            for node in 0...1 {
                let path = "\(addresses[node]) - \(addresses[1 - node])"
                let isTold = try Patience.wait(.seconds(2)) {
                    try scene.status(node).alarms
                        == ["rail \(path) is silent; the other one works"]
                }
                #expect(isTold)
                let rails = try scene.pairStatus(node).rails
                #expect(rails[index].isHeard == false)
                #expect(rails[1 - index].isHeard)
                #expect(rails[1 - index].isHeardByPeer == true)
            }
        }
    }
}
