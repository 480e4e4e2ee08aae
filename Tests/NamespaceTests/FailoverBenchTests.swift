import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// `make failover-bench`, as much of it as takes a moment.
    @Suite struct FailoverBenchTests {
        /// Built beside the program.
        private static let bench =
            BinaryLocator.path.split(separator: "/", omittingEmptySubsequences: false)
            .dropLast().joined(separator: "/") + "/failover-bench"

        private static func words(_ events: String, json: String) -> [String] {
            [
                "--binary", BinaryLocator.path, "--contenders", "ha-balancer", "--settings",
                "default", "--repeats", "1", "--events", events, "--json", json,
            ]
        }

        @Test func `it measures, prints a table and writes the figures`() throws {
            let folder = try TemporaryDirectory("bench")
            let json = folder.path + "/figures.json"
            let events = "balancer-killed,heartbeat-blocked"
            let result = try Command.run(Self.bench, Self.words(events, json: json))
            #expect(result.status == .exited(0), "\(result.standardError)")
            let row = try #require(
                result.standardOutput.firstMatch(of: #/\| kill -9 of the balancer \| (\d+)\//#)
            )
            #expect(try #require(Int(row.output.1)) < 500)
            #expect(result.standardOutput.contains("| heartbeat path blocked"))
            let figures = try TextFile.read(json)
            #expect(
                figures.contains("\"scenario\": \"balancer-killed\", \"samples\": [{\"outage\"")
            )
        }

        @Test func `interrupted, it leaves nothing behind`() throws {
            let folder = try TemporaryDirectory("bench")
            let bench = try ChildProcess.spawn(
                Self.bench,
                Self.words("hang", json: folder.path + "/figures.json")
            )
            var player: Int32?
            let hasBegun = try Patience.wait(.seconds(15)) {
                let text = try? TextFile.read("/proc/\(bench.pid)/task/\(bench.pid)/children")
                player = text?.split(separator: " ").first.flatMap { Int32($0) }
                guard let player else { return false }
                return try Command.run("ls", ["/run/netns"]).standardOutput.contains("hb\(player)-")
            }
            #expect(hasBegun)
            bench.kill(SIGINT)
            #expect(bench.wait(timeout: .seconds(15)) == .exited(1))
            let left = try Command.run("ls", ["/run/netns"]).standardOutput
            #expect(!left.contains("hb\(try #require(player))-"))
        }

        @Test func `what it does not know is wrong usage`() throws {
            let result = try Command.run(Self.bench, ["--events", "earthquake"])
            #expect(result.status == .exited(2))
            #expect(result.standardError.contains("balancer-killed"))
        }
    }
}
