import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// A holder that lives and is not fit to hold.
    @Suite struct ReadinessTests {
        @Test(arguments: ["every 50ms dead-after 250ms", "every 10ms dead-after 60ms"])
        func `one relay worker that hangs moves the virtual IP within half a second`(
            heartbeat: String
        ) throws {
            var options = LabPair.Options()
            options.pairLines = ["heartbeat \(heartbeat)"]
            try Scene.playComplete(options) { scene, first in
                var holder = first
                try scene.expectHolder(holder)
                var outages: [Duration] = []
                for _ in 0..<10 {
                    let daemon = scene.daemon(holder)
                    var worker: StoppedThread?
                    let log = try scene.outages {
                        worker = try StoppedThread("relay-0", of: daemon)
                    }
                    let other = 1 - holder
                    try scene.expectHolder(other)
                    let own = try scene.pairStatus(holder).nodes.first { $0.isThisNode }
                    let relay = own?.readiness?.first { $0.name == "relay" }
                    #expect(relay?.isMet == false)
                    #expect(relay?.reason == "its relay does not serve")
                    #expect(daemon.log.contains("relay worker 0 hangs"))
                    worker?.goOn()
                    #expect(try scene.waitUntilComplete() == other)
                    try scene.expectHolder(other, epochRose: false)
                    #expect(!log.outages.isEmpty)
                    outages.append(log.span)
                    holder = other
                }
                outages.report("hung worker, heartbeat \(heartbeat)")
                #expect(outages.count == 10)
                #expect(outages.allSatisfy { $0 <= .milliseconds(500) })
            }
        }

        @Test func `a holder without peer lets go when its relay hangs, and comes back`() throws {
            try Scene.play { scene in
                try scene.daemon(0).start()
                #expect(try scene.pair.waitForHolder(timeout: .seconds(8)) == 0)
                let worker = try StoppedThread("relay-0", of: scene.daemon(0))
                try scene.wait(for: .fault, on: 0)
                #expect(try scene.pair.holders().isEmpty)
                let alarms = try scene.status(0).alarms
                #expect(alarms.contains("haproxy-node01: its relay does not serve"), "\(alarms)")
                worker.goOn()
                try scene.wait(for: .active, on: 0)
            }
        }

        @Test func `a worker that never goes on costs the daemon, and another life serves`() throws
        {
            try Scene.playComplete { scene, holder in
                let daemon = scene.daemon(holder)
                let worker = try StoppedThread("relay-0", of: daemon)
                #expect(worker.waitForDeath(timeout: .seconds(15)))
                #expect(daemon.log.contains("this daemon ends, to be started anew"))
                #expect(try scene.waitUntilComplete() == 1 - holder)
                try scene.expectHolder(1 - holder)
            }
        }

        @Test func `a pulled cable moves the virtual IP, and plugged in again moves nothing`()
            throws
        {
            try Scene.playComplete { scene, holder in
                try scene.expectHolder(holder)
                let daemon = scene.daemon(holder)
                let log = try scene.outages { try scene.network.linkDown(daemon.host) }
                #expect(log.longest <= .milliseconds(320))
                try scene.wait(for: .fault, on: holder)
                let own = try scene.pairStatus(holder).nodes.first { $0.isThisNode }
                let missing = own?.readiness?.filter { !$0.isMet }.map(\.name) ?? []
                #expect(missing.contains("link"), "\(missing)")
                try scene.network.linkUp(daemon.host)
                #expect(try scene.waitUntilComplete() == 1 - holder)
                try scene.expectHolder(1 - holder)
                #expect(daemon.log.contains("this node is not ready: link: its interface"))
                #expect(daemon.log.contains("this node is ready again as to: link"))
            }
        }

        @Test func `a script that fails on the holder alone moves the virtual IP`() throws {
            let files = try TemporaryDirectory("track")
            try #require(unsafe chmod(files.path, 0o755) == 0)
            let script = files.path + "/check"
            // Which node it is, the script tells by the address; it writes nothing, as nobody may.
            try TextFile.write(
                "#!/bin/sh\n[ \"$(id -u)\" = 65534 ] || exit 2\n"
                    + "ip -4 address show dev eth1 | grep -q \"$(cat \(files.path)/failing) \" "
                    + "&& exit 3\nexit 0\n",
                to: script
            )
            try #require(unsafe chmod(script, 0o755) == 0)
            try TextFile.write("none", to: files.path + "/failing")
            var options = LabPair.Options()
            options.pairLines = [
                "track script \(script) every 200ms timeout 2s fall 2 rise 2",
                "track gateway 10.0.0.1 every 200ms timeout 200ms", "track interface lo",
            ]
            try Scene.playComplete(options) { scene, holder in
                try scene.expectHolder(holder)
                let daemon = scene.daemon(holder)
                let facts = try scene.pairStatus(holder).nodes.first { $0.isThisNode }?.readiness
                let names = facts?.map(\.name) ?? []
                #expect(
                    names.suffix(3) == ["script \(script)", "gateway 10.0.0.1", "interface lo"]
                )
                #expect(facts?.allSatisfy(\.isMet) == true, "\(facts ?? [])")
                try TextFile.write("\(daemon.host.address)/8", to: files.path + "/failing")
                let next = try scene.pair.waitForHolder(otherThan: holder, timeout: .seconds(15))
                #expect(next == 1 - holder)
                try scene.wait(for: .standby, on: holder)
                try scene.expectHolder(1 - holder)
                let own = try scene.pairStatus(holder).nodes.first { $0.isThisNode }
                #expect(own?.notReadyBecause == ["script \(script) failed: exit status 3"])
                let line = "this node is not ready: script \(script): failed: exit status 3"
                #expect(daemon.log.contains(line))
                let peer = try scene.pairStatus(1 - holder).nodes.first { !$0.isThisNode }
                #expect(peer?.notReadyBecause == ["something that it tracks has failed"])
                // Both fail: nothing moves.
                try TextFile.write("inet", to: files.path + "/failing")
                Patience.pause(.seconds(5))
                #expect(try scene.pair.holders() == [1 - holder])
                try TextFile.write("none", to: files.path + "/failing")
                #expect(try scene.waitUntilComplete() == 1 - holder)
            }
        }

        @Test func `a gateway that only the holder has lost moves the virtual IP`() throws {
            var options = LabPair.Options()
            options.pairLines = ["track gateway 10.0.0.1 every 200ms timeout 200ms fall 2 rise 2"]
            try Scene.playComplete(options) { scene, holder in
                try scene.expectHolder(holder)
                let daemon = scene.daemon(holder)
                let rules =
                    "table ip lab { chain out { type filter hook output priority 0; "
                    + "icmp type echo-request drop; }; }"
                #expect(try daemon.host.run("nft", [rules]).status.isSuccess)
                let next = try scene.pair.waitForHolder(otherThan: holder, timeout: .seconds(15))
                #expect(next == 1 - holder)
                let own = try scene.pairStatus(holder).nodes.first { $0.isThisNode }
                let reason = own?.notReadyBecause.first ?? ""
                #expect(reason.hasPrefix("gateway 10.0.0.1 "), "\(reason)")
                #expect(try daemon.host.run("nft", ["flush ruleset"]).status.isSuccess)
                #expect(try scene.waitUntilComplete() == 1 - holder)
            }
        }
    }
}
