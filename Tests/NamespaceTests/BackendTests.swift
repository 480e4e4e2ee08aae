import ControlPlane
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// What the databases' health has to say about who holds the virtual IP.
    @Suite struct BackendTests {
        @Test func `an outage of all databases moves nothing`() throws {
            try Scene.playComplete { scene, holder in
                try scene.expectHolder(holder)
                scene.stopDatabases()
                for node in 0...1 {
                    let isNoticed = try Patience.wait(.seconds(10)) {
                        try scene.status(node).servers.allSatisfy { $0.status.hasPrefix("DOWN") }
                    }
                    #expect(isNoticed)
                }
                // Longer than the time after which a node with servers would get it.
                Patience.pause(.milliseconds(2500))
                try scene.expectHolder(holder, epochRose: false)
                #expect(try scene.pairStatus(holder).epoch == scene.epoch)
                try scene.startDatabases()
                #expect(try scene.waitUntilComplete() == holder)
                #expect(try scene.pairStatus(holder).epoch == scene.epoch)
            }
        }

        @Test func `a holder that alone has lost the databases gives the virtual IP away`() throws {
            try Scene.playComplete { scene, holder in
                try scene.expectHolder(holder)
                let startedAt = Instant.now
                try scene.network.blockTCP(port: 3306, from: scene.daemon(holder).host)
                let next = try scene.pair.waitForHolder(otherThan: holder, timeout: .seconds(15))
                #expect(next == 1 - holder)
                // Three failed checks half a second apart, and the hold of a second.
                #expect(Instant.now - startedAt >= .seconds(2))
                try scene.wait(for: .standby, on: holder)
                try scene.expectHolder(1 - holder)
                let reason = try scene.pairStatus(1 - holder).reason
                #expect(reason.contains("\(scene.daemon(holder).host.name) could not serve"))

                try scene.network.unblockAll()
                #expect(try scene.waitUntilComplete() == 1 - holder)
                try scene.expectHolder(1 - holder, epochRose: false)
            }
        }
    }
}
