import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// The article's scene with everything real: MariaDB Galera, its own client,
    /// `deploy/grants.sql`.
    @Suite struct GaleraTests {
        @Test func `queries rotate over a real cluster and go on after a kill and a power cut`()
            throws
        {
            let network = try LabNetwork()
            defer { try? network.close() }
            let cluster = try GaleraCluster(in: network, grants: try Self.grants())
            defer { cluster.stop() }
            let pair = try LabPair(in: network, binary: BinaryLocator.path)
            try pair.start()
            for daemon in pair.daemons { try Self.waitForServers(daemon) }

            let inTurn = ["galera-node01", "galera-node02", "galera-node03"]
            let names = try (0..<6).map { _ in try Self.nodeName(network) }
            // The first one may be any of them; from there on they come in turn.
            let first = try #require(inTurn.firstIndex(of: names[0]))
            #expect(names == (0..<6).map { inTurn[(first + $0) % 3] })
            // Databases see the virtual IP, whichever balancer relays.
            #expect(try Self.ask(network, "select current_user()") == "app@10.0.0.100")

            let killed = try #require(try pair.waitForHolder(timeout: .seconds(5)))
            try Self.expectShortOutage(network, pair, from: killed) {
                try pair.daemons[killed].signalDaemon(SIGKILL)
            }
            #expect(inTurn.contains(try Self.nodeName(network)))
            #expect(try Self.ask(network, "select current_user()") == "app@10.0.0.100")
            try Self.waitForServers(pair.daemons[killed])

            let off = 1 - killed
            try Self.expectShortOutage(network, pair, from: off) {
                try network.powerOff(pair.daemons[off].host)
            }
            #expect(Set(try (0..<3).map { _ in try Self.nodeName(network) }) == Set(inTurn))
        }

        /// The file that the README tells people to run.
        private static func grants(_ here: String = #filePath) throws -> String {
            let root = here.split(separator: "/").dropLast(3).joined(separator: "/")
            return "/\(root)/deploy/grants.sql"
        }

        private static func waitForServers(_ daemon: LabDaemon) throws {
            let areUp = try Patience.wait(.seconds(15)) {
                let status = try daemon.command("status").standardOutput
                return status.split(separator: "\n").count { $0.contains(" UP ") } == 3
            }
            guard areUp else { throw LabError("the servers are not up:\n\(daemon.log)") }
        }

        private static func nodeName(_ network: LabNetwork) throws -> String {
            let row = try ask(network, "show variables like 'wsrep_node_name'")
            return String(row.split(separator: "\t").last ?? "")
        }

        private static func ask(_ network: LabNetwork, _ query: String) throws -> String {
            let result = try network[.client].run(
                "mariadb",
                [
                    "--no-defaults", "--host=\(HostPlan.virtualAddress)", "--connect-timeout=5",
                    "--user=\(GaleraCluster.user)", "--password=\(GaleraCluster.password)",
                    "--skip-column-names", "--batch", "--execute=\(query)",
                ]
            )
            guard result.status.isSuccess else {
                throw LabError("mariadb: \(result.standardError)")
            }
            return result.standardOutput.split(separator: "\n").first.map(String.init) ?? ""
        }

        private static func expectShortOutage(
            _ network: LabNetwork,
            _ pair: LabPair,
            from old: Int,
            _ act: () throws -> Void
        ) throws {
            let target = Endpoint(HostPlan.virtualAddress, 3306)
            let meter = try OutageMeter(from: network[.client], to: target)
            #expect(meter.waitForRecovery(timeout: .seconds(5)))
            try act()
            let other = pair.daemons[1 - old].host
            let moved = try Patience.wait(.seconds(5)) {
                try other.addresses().contains(HostPlan.virtualAddress)
            }
            #expect(moved)
            #expect(meter.waitForRecovery(timeout: .seconds(10)))
            let report = meter.stop()
            #expect(report.longest <= .milliseconds(500))
            #expect(report.ongoingSince == nil)
        }
    }
}
