import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

/// What the real program tells of itself: runtime API, status and log.
extension BalancerSuites {
    @Suite struct BalancerReportTests {
        @Test func `show info tells process, limits and connections`() throws {
            let balancer = try Balancer()
            let server = try database("one")
            try balancer.configure("server one \(server.endpoint)", global: ["nbthread 2"])
            // As a service manager starts it: a low soft limit below a high hard one.
            try balancer.start(shell: "ulimit -Sn 1024")
            let daemon = try #require(balancer.daemonPID)
            #expect(try balancer.info("Pid") == "\(daemon)")
            #expect(try balancer.info("Nbthread") == "2")
            #expect(try balancer.info("node") == "here")
            #expect(try balancer.info("Listeners") == "1")
            let limit = try #require(try balancer.info("Ulimit-n").flatMap { Int($0) })
            #expect(limit > 1024)
            #expect(try balancer.info("Maxconn") == "\(min((limit - 512) / 2, 1 << 20))")
            let sessions = try SessionHolder(3, from: nil, to: balancer.front)
            #expect(sessions.waitUntilOpen(timeout: .seconds(3)))
            #expect(try balancer.info("CurrConns") == "3")
            sessions.stop()
            #expect(try Patience.wait(.seconds(3)) { try balancer.info("CurrConns") == "0" })
            #expect(try balancer.info("CumConns") == "3")
        }

        @Test func `show stat has a row for frontend, servers and backend with their numbers`()
            throws
        {
            let balancer = try Balancer()
            let one = try database("one")
            try balancer.configure(
                "maxconn 50",
                "option mysql-check",
                "server one \(one.endpoint) weight 2 check inter 100 rise 1",
                "server gone 127.0.0.1:9 check inter 100 fall 1",
                "server spare \(one.endpoint) backup",
                "server off \(one.endpoint) disabled"
            )
            try balancer.start()
            // A check that runs has a star before the result of the last one.
            #expect(
                try Patience.wait(.seconds(5)) {
                    try balancer.stat("gone", "check_status")?.hasSuffix("L4CON") == true
                }
            )
            #expect(try balancer.stat("gone", "status") == "DOWN")
            #expect(try Patience.wait(.seconds(5)) { try balancer.stat("one", "status") == "UP" })
            #expect(try balancer.stat("one", "check_status")?.hasSuffix("L7OK") == true)
            #expect(try balancer.stat("off", "status") == "MAINT")
            #expect(try balancer.stat("spare", "status") == "no check")
            #expect(try balancer.stat("spare", "bck") == "1")
            #expect(try balancer.stat("FRONTEND", "slim") == "50")
            #expect(try balancer.stat("FRONTEND", "status") == "OPEN")
            let sessions = try SessionHolder(2, from: nil, to: balancer.front)
            #expect(sessions.waitUntilOpen(timeout: .seconds(3)))
            for row in ["FRONTEND", "one", "BACKEND"] {
                #expect(try balancer.stat(row, "scur") == "2", "\(row)")
                #expect(try balancer.stat(row, "stot") == "2", "\(row)")
                #expect(try balancer.stat(row, "bout").flatMap { Int($0) } ?? 0 > 100, "\(row)")
            }
            #expect(try balancer.stat("BACKEND", "act") == "1")
            #expect(try balancer.stat("BACKEND", "bck") == "1")
            sessions.stop()
            #expect(try Patience.wait(.seconds(3)) { try balancer.stat("BACKEND", "scur") == "0" })
        }

        @Test func `the status of a plain balancer has no pair, and an alarm when nothing works`()
            throws
        {
            let balancer = try Balancer()
            try balancer.configure("server gone 127.0.0.1:9 check inter 100 fall 1")
            try balancer.start()
            #expect(
                try Patience.wait(.seconds(5)) {
                    try balancer.report().alarms
                        == ["db has no usable server: every connection is refused"]
                }
            )
            let result = try balancer.command("status", "--json")
            #expect(result.status == .exited(0))
            let report = try StatusReport(json: result.standardOutput)
            #expect(report.pair == nil)
            #expect(report.nodeName == "here")
            #expect(report.configuration.file == balancer.configurationPath)
            #expect(report.configuration.digest.utf8.count == 8)
            #expect(report.frontends.map(\.endpoint) == ["\(balancer.front)"])
            #expect(report.servers.map(\.name) == ["gone"])
            #expect(report.servers.first?.check.hasPrefix("L4CON ") == true)
            let text = try balancer.command("status")
            #expect(text.status == .exited(0))
            #expect(text.standardOutput.contains("db has no usable server"))
            let failover = try balancer.command("failover")
            #expect(failover.status == .exited(1))
            #expect(failover.standardError.contains("there is no pair section"))
        }

        @Test func `sessions and changes of health arrive at a syslog server`() throws {
            let balancer = try Balancer()
            let syslog = try SyslogReceiver()
            let server = try database("one")
            try balancer.configure(
                "log global",
                "option tcplog",
                "server one \(server.endpoint)",
                "server gone 127.0.0.1:9 check inter 100 fall 1",
                global: ["log \(syslog.target) local3", "log-tag lab"]
            )
            try balancer.start()
            var lines: [String] = []
            #expect(
                try Patience.wait(.seconds(5)) {
                    lines += try syslog.lines()
                    return lines.contains { $0.contains("Server db/gone is DOWN") }
                }
            )
            let session = try SessionHolder(1, from: nil, to: balancer.front)
            #expect(session.waitUntilOpen(timeout: .seconds(3)))
            session.stop()
            #expect(
                try Patience.wait(.seconds(5)) {
                    lines += try syslog.lines()
                    return lines.contains { $0.contains("] db db/one ") }
                },
                "\(lines)"
            )
            let line = try #require(lines.first { $0.contains("] db db/one ") })
            #expect(line.hasPrefix("<158>"))
            #expect(line.contains(" lab[\(balancer.daemonPID ?? 0)]: 127.0.0.1:"))
            balancer.signal(SIGTERM)
            #expect(try balancer.end() == .exited(0))
            #expect(try syslog.lines().contains { $0.contains("stopping") })
        }
    }
}
