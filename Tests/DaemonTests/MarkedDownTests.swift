import Lab
import NIOCore
import NIOPosix
import Primitives
import Testing

/// Sessions of servers that a check, or the operator, takes out.
extension BalancerSuites {
    @Suite struct MarkedDownTests {
        @Test func `sessions of a server that fails its check are reset, and the pool goes on`()
            throws
        {
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            defer { try? group.syncShutdownGracefully() }
            let synced = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            let agent = try AnswerServer(.text(synced), on: group)
            defer { agent.close() }
            let (one, two) = (try database("one"), try database("two"))
            defer { for server in [one, two] { server.stop() } }
            let balancer = try Balancer()
            try balancer.configure(
                "option tcplog",
                "option httpchk",
                "log stdout format raw local0",
                "default-server inter 50ms rise 1 fall 1 on-marked-down shutdown-sessions",
                "server one \(one.endpoint) check port \(agent.endpoint.port)",
                "server two \(two.endpoint) check backup"
                    + " port \(agent.endpoint.port)"
            )
            try balancer.start()
            #expect(try Patience.wait(.seconds(5)) { try balancer.stat("one", "status") == "UP" })
            let holder = try SessionHolder(5, from: nil, to: balancer.front)
            #expect(holder.waitUntilOpen(timeout: .seconds(5)))
            agent.answer(.text("HTTP/1.1 503 Not synced\r\nContent-Length: 0\r\n\r\n"))
            let areReset = Patience.wait(.seconds(5)) {
                holder.sessions.allSatisfy { $0.loss == .reset }
            }
            #expect(areReset, "\(holder.sessions.map(\.loss))")
            #expect(try balancer.stat("one", "status") == "DOWN")
            #expect(try balancer.stat("one", "check_code") == "503")
            #expect(Patience.wait(.seconds(3)) { balancer.log.contains(" D- ") })
            #expect(balancer.log.contains("is DOWN, reason: Layer7 wrong status, code: 503"))
            agent.answer(.text(synced))
            #expect(try Patience.wait(.seconds(5)) { try balancer.stat("one", "status") == "UP" })
            let next = try SessionHolder(5, from: nil, to: balancer.front)
            #expect(next.waitUntilOpen(timeout: .seconds(5)))
        }

        @Test func `a server that is back ends the sessions of the backup`() throws {
            let (one, two) = (try database("one"), try database("two"))
            defer { for server in [one, two] { server.stop() } }
            let balancer = try Balancer()
            try balancer.configure(
                "option tcplog",
                "log stdout format raw local0",
                "server one \(one.endpoint) on-marked-up shutdown-backup-sessions",
                "server two \(two.endpoint) backup"
            )
            try balancer.start()
            _ = try balancer.ask("disable", "server", "db/one")
            let holder = try SessionHolder(3, from: nil, to: balancer.front)
            #expect(holder.waitUntilOpen(timeout: .seconds(5)))
            #expect(try balancer.stat("two", "scur") == "3")
            _ = try balancer.ask("enable", "server", "db/one")
            let areReset = Patience.wait(.seconds(5)) {
                holder.sessions.allSatisfy { $0.loss == .reset }
            }
            #expect(areReset, "\(holder.sessions.map(\.loss))")
            #expect(Patience.wait(.seconds(3)) { balancer.log.contains(" U- ") })
        }

        @Test func `the operator sees sessions and ends one of them`() throws {
            let server = try database("one")
            defer { server.stop() }
            let balancer = try Balancer()
            try balancer.configure(
                "option tcplog",
                "log stdout format raw local0",
                "server one \(server.endpoint)"
            )
            try balancer.start()
            let holder = try SessionHolder(3, from: nil, to: balancer.front)
            #expect(holder.waitUntilOpen(timeout: .seconds(5)))
            let lines = try balancer.ask("show", "sess").split(separator: "\n")
            #expect(lines.count == 3)
            #expect(
                lines.allSatisfy {
                    $0.contains(" proto=tcpv4 src=127.0.0.1:")
                        && $0.contains(" fe=db be=db srv=one ")
                }
            )
            let id = try #require(lines.first?.prefix { $0 != ":" })
            #expect(try balancer.ask("show", "sess", String(id)).hasPrefix(id))
            #expect(try balancer.ask("shutdown", "session", String(id)) == "")
            let isEnded = Patience.wait(.seconds(3)) {
                holder.sessions.filter { $0.loss == .reset }.count == 1
            }
            #expect(isEnded)
            #expect(try balancer.ask("show", "sess").split(separator: "\n").count == 2)
            #expect(
                try balancer.ask("shutdown", "session", String(id))
                    == "No such session (use 'show sess').\n"
            )
            #expect(Patience.wait(.seconds(3)) { balancer.log.contains(" K- ") })
        }

        @Test func `the operator ends the sessions of one server`() throws {
            let (one, two) = (try database("one"), try database("two"))
            defer { for server in [one, two] { server.stop() } }
            let balancer = try Balancer()
            try balancer.configure(
                "option tcplog",
                "log stdout format raw local0",
                "server one \(one.endpoint)",
                "server two \(two.endpoint)"
            )
            try balancer.start()
            let holder = try SessionHolder(4, from: nil, to: balancer.front)
            #expect(holder.waitUntilOpen(timeout: .seconds(5)))
            #expect(try balancer.ask("shutdown", "sessions", "server", "db/one") == "")
            let isDone = Patience.wait(.seconds(5)) {
                holder.sessions.filter { $0.loss == .reset }.count == 2
            }
            #expect(isDone)
            #expect(holder.sessions.allSatisfy { ($0.loss == .reset) == ($0.node == "one") })
            #expect(Patience.wait(.seconds(3)) { balancer.log.contains(" K- ") })
        }
    }
}
