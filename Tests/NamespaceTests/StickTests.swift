import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// The stick table of the node that serves is known to the other one.
    @Suite struct StickTests {
        private static func options(_ stick: String, _ option: String = "") -> LabPair.Options {
            var options = LabPair.Options()
            options.proxyLines =
                [
                    "listen galera_cluster",
                    "    bind 0.0.0.0:3306",
                    "    bind 0.0.0.0:3307 accept-proxy",
                    "    option mysql-check user haproxy",
                ] + stick.split(separator: ",").map { "    \($0)" }
                + (1...3).map {
                    "    server galera-node0\($0) 10.0.0.\($0):3306 check inter 200 fall 2 \(option)"
                }
            return options
        }

        /// Where a client comes out now.
        private static func writer(_ scene: Scene) throws -> String {
            let holder = try SessionHolder(1, from: scene.client, to: scene.service)
            try #require(holder.waitUntilOpen(timeout: .seconds(5)))
            return holder.stop()[0].node
        }

        private static func sticks(_ node: Int, _ scene: Scene) -> LedgerStatus.Sticks? {
            (try? scene.pair.report(of: node))?.pair?.ledger?.sticks
        }

        private static func expectKnown(_ count: Int, at node: Int, in scene: Scene) {
            var last: LedgerStatus.Sticks?
            let isKnown = Patience.wait(.seconds(10)) {
                last = sticks(node, scene)
                return last?.known == count && last?.isComplete == true
            }
            #expect(isKnown, "\(last as Any)")
        }

        private static func ask(_ node: Int, _ scene: Scene, _ words: String...) throws -> String {
            try RuntimeAPIClient(path: scene.daemon(node).socketPath).request(words)
        }

        @Test func `one writer stays where it went: kill -9, restarts, failover back`() throws {
            let options = Self.options("stick-table type ip size 1000,stick on dst", "backup")
            try Scene.playComplete(options) { scene, holder in
                let other = 1 - holder
                #expect(try Self.writer(scene) == "galera-node01")
                scene.databases[0].stop()
                let isDown = try Patience.wait(.seconds(10)) {
                    try [0, 1].allSatisfy { try scene.status($0).servers[0].status == "DOWN" }
                }
                #expect(isDown)
                #expect(try Self.writer(scene) == "galera-node02")
                let again = try MySQLStandIn(on: scene.network[HostPlan.galera[0]])
                defer { again.stop() }
                #expect(try scene.waitUntilComplete() == holder)
                // It does not move back, and the other node knows.
                #expect(try Self.writer(scene) == "galera-node02")
                Self.expectKnown(1, at: other, in: scene)
                #expect(Self.sticks(holder, scene)?.told == 1)
                let table = try Self.ask(other, scene, "show", "table", "galera_cluster")
                #expect(table.contains("used:1"), "\(table)")
                #expect(table.contains("key=10.0.0.100"), "\(table)")
                #expect(table.contains("server_key=galera-node02"), "\(table)")

                try scene.daemon(holder).killBoth()
                #expect(
                    try scene.pair.waitForHolder(otherThan: holder, timeout: .seconds(10)) == other
                )
                #expect(try Self.writer(scene) == "galera-node02")

                try scene.daemon(holder).start()
                #expect(try scene.waitUntilComplete() == other)
                Self.expectKnown(1, at: holder, in: scene)
                #expect(try scene.daemon(holder).command("reload").status == .exited(0))
                let moved = try scene.daemon(other).command("failover")
                #expect(moved.status == .exited(0), "\(moved.standardError)")
                try scene.expectHolder(holder)
                #expect(try Self.writer(scene) == "galera-node02")
                #expect(try scene.waitUntilComplete() == holder)

                // The holder's word about its table counts on both nodes.
                _ = try Self.ask(holder, scene, "clear", "table", "galera_cluster")
                Self.expectKnown(0, at: other, in: scene)
                for node in 0...1 {
                    let drops = try #require(try scene.pairStatus(node).ledger?.drops)
                    #expect(drops.keys.allSatisfy { $0 == "unproven-boot" }, "\(drops)")
                }
            }
        }

        private static let crowd = 20_000

        /// Sessions of so many clients, each of another address, as a proxy in front tells them.
        private static func visit(_ scene: Scene, _ clients: Range<Int>) throws {
            let endpoint = Endpoint(HostPlan.virtualAddress, 3307)
            try scene.client.inside {
                for first in stride(from: clients.lowerBound, to: clients.upperBound, by: 100) {
                    var peers: [Int32] = []
                    defer { for peer in peers { close(peer) } }
                    for client in first..<min(first + 100, clients.upperBound) {
                        let address = IPAddress.v4(0x0B00_0000 + UInt32(client))
                        let socket = try Socket(.stream, for: endpoint.address)
                        try socket.connect(to: endpoint)
                        let raw = socket.release().release()
                        peers.append(raw)
                        let head = Array("PROXY TCP4 \(address) 10.0.0.100 1024 3307\r\n".utf8)
                        var entry = pollfd(fd: raw, events: Int16(POLLOUT), revents: 0)
                        guard unsafe poll(&entry, 1, 5000) == 1,
                            unsafe send(raw, head, head.count, Int32(MSG_NOSIGNAL))
                                == head.count
                        else { throw LabError("client \(client) cannot introduce itself") }
                    }
                    // Whose server has greeted him is in the table.
                    for peer in peers {
                        var entry = pollfd(fd: peer, events: Int16(POLLIN), revents: 0)
                        guard unsafe poll(&entry, 1, 5000) == 1 else {
                            throw LabError("a client was not served")
                        }
                    }
                }
            }
        }

        /// When datagrams about stick tables came.
        private static func tap(_ scene: Scene, _ node: Int) throws -> FrameTap {
            try FrameTap(on: scene.daemon(node).host, .ipv4) { frame in
                // Behind Ethernet, IPv4 and UDP: "HABP", kind 3, form 4.
                frame.count > 83 && Array(frame[42..<46]) == Array("HABP".utf8) && frame[48] == 3
                    && frame[83] == 4
            }
        }

        @Test func `20 000 sticky clients are known to a standby within a second of its start`()
            throws
        {
            let options = Self.options("stick-table type ip size 50k expire 30m,stick on src")
            try Scene.playComplete(options) { scene, holder in
                let other = 1 - holder
                let begunAt = Instant.now
                try Self.visit(scene, 0..<Self.crowd)
                let servedAt = Instant.now
                Self.expectKnown(Self.crowd, at: other, in: scene)
                print(
                    "sticks: \(Self.crowd) clients served in "
                        + "\((servedAt - begunAt).milliseconds) ms, all known "
                        + "\((Instant.now - servedAt).milliseconds) ms later"
                )
                #expect(try scene.daemon(other).stop() == .exited(0))
                let tap = try Self.tap(scene, other)
                try scene.daemon(other).start()
                try scene.daemon(other).waitUntilReady()
                Self.expectKnown(Self.crowd, at: other, in: scene)
                let times = tap.stop().map(\.at)
                let most = times.map { start in
                    times.count { $0 >= start && $0 - start < .milliseconds(200) }
                }.max()
                let first = try #require(times.first)
                // What the walk tells later adds nothing.
                let whole = try #require(times.count >= 179 ? times[178] : nil) - first
                print(
                    "sticks: told in \(whole.milliseconds) ms, at most \(most ?? 0) within 200 ms"
                )
                #expect(whole < .seconds(1))
                // 400 a second, and what was late on the way.
                #expect(try #require(most) <= 100)

                // They meet the servers that they met before.
                func rows(_ node: Int) throws -> Set<String> {
                    let table = try Self.ask(node, scene, "show", "table", "galera_cluster")
                    return Set(
                        table.split(separator: "\n").dropFirst().map { line in
                            line.split(separator: " ")
                                .filter { $0.hasPrefix("key=") || $0.hasPrefix("server_key=") }
                                .joined(separator: " ")
                        }
                    )
                }
                let copy = try Self.ask(other, scene, "show", "table", "galera_cluster")
                #expect(!copy.contains("exp=0"))
                let before = try rows(holder)
                #expect(before.count == Self.crowd)
                try scene.daemon(holder).killBoth()
                #expect(
                    try scene.pair.waitForHolder(otherThan: holder, timeout: .seconds(10)) == other
                )
                try Self.visit(scene, 0..<1000)
                #expect(try rows(other) == before)
            }
        }
    }
}
