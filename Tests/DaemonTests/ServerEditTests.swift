import ControlPlane
import Lab
import LinuxIO
import Primitives
import Testing

/// What the servers of now mean for clients, reports and the next reload.
extension BalancerSuites {
    @Suite struct ServerEditTests {
        @Test func `an added server is checked, serves, shows everywhere, and a reload forgets it`()
            throws
        {
            let two = try database("two")
            defer { two.stop() }
            try withBalancer { balancer in
                let digest = try balancer.report().configuration.digest
                let words = ["db/s2", "\(two.endpoint)", "check", "inter", "20ms"]
                #expect(try balancer.ask(["add", "server"] + words) == "New server registered.\n")
                #expect(try balancer.stat("s2", "status") == "MAINT")
                #expect(try balancer.ask("disable", "server", "db/s1") == "")
                #expect(try balancer.report().configuration.digest != digest)
                #expect(try balancer.ask("enable", "health", "db/s2") == "")
                #expect(try balancer.ask("enable", "server", "db/s2") == "")
                #expect(
                    try Patience.wait(.seconds(5)) { try balancer.stat("s2", "status") == "UP" }
                )
                #expect(try balancer.stat("s2", "check_status") == "L4OK")
                #expect(try serves(balancer.front))
                #expect(try balancer.stat("s2", "stot") == "1")
                let shown = try balancer.report().servers.map(\.name)
                #expect(shown == ["s1", "s2"])
                #expect(try balancer.command("reload").status == .exited(0))
                #expect(try balancer.stat("s2", "status") == nil)
                #expect(try balancer.report().configuration.digest == digest)
                let text = "forgotten is that db/s2 was added, \(two.endpoint)"
                #expect(balancer.log.contains(text), "\(balancer.log)")
            }
        }

        @Test func `a server without its checks serves as soon as it is enabled`() throws {
            let two = try database("two")
            defer { two.stop() }
            try withBalancer { balancer in
                let words = ["db/s2", "\(two.endpoint)", "check"]
                _ = try balancer.ask(["add", "server"] + words)
                _ = try balancer.ask("disable", "server", "db/s1")
                _ = try balancer.ask("enable", "server", "db/s2")
                #expect(try balancer.stat("s2", "status") == "UP")
                #expect(try serves(balancer.front))
                #expect(try balancer.stat("s2", "stot") == "1")
            }
        }

        @Test func `a server with sessions stays, and goes when they have ended`() throws {
            try withSession { balancer, session in
                _ = try balancer.ask("disable", "server", "db/s1")
                let refusal = "Server still has connections attached to it, cannot remove it."
                #expect(try balancer.ask("del", "server", "db/s1") == refusal)
                #expect(session.isSilent())
                _ = try balancer.ask("shutdown", "sessions", "server", "db/s1")
                let isGone = try Patience.wait(.seconds(5)) {
                    try balancer.ask("del", "server", "db/s1") == "Server deleted."
                }
                #expect(isGone)
                #expect(try !serves(balancer.front, within: .seconds(1)))
                // The way back, into a backend that has no server at all.
                #expect(try balancer.command("reload").status == .exited(0))
                #expect(balancer.log.contains("forgotten is that db/s1 was removed"))
                _ = try balancer.ask("enable", "server", "db/s1")
                #expect(try serves(balancer.front))
            }
        }

        @Test func `the last server goes, and another one comes in its place`() throws {
            let two = try database("two")
            defer { two.stop() }
            try withBalancer { balancer in
                _ = try balancer.ask("disable", "server", "db/s1")
                #expect(try balancer.ask("del", "server", "db/s1") == "Server deleted.")
                let words = ["db/s2", "\(two.endpoint)", "enabled"]
                #expect(try balancer.ask(["add", "server"] + words) == "New server registered.\n")
                #expect(try serves(balancer.front))
                #expect(try balancer.stat("s2", "stot") == "1")
            }
        }

        @Test func `a server that moves takes new sessions there, and the old ones go on`() throws {
            let two = try database("two")
            defer { two.stop() }
            try withSession { balancer, session in
                let port = "\(two.endpoint.port)"
                let place = ["set", "server", "db/s1", "addr", "127.0.0.1", "port", port]
                let reply = try balancer.ask(place)
                #expect(reply.hasPrefix("no need to change the addr, port "))
                #expect(try serves(balancer.front))
                #expect(two.statistics.accepted == 1)
                #expect(session.isSilent())
                #expect(try balancer.stat("s1", "scur") == "1")
            }
        }

        @Test func `an edit opens no frontend that was shut down`() throws {
            try withBalancer { balancer in
                _ = try balancer.ask("shutdown", "frontend", "db")
                let words = ["db/s2", "127.0.0.1:9"]
                #expect(try balancer.ask(["add", "server"] + words) == "New server registered.\n")
                #expect(try refuses(balancer.front))
            }
        }

        @Test(arguments: [
            ("127.0.0.1", "has no port"), ("127.0.0.1:9 foo", "unknown option 'foo'"),
            ("127.0.0.1:9 weight 300", "out of range"), ("nosuch.invalid:9", "cannot resolve"),
            ("127.0.0.1:9 cookie x", "'cookie' is not supported"),
        ])
        func `what cannot be served is refused in words`(_ line: String, _ text: String) throws {
            try withBalancer { balancer in
                let words = line.split(separator: " ").map(String.init)
                let reply = try balancer.ask(["add", "server", "db/s2"] + words)
                #expect(reply.contains(text), "\(reply)")
                #expect(try balancer.stat("s2", "status") == nil)
                #expect(try serves(balancer.front))
            }
        }
    }
}
