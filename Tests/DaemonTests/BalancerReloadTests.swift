import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

/// A new configuration in the running program: all of it, or nothing.
extension BalancerSuites {
    @Suite struct BalancerReloadTests {
        @Test func `a reload by signal changes servers and weights while a session lives`() throws {
            let balancer = try Balancer()
            let (one, two) = (try database("one"), try database("two"))
            try balancer.configure("server one \(one.endpoint) weight 3")
            try balancer.start()
            let old = try SessionHolder(1, from: nil, to: balancer.front)
            try #require(old.waitUntilOpen(timeout: .seconds(3)))
            #expect(try balancer.stat("one", "weight") == "3")

            try balancer.configure(
                "server one \(one.endpoint) weight 0",
                "server two \(two.endpoint) weight 7"
            )
            balancer.signal(SIGHUP)
            #expect(try Patience.wait(.seconds(5)) { try balancer.stat("two", "weight") == "7" })
            #expect(try balancer.stat("one", "weight") == "0")
            #expect(try balancer.stat("one", "scur") == "1")
            let new = try SessionHolder(4, from: nil, to: balancer.front)
            #expect(new.waitUntilOpen(timeout: .seconds(3)))
            #expect(Set(new.stop().map(\.node)) == ["two"])
            let answers = old.sessions[0].answers
            #expect(Patience.wait(.seconds(3)) { old.sessions[0].answers > answers })
            #expect(old.stop().first?.loss == nil)
            #expect(balancer.log.contains("reload: configuration loaded from"))
        }

        @Test func `a reload with mistakes changes nothing, and says why`() throws {
            let balancer = try Balancer()
            let server = try database("one")
            try balancer.configure("server one \(server.endpoint) weight 3")
            try balancer.start()
            let digest = try balancer.report().configuration.digest
            try balancer.configure("server one \(server.endpoint) wieght 9", "retrys 3")
            let result = try balancer.command("reload")
            #expect(result.status == .exited(1))
            let path = balancer.configurationPath
            #expect(result.standardError.hasPrefix("ha-balancer: 2 errors\n"))
            #expect(result.standardError.contains("\(path):10:"))
            #expect(result.standardError.contains("did you mean 'weight'?"))
            #expect(result.standardError.contains("did you mean 'retries'?"))
            #expect(try balancer.stat("one", "weight") == "3")
            #expect(try balancer.report().configuration.digest == digest)
            #expect(balancer.log.contains("reload refused, nothing was changed: 2 errors"))
        }

        @Test func `what needs a restart is refused by its name`() throws {
            let balancer = try Balancer()
            try balancer.configure("server one 127.0.0.1:9", global: ["nbthread 1"])
            try balancer.start()
            try balancer.configure("server one 127.0.0.1:9 weight 5", global: ["nbthread 2"])
            let result = try balancer.command("reload")
            #expect(result.status == .exited(1))
            #expect(
                result.standardError
                    == "ha-balancer: nbthread cannot be changed while running: restart ha-balancer\n"
            )
            #expect(try balancer.stat("one", "weight") == "1")
        }

        @Test func `a port that is taken refuses the whole reload`() throws {
            let balancer = try Balancer()
            try balancer.configure("server one 127.0.0.1:9")
            try balancer.start()
            let other = try database("in the way")
            let more = ["listen more", "    bind \(other.endpoint)", "    server s 127.0.0.1:9"]
            try balancer.configure("server one 127.0.0.1:9 weight 5", more: more)
            let result = try balancer.command("reload")
            #expect(result.status == .exited(1))
            #expect(result.standardError.contains("\(other.endpoint): Address already in use"))
            #expect(try balancer.stat("one", "weight") == "1")
            #expect(try balancer.report().frontends.map(\.name) == ["db"])
            // And the daemon is in order: the next good one is taken.
            try balancer.configure("server one 127.0.0.1:9 weight 6")
            #expect(try balancer.command("reload").status == .exited(0))
            #expect(try balancer.stat("one", "weight") == "6")
        }

        @Test func `sections come, go and come back under their names`() throws {
            let balancer = try Balancer()
            let server = try database("one")
            let line = "server one \(server.endpoint)"
            let port = try #require(try? Balancer()).front
            let more = ["listen more", "    bind \(port)", "    server s \(server.endpoint)"]
            try balancer.configure(line)
            try balancer.start()
            let daemon = try #require(balancer.daemonPID)
            for round in 0..<3 {
                try balancer.configure(line, more: more)
                #expect(try balancer.command("reload").status == .exited(0), "\(balancer.log)")
                #expect(try balancer.report().frontends.map(\.name) == ["db", "more"])
                let session = try SessionHolder(1, from: nil, to: port)
                #expect(session.waitUntilOpen(timeout: .seconds(3)))
                #expect(session.stop().first?.loss == nil, "round \(round)")
                try balancer.configure(line)
                #expect(try balancer.command("reload").status == .exited(0), "\(balancer.log)")
                #expect(try balancer.report().frontends.map(\.name) == ["db"])
            }
            #expect(balancer.daemonPID == daemon, "\(balancer.log)")
        }

        @Test func `a file that went away changes nothing`() throws {
            let balancer = try Balancer()
            try balancer.configure("server one 127.0.0.1:9")
            try balancer.start()
            try Command.check("rm", [balancer.configurationPath])
            let result = try balancer.command("reload")
            #expect(result.status == .exited(1))
            #expect(result.standardError.contains("cannot read it: No such file or directory"))
            #expect(try balancer.ask("show", "version").isEmpty == false)
        }
    }
}
