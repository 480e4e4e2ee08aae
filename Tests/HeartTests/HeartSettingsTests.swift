import Heart
import Lab
import PairControl
import Primitives
import Testing
import VIPManager

@Suite struct HeartSettingsTests {
    private static func settings() throws -> HeartSettings { try HeartNode.settings(.node01) }

    /// What a running heart cannot take over, by the change that needs it.
    private static let changes: [(String, @Sendable (inout HeartSettings) -> Void)] = [
        ("the name of the pair", { $0.pair.name = "other" }),
        ("the names of the nodes", { $0.pair.own.name = "other" }),
        ("the names of the nodes", { $0.pair.peer.name = "other" }),
        ("the node addresses", { $0.rails[0].own = .v4(0x0A00_0063) }),
        ("the node addresses", { $0.rails[0].peer = .v4(0x0A00_0063) }),
        (
            "the rail lines",
            {
                $0.ethernetRails = ["eth1"]
                $0.pair.railCount = 2
            }
        ),
        ("the heartbeat port", { $0.port = 695 }),
        ("the virtual addresses", { $0.virtualAddresses.removeLast() }),
        (
            "the virtual addresses",
            { $0.virtualAddresses = [VirtualAddress(HostPlan.virtualAddress, interface: "x")] }
        ),
    ]

    @Test func `some things need a restart, and are named`() throws {
        for (name, change) in Self.changes {
            var new = try Self.settings()
            change(&new)
            #expect(new.canReplace(try Self.settings()) == name)
        }
    }

    @Test func `times, priorities, preemption and keys can change in a running heart`() throws {
        var new = try Self.settings()
        new.pair.interval = .milliseconds(20)
        new.pair.deadAfter = .milliseconds(100)
        new.pair.bootHold = .seconds(9)
        new.pair.own.priority = 7
        new.pair.peer.priority = 8
        new.pair.preempt = true
        new.pair.configurationDigest = 99
        new.keys = try HeartNode.keys("another key of the lab")
        #expect(new.canReplace(try Self.settings()) == nil)
        #expect(new != (try Self.settings()))
    }
}
