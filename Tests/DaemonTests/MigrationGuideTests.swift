import Configuration
import ControlPlane
import Lab
import LinuxIO
import Primitives
import Testing

/// The examples of docs/MIGRATING.md: each loads without a warning, and does what is said of it.
extension BalancerSuites {
    @Suite struct MigrationGuideTests {
        private static let guide: String = {
            let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
            return (try? TextFile.read("/\(root)/docs/MIGRATING.md")) ?? ""
        }()

        /// The fenced configurations, in their order.
        private static let examples: [String] = guide.split(separator: "```haproxy\n")
            .dropFirst().compactMap { $0.split(separator: "```").first.map(String.init) }

        @Test func `every example loads without a warning`() throws {
            #expect(Self.examples.count == 3)
            for example in Self.examples {
                let file = SourceFile(name: "example", bytes: Array(example.utf8))
                let result = ConfigurationParser.parse([file])
                // That Pen's servers are not checked is a note.
                let remarks = result.diagnostics.filter { $0.severity > .note }
                #expect(remarks.isEmpty, "\(remarks.map(\.description))")
                #expect(result.configuration != nil)
            }
        }

        /// One of the examples with these databases in place of 10.0.0.1 and so on, ports of its
        /// own, and a quick `blacklist`.
        private struct Scene {
            let balancer: Balancer
            let databases: [MySQLStandIn]
            /// Of the `bind` lines behind the first, and of `glb-control`.
            let others: [Endpoint]

            init(_ number: Int) throws {
                balancer = try Balancer()
                databases = try (1...3).map { try database("galera\($0)") }
                let places = databases.map { "\($0.endpoint)" }
                let front = balancer.front
                var others: [Endpoint] = []
                var hasFront = false
                let example = try #require(
                    MigrationGuideTests.examples.indices.contains(number)
                        ? MigrationGuideTests.examples[number] : nil
                )
                var text = ""
                for line in example.split(separator: "\n") {
                    let words = line.split(separator: " ")
                    if ["bind", "glb-control"].contains(words.first) {
                        var place = front
                        if hasFront || words[0] != "bind" {
                            place = try Balancer().front
                            others.append(place)
                        } else {
                            hasFront = true
                        }
                        text += "    \(words[0]) \(place)\n"
                        continue
                    }
                    var line = String(line).replacing("blacklist 30s", with: "blacklist 2s")
                    for (index, place) in places.enumerated() {
                        line = line.replacing("10.0.0.\(index + 1):3306", with: place)
                    }
                    text += line + "\n"
                }
                self.others = others
                let directory = balancer.directory.path
                let global = """
                    global
                        state-dir \(directory)/state
                        stats socket \(balancer.socketPath) level admin

                    """
                try TextFile.write(global + text, to: balancer.configurationPath)
                try balancer.start()
            }

            func stop() { for database in databases { database.stop() } }

            /// How many sessions each database has had.
            var counts: [Int] { databases.map(\.statistics.accepted) }
        }

        @Test func `the section for users of the Galera Load Balancer`() throws {
            let scene = try Scene(0)
            defer { scene.stop() }
            let areUp = try Patience.wait(.seconds(5)) {
                try scene.balancer.report().servers.allSatisfy { $0.status == "UP" }
            }
            #expect(areUp)
            let sessions = try (0..<10).map { _ in try TestClient(scene.balancer.front) }
            for session in sessions { #expect(try session.isServed()) }
            let control = try #require(scene.others.first)
            let info = try GLBClient(control).ask("getinfo\n")
            let rows = info.split(separator: "\n").dropFirst(3).prefix(3)
            #expect(rows.map { $0.split(separator: " ").last } == ["3", "3", "4"], "\(info)")
            for session in sessions { #expect(session.isSilent(for: .zero)) }
            // It is checked: a dead one is out before the next client comes.
            scene.databases[2].stop()
            let isDown = try Patience.wait(.seconds(8)) {
                try scene.balancer.report().servers.last?.status == "DOWN"
            }
            #expect(isDown)
            #expect(try serves(scene.balancer.front))
        }

        @Test func `the section for users of Pen`() throws {
            let scene = try Scene(1)
            defer { scene.stop() }
            // One client address: always the same server.
            for _ in 0..<5 { #expect(try serves(scene.balancer.front)) }
            let home = try #require(scene.counts.firstIndex(of: 5))
            #expect(home < 2)
            let other = 1 - home
            scene.databases[home].stop()
            for _ in 0..<3 { #expect(try serves(scene.balancer.front)) }
            #expect(scene.counts[other] == 3 && scene.counts[2] == 0)
            // Only the first of the three has met the dead one.
            #expect(try scene.balancer.stat("db\(home + 1)", "wredis") == "1")
            scene.databases[other].stop()
            #expect(try serves(scene.balancer.front))
            #expect(scene.counts[2] == 1)
            let status = try scene.balancer.report().servers[other].check
            #expect(status.hasPrefix("a connect failed: no sessions for "), "\(status)")
        }

        @Test func `the section for users of MySQL Proxy`() throws {
            let scene = try Scene(2)
            defer { scene.stop() }
            let areUp = try Patience.wait(.seconds(5)) {
                try scene.balancer.report().servers.allSatisfy { $0.status == "UP" }
            }
            #expect(areUp)
            let reader = try #require(scene.others.first)
            let writes = try (0..<4).map { _ in try TestClient(scene.balancer.front) }
            let reads = try (0..<20).map { _ in try TestClient(reader) }
            for client in writes + reads { #expect(try client.isServed()) }
            func sessions(_ proxy: String) throws -> [Int] {
                try scene.balancer.report().servers.filter { $0.proxy == proxy }.map(\.sessions)
            }
            #expect(try sessions("write") == [4, 0, 0])
            let read = try sessions("read")
            #expect(read.reduce(0, +) == 20 && read[0] <= 2, "\(read)")
            for client in writes + reads { #expect(client.isSilent(for: .zero)) }
            scene.databases[0].stop()
            let hasMoved = try Patience.wait(.seconds(8)) {
                try scene.balancer.report().servers.first?.status == "DOWN"
            }
            #expect(hasMoved)
            #expect(try serves(scene.balancer.front))
            #expect(try scene.balancer.stat("galera-node02", "stot") == "1")
        }
    }
}
