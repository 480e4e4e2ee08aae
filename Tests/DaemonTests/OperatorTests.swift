import ControlPlane
import Lab
import LinuxIO
import Primitives
import Testing

/// What the operator's commands about frontends, limits and counters do to real clients.
extension BalancerSuites {
    @Suite struct OperatorTests {
        @Test func `a disabled frontend refuses, its sessions live, and a reload leaves it so`()
            throws
        {
            try withSession { balancer, session in
                #expect(try balancer.ask("disable", "frontend", "db") == "")
                #expect(try refuses(balancer.front))
                #expect(try balancer.stat("FRONTEND", "status") == "PAUSED")
                #expect(try balancer.stat("FRONTEND", "scur") == "1")
                #expect(
                    try balancer.report().alarms == ["db is disabled: its ports refuse connections"]
                )
                #expect(try balancer.command("reload").status == .exited(0))
                #expect(try refuses(balancer.front))
                #expect(try balancer.ask("enable", "frontend", "db") == "")
                let next = try TestClient(balancer.front)
                #expect(try next.isServed())
                #expect(try balancer.ask("shutdown", "frontend", "db") == "")
                #expect(try refuses(balancer.front))
                #expect(try balancer.stat("FRONTEND", "scur") == "2")
                // The file says that it is to be there.
                #expect(try balancer.command("reload").status == .exited(0))
                let last = try TestClient(balancer.front)
                #expect(try last.isServed())
                for text in ["Paused frontend db.", "Resumed frontend db.", "Proxy db stopped"] {
                    #expect(balancer.log.contains(text), "\(text)")
                }
            }
        }

        @Test func `limits that are raised let those in who wait`() throws {
            let server = try database("one")
            defer { server.stop() }
            let balancer = try Balancer()
            try balancer.configure("timeout queue 20s", "server s1 \(server.endpoint)")
            try balancer.start()
            for (narrow, wide) in [
                ("set maxconn frontend db 1", "set maxconn frontend db 9"),
                ("set maxconn global 1", "set maxconn global 0"),
                ("set maxconn server db/s1 1", "set maxconn server db/s1 0"),
            ] {
                let words = { (line: String) in line.split(separator: " ").map(String.init) }
                #expect(try balancer.ask(words(narrow)) == "")
                do {
                    let first = try TestClient(balancer.front)
                    #expect(try first.isServed())
                    let second = try TestClient(balancer.front)
                    #expect(try !second.isServed(within: .milliseconds(200)), "\(narrow)")
                    #expect(try balancer.ask(words(wide)) == "")
                    #expect(try second.isServed(), "\(wide)")
                    #expect(first.isSilent(for: .zero))
                }
                #expect(
                    try Patience.wait(.seconds(5)) {
                        try balancer.stat("FRONTEND", "scur") == "0"
                    }
                )
            }
        }

        @Test func `cleared counters begin again, and sessions of now stay`() throws {
            try withSession { balancer, session in
                func row(_ service: String) throws -> [String?] {
                    try ["scur", "smax", "stot", "bout"].map { try balancer.stat(service, $0) }
                }
                let services = ["FRONTEND", "s1", "BACKEND"]
                let before = try row("s1")
                #expect(before[0...2] == ["1", "1", "1"] && before[3] != "0")
                #expect(try balancer.ask("clear", "counters") == "")
                for service in services {
                    let row = try row(service)
                    #expect(row == ["1", "0", "1", before[3]], "\(service)")
                }
                #expect(try balancer.ask("clear", "counters", "all") == "")
                for service in services {
                    #expect(try row(service) == ["1", "0", "0", "0"], "\(service)")
                }
                #expect(try balancer.ask("show", "info").contains("CumConns: 1\n"))
                let next = try TestClient(balancer.front)
                #expect(try next.isServed())
                for service in services { #expect(try row(service)[2] == "1", "\(service)") }
            }
        }
    }
}
