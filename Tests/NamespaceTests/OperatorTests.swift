import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// What an operator asks for, and what the answer is.
    @Suite struct OperatorTests {
        @Test func `maintenance moves the virtual IP, outlives a restart and ends when told`()
            throws
        {
            try Scene.playComplete { scene, holder in
                try scene.expectHolder(holder)
                let daemon = scene.daemon(holder)
                let on = try daemon.command("maintenance", "on")
                #expect(on.status == .exited(0), "\(on.standardError)")
                try scene.expectHolder(1 - holder)
                #expect(try scene.role(holder) == .maintenance)

                #expect(try daemon.stop() == .exited(0))
                try daemon.start()
                try daemon.waitUntilReady()
                try scene.wait(for: .maintenance, on: holder)
                // Longer than a boot hold: it does not compete however long it waits.
                Patience.pause(.milliseconds(500))
                try scene.expectHolder(1 - holder, epochRose: false)
                #expect(
                    try scene.status(1 - holder).alarms.contains(
                        "\(daemon.host.name) is in maintenance: no redundancy"
                    )
                )

                let off = try daemon.command("maintenance", "off")
                #expect(off.status == .exited(0), "\(off.standardError)")
                #expect(try scene.waitUntilComplete() == 1 - holder)
                #expect(try daemon.stop() == .exited(0))
                try daemon.start()
                #expect(try scene.waitUntilComplete() == 1 - holder)
            }
        }

        @Test func `the on-change program of each node hears each change, once and in order`()
            throws
        {
            let directory = try TemporaryDirectory("on-change")
            let path = directory.path + "/hook"
            let script = "#!/bin/sh\necho \"$1 $2 $3\" >> '\(directory.path)/'$1\n"
            try TextFile.write(script, to: path)
            try SystemCall.run("chmod") { unsafe chmod(path, 0o755) }
            var options = LabPair.Options()
            options.pairLines = ["on-change \(path) timeout 5s"]
            try Scene.playComplete(options) { scene, holder in
                let names = [0, 1].map { scene.daemon($0).host.name }
                let moved = try scene.daemon(holder).command("failover")
                #expect(moved.status == .exited(0), "\(moved.standardError)")
                try scene.expectHolder(1 - holder)
                func lines(_ node: Int) -> [Substring] {
                    ((try? TextFile.read(directory.path + "/" + names[node])) ?? "")
                        .split(separator: "\n")
                }
                let (old, new) = (names[holder], names[1 - holder])
                let isTold = Patience.wait(.seconds(5)) {
                    lines(holder).last?.hasPrefix("\(old) standby ") == true
                        && lines(1 - holder).last?.hasPrefix("\(new) active ") == true
                }
                #expect(isTold, "\(lines(holder)) \(lines(1 - holder))")
                let epochs = lines(1 - holder).compactMap { $0.split(separator: " ").last }
                    .compactMap { UInt64($0) }
                #expect(epochs == epochs.sorted())
                #expect(lines(holder).count { $0.hasPrefix("\(old) active ") } == 1)
            }
        }

        @Test func `the last able node goes into maintenance only by force`() throws {
            try Scene.playComplete { scene, holder in
                let (last, other) = (scene.daemon(holder), scene.daemon(1 - holder))
                #expect(try other.command("maintenance", "on").status == .exited(0))
                try scene.expectHolder(holder)

                let refused = try last.command("maintenance", "on")
                #expect(refused.status == .exited(1))
                #expect(
                    refused.standardError.contains("\(other.host.name) is in maintenance")
                        && refused.standardError.contains("--force")
                )
                try scene.expectHolder(holder, epochRose: false)

                let forced = try last.command("maintenance", "on", "--force")
                #expect(forced.status == .exited(0), "\(forced.standardError)")
                #expect(try scene.pair.holders().isEmpty)
                #expect(
                    try scene.status(holder).alarms.contains("no node holds the virtual IP")
                )

                #expect(try other.command("maintenance", "off").status == .exited(0))
                try scene.wait(for: .active, on: 1 - holder)
                try scene.expectHolder(1 - holder)
            }
        }

        @Test func `no session is left on a node that gave the virtual IP away under load`() throws
        {
            try Scene.playComplete { scene, first in
                let meter = try OutageMeter(from: scene.client, to: scene.service)
                defer { meter.stop() }
                var holder = first
                for _ in 0..<12 {
                    let sessions = try SessionHolder(60, from: scene.client, to: scene.service)
                    defer { sessions.stop() }
                    Patience.pause(.milliseconds(200))
                    #expect(try scene.daemon(holder).command("failover").status == .exited(0))
                    // Also those that were accepted while the address was being removed.
                    let isEmpty = try Patience.wait(.seconds(1)) {
                        try scene.pairStatus(holder).nodes.allSatisfy {
                            !$0.isThisNode || $0.sessions == 0
                        }
                    }
                    #expect(isEmpty)
                    holder = 1 - holder
                    try scene.waitUntilComplete()
                }
            }
        }

        @Test func `failover is refused with the reason while the other node is down`() throws {
            try Scene.playComplete { scene, holder in
                try scene.expectHolder(holder)
                #expect(try scene.daemon(1 - holder).stop() == .exited(0))
                Patience.pause(.milliseconds(300))
                let result = try scene.daemon(holder).command("failover")
                #expect(result.status == .exited(1))
                let name = scene.daemon(1 - holder).host.name
                #expect(result.standardError.contains("\(name) has not been heard for"))
                try scene.expectHolder(holder, epochRose: false)
            }
        }

        @Test func `failover names its target, and knows the names of the pair only`() throws {
            try Scene.playComplete { scene, holder in
                try scene.expectHolder(holder)
                let names = scene.pair.daemons.map(\.host.name)
                let unknown = try scene.daemon(holder).command("failover", "--to", "haproxy-node03")
                #expect(unknown.status == .exited(1))
                for name in ["haproxy-node03"] + names {
                    #expect(unknown.standardError.contains(name))
                }
                try scene.expectHolder(holder, epochRose: false)

                let there = try scene.daemon(1 - holder).command("failover", "--to", names[holder])
                #expect(there.status == .exited(0))
                #expect(there.standardOutput.contains("holds the virtual IP already"))
                try scene.expectHolder(holder, epochRose: false)

                let moved = try scene.daemon(holder).command("failover", "--to", names[1 - holder])
                #expect(moved.status == .exited(0), "\(moved.standardError)")
                try scene.expectHolder(1 - holder)
            }
        }
    }
}
