import ControlPlane
import Glibc
import LinuxIO
import Primitives
import Testing

/// Clients that do not behave: each ends as a named, counted drop.
struct RuntimeAPIBoundsTests {
    private static func impatient(_ milliseconds: Int = 200) -> RuntimeAPILimits {
        var limits = RuntimeAPILimits()
        limits.timeout = .milliseconds(milliseconds)
        return limits
    }

    private static func waitUntil(_ condition: () -> Bool) {
        let deadline = Instant.now + .seconds(10)
        while !condition(), .now < deadline { usleep(2000) }
    }

    @Test(arguments: ["", "show info", "prompt\n"])
    func `a client that goes silent is let go`(_ sent: String) async throws {
        let (reply, counters) = try await TestServer.run(limits: Self.impatient()) { server in
            let client = try server.connect()
            try client.send(sent)
            let reply = try client.receiveAll()
            Self.waitUntil { server.server.counters.clients == 0 }
            return (reply, server.server.counters)
        }
        #expect(reply == (sent == "prompt\n" ? "\n> " : ""))
        #expect(counters.clients == 0 && counters.accepted == 1)
        #expect(counters.drops == [.idle: 1])
    }

    @Test
    func `a client that sends a byte now and then is let go too`() async throws {
        let drops = try await TestServer.run(limits: Self.impatient()) { server in
            let client = try server.connect()
            let end = Instant.now + .seconds(10)
            while server.server.counters.drops.isEmpty, .now < end {
                // Fails with EPIPE once the server has closed.
                try? client.send("x")
                usleep(50_000)
            }
            return server.server.counters.drops
        }
        #expect(drops == [.idle: 1])
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `random bytes from many clients leave the server as it was`(_ seed: UInt64) async throws {
        let (reply, clients) = try await TestServer.run(level: .user) { server in
            var state = seed
            for _ in 0..<25 {
                let client = try server.connect()
                let bytes = (0..<400).map { _ in
                    // Knuth's MMIX generator; the high bits are the random ones.
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return UInt8(truncatingIfNeeded: state >> 33)
                }
                // Ends a line in between, and commands, more often than chance would.
                let words = ["\n", ";", "show ", "prompt\n", "\\", "help"]
                let noise = bytes.split(separator: 7).map { String(decoding: $0, as: UTF8.self) }
                let glue = words[Int(state >> 40) % words.count]
                try? client.send(noise.joined(separator: glue))
                try? client.finishSending()
                _ = try client.receiveAll()
            }
            Self.waitUntil { server.server.counters.clients == 0 }
            return (try server.exchange("show version\n"), server.server.counters.clients)
        }
        #expect(reply == "0.1.0\n\n", "seed \(seed)")
        #expect(clients <= 1)
    }

    @Test(arguments: [16_384, 65_536])
    func `a line beyond the limit is refused, with or without its end`(_ length: Int) async throws {
        for end in ["", "\n"] {
            let (reply, drops) = try await TestServer.run { server in
                let client = try server.connect()
                try client.send(String(repeating: "x", count: length) + end)
                return (try client.receiveAll(), server.server.counters.drops)
            }
            #expect(reply == "The line is longer than 16384 bytes.\n\n")
            #expect(drops == [.lineTooLong: 1])
        }
    }

    @Test
    func `a line of just the limit is a line`() async throws {
        let line = "show version " + String(repeating: "x", count: 16_383 - 13) + "\n"
        let reply = try await TestServer.run { try $0.exchange(line) }
        #expect(reply == "0.1.0\n\n")
    }

    @Test
    func `a client that never reads is dropped and holds no other up`() async throws {
        let daemon = TestDaemon { answers in
            // About 10 MB: more than any socket buffer.
            answers.statistics = (0..<50_000).map {
                StatRow(.server, proxy: "galera", service: "s\($0)", proxyID: 2, status: "UP")
            }
        }
        let limits = Self.impatient(1000)
        let (other, drops) = try await TestServer.run(daemon, limits: limits) { server in
            let deaf = try server.connect()
            try deaf.send("show stat\n")
            let other = try server.exchange("show version\n")
            Self.waitUntil { server.server.counters.clients == 0 }
            withExtendedLifetime(deaf) {}
            return (other, server.server.counters.drops)
        }
        #expect(other == "0.1.0\n\n")
        #expect(drops == [.notReading: 1])
    }

    @Test
    func `a slow reader gets its whole reply in time of progress, not of the clock`() async throws {
        let daemon = TestDaemon { answers in
            answers.statistics = (0..<20_000).map {
                StatRow(.server, proxy: "galera", service: "s\($0)", proxyID: 2, status: "UP")
            }
        }
        let reply = try await TestServer.run(daemon, limits: Self.impatient(1000)) { server in
            let client = try server.connect()
            try client.send("show stat\n")
            var reply = try client.receive(until: ",\n")
            for _ in 0..<12 {
                // Together twice the time-out.
                usleep(170_000)
                reply += try client.receive(until: "\n")
            }
            return reply + (try client.receiveAll())
        }
        #expect(reply.split(separator: "\n").count == 20_001)
        #expect(reply.hasSuffix(",\n\n"))
    }

    @Test
    func `a reply beyond the limit is withheld and the connection goes on`() async throws {
        var limits = RuntimeAPILimits()
        limits.replyLength = 1000
        let (reply, drops) = try await TestServer.run(limits: limits) { server in
            (try server.exchange("show info;show version\n"), server.server.counters.drops)
        }
        #expect(reply == "The reply is longer than 1000 bytes: ask for less.\n\n0.1.0\n\n")
        #expect(drops == [.replyTooLong: 1])
    }

    @Test
    func `clients beyond the limit are told so, and others come when one left`() async throws {
        var limits = RuntimeAPILimits()
        limits.clients = 2
        let (refused, later, drops) = try await TestServer.run(limits: limits) { server in
            let first = try server.connect()
            let second = try server.connect()
            for client in [first, second] {
                try client.send("prompt\n")
                _ = try client.receive(until: "> ")
            }
            let refused = try server.connect().receiveAll()
            try first.send("quit\n")
            Self.waitUntil { server.server.counters.clients == 1 }
            return (refused, try server.exchange("show version\n"), server.server.counters.drops)
        }
        #expect(refused == "Too many clients are connected.\n\n")
        #expect(later == "0.1.0\n\n")
        #expect(drops == [.tooManyClients: 1])
    }

    @Test
    func `sixteen thousand commands in one line are answered one by one`() async throws {
        var limits = RuntimeAPILimits()
        limits.timeout = .seconds(30)
        let line = String(repeating: ";", count: 16_383) + "\n"
        let (first, replies) = try await TestServer.run(level: .user, limits: limits) { server in
            let reply = try server.exchange(line)
            let first = reply.prefix { $0 != "\n" }
            return (String(first), reply.split(separator: "\n").filter { $0 == first }.count)
        }
        #expect(first == "Unknown command. Please enter one of the following commands only:")
        #expect(replies == 16_384)
    }

    @Test
    func `a verb that takes long holds up neither the other clients nor the time-out`() async throws
    {
        let daemon = TestDaemon { $0.failoverHangs = true }
        defer { daemon.endFailover() }
        let limits = Self.impatient(1000)
        let (quick, slow, drops) = try await TestServer.run(daemon, limits: limits) { server in
            let client = try server.connect()
            try client.send("failover\n")
            Self.waitUntil { !daemon.calls.isEmpty }
            let quick = try server.exchange("show version\n")
            // Longer than the time-out.
            usleep(1_500_000)
            daemon.endFailover()
            return (quick, try client.receiveAll(), server.server.counters.drops)
        }
        #expect(quick == "0.1.0\n\n")
        #expect(slow == "OK 10.0.0.100 is on haproxy-node02 after 12 ms\n\n")
        #expect(drops == [:])
    }

    @Test
    func `a client that leaves during its command does no harm`() async throws {
        let daemon = TestDaemon { $0.failoverHangs = true }
        defer { daemon.endFailover() }
        let (reply, clients) = try await TestServer.run(daemon) { server in
            try server.connect().send("failover\n")
            Self.waitUntil { !daemon.calls.isEmpty && server.server.counters.clients == 0 }
            return (try server.exchange("show version\n"), server.server.counters.clients)
        }
        #expect(reply == "0.1.0\n\n")
        #expect(clients <= 1)
        #expect(daemon.calls == ["failover -"])
    }
}
