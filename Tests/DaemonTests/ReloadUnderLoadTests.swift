import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

/// `reload` while a thousand sessions are at work and clients come.
extension BalancerSuites {
    @Suite struct ReloadUnderLoadTests {
        private static let sessions = 1000
        private static let reloads = 20

        private struct Usage {
            var descriptors: Int
            /// Anonymous memory in KiB.
            var memory: Int
        }

        private func usage(_ balancer: Balancer) throws -> Usage {
            let pid = try #require(balancer.daemonPID)
            let listing = try Command.check("ls", ["/proc/\(pid)/fd"])
            let status = try TextFile.read("/proc/\(pid)/status")
            let line = try #require(
                status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
            )
            return Usage(
                descriptors: listing.split(separator: "\n").count,
                memory: try #require(Int(line.split(separator: " ")[1]))
            )
        }

        /// Each round another set of servers, weights, rules and limits; one and two are in all.
        private func configure(_ balancer: Balancer, _ round: Int, _ servers: [MySQLStandIn]) throws
        {
            let isOdd = round % 2 == 1
            var lines = [
                "balance \(isOdd ? "leastconn" : "roundrobin")",
                "stick-table type ip size \(10 + round)", "stick store-request src",
                "option mysql-check",
                "server one \(servers[0].endpoint) weight \(1 + round % 7) check inter 200ms",
                "server two \(servers[1].endpoint) weight \(1 + round % 5) check inter 200ms",
            ]
            if isOdd {
                lines.append("server three \(servers[2].endpoint) check inter 100ms")
                lines.append("server gone 127.0.0.1:9 check inter 100ms")
                lines.append("tcp-request connection reject if { src 10.9.9.0/24 }")
            }
            try balancer.configure(more: lines.map { "    " + $0 })
        }

        @Test func `nothing fails, nothing drops, nothing stays behind`() throws {
            let servers = try ["one", "two", "three"].map { try database($0) }
            defer { for server in servers { server.stop() } }
            let balancer = try Balancer()
            try configure(balancer, 0, servers)
            try balancer.start()
            #expect(try Patience.wait(.seconds(5)) { try balancer.stat("two", "status") == "UP" })
            // What the first sessions and reloads leave for the next ones is there from then on.
            try play(balancer, servers, reloads: 2)
            let before = try usage(balancer)
            try play(balancer, servers, reloads: Self.reloads)
            let isBack = try Patience.wait(.seconds(10)) {
                try usage(balancer).descriptors <= before.descriptors
                    && usage(balancer).memory <= before.memory + 2048
            }
            let after = try usage(balancer)
            print("reload: \(before) before, \(after) after")
            #expect(isBack, "\(before) before, \(after) after")
        }

        private func play(_ balancer: Balancer, _ servers: [MySQLStandIn], reloads: Int) throws {
            let holder = try SessionHolder(Self.sessions, from: nil, to: balancer.front)
            #expect(holder.waitUntilOpen(timeout: .seconds(20)))
            let meter = try OutageMeter(from: nil, to: balancer.front)
            for round in 1...reloads {
                try configure(balancer, round, servers)
                let result = try balancer.command("reload")
                #expect(result.status == .exited(0), "\(result.standardError)")
                Patience.pause(.milliseconds(300))
            }
            let log = meter.stop()
            let reports = holder.stop()
            #expect(log.failureCount == 0, "\(log.failures)")
            #expect(log.attempts > reloads * 100)
            #expect(reports.allSatisfy { $0.loss == nil }, "\(Set(reports.compactMap(\.loss)))")
            print(
                "reload: \(reloads) times, \(log.attempts) connections, \(reports.count) sessions,"
                    + " slowest connection \(log.slowest), longest pause"
                    + " \(reports.map(\.longestPause).max() ?? .zero)"
            )
            #expect(try Patience.wait(.seconds(5)) { try balancer.info("CurrConns") == "0" })
            // Retired servers have given their places back.
            #expect(try balancer.stat("BACKEND", "scur") == "0")
        }
    }
}
