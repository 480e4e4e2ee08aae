import BalancerCore
import Checks
import Glibc
import LinuxIO
import NIOCore
import Primitives
import Testing

private let accepting: [ScriptedServer.Step] = [.hold]

@Suite(.serialized) struct CheckSchedulerTests {
    @Test func `a connection that stands is a pass and is closed by FIN`() async throws {
        try await CheckFixture.with { fixture in
            // It speaks first, as databases do: its greeting must not turn our close into a reset.
            let server = try await ScriptedServer([.send(MySQLAnswers.greeting)], on: fixture.group)
            let backend = CheckFixture.backend("b", [CheckFixture.server("s", server.endpoint)])
            fixture.scheduler.reconfigure([backend])
            #expect(try await CheckFixture.outcome(backend)?.code == .layer4OK)
            #expect(try await CheckFixture.until { server.visits.first?.end == .fin })
            #expect(backend.readiness.usableServers == 1)
            await server.close()
        }
    }

    @Test func `a refused port is a connection problem`() async throws {
        try await CheckFixture.with { fixture in
            let (descriptor, port) = try RudeServer.listen(backlog: 1)
            close(descriptor)
            let closed = Endpoint(.v4(0x7F00_0001), port)
            let backend = CheckFixture.backend("b", [CheckFixture.server("s", closed)])
            fixture.scheduler.reconfigure([backend])
            let outcome = try await CheckFixture.outcome(backend)
            #expect(outcome?.code == .layer4ConnectionProblem)
            #expect(outcome?.info == "Connection refused")
            #expect(CheckFixture.row(backend)?.status == "DOWN")
            #expect(
                fixture.notices == [
                    "b: Server b/s is DOWN, reason: Layer4 connection problem, "
                        + "info: \"Connection refused\", check duration: "
                        + "\(outcome?.duration?.milliseconds ?? -1)ms. 0 active and 0 backup "
                        + "servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
                    "b: proxy b has no server available!",
                ]
            )
        }
    }

    @Test func `a connect that gets no answer ends after the connect limit`() async throws {
        try await CheckFixture.with { fixture in
            // The kernel drops SYNs to a full accept queue.
            let (descriptor, port) = try RudeServer.listen(backlog: 0)
            defer { close(descriptor) }
            let hole = Endpoint(.v4(0x7F00_0001), port)
            let fillers = (0..<4).map { number in
                CheckFixture.backend("f\(number)", [CheckFixture.server("s", hole)])
            }
            fixture.scheduler.reconfigure(fillers)
            _ = try await CheckFixture.until { fillers.contains { $0.readiness.usableServers > 0 } }
            let definition = CheckFixture.server("s", hole, connect: .milliseconds(150))
            let backend = CheckFixture.backend("b", [definition])
            fixture.scheduler.reconfigure(fillers + [backend])
            let outcome = try await CheckFixture.outcome(backend)
            #expect(outcome?.code == .layer4Timeout)
            let duration = outcome?.duration ?? .zero
            #expect((Duration.milliseconds(149)...(.milliseconds(1500))).contains(duration))
        }
    }

    @Test(arguments: [Duration.milliseconds(120), nil])
    func `the answer's time is timeout check, or what inter leaves`(_ read: Duration?) async throws
    {
        try await CheckFixture.with { fixture in
            let server = try await ScriptedServer(accepting, on: fixture.group)
            let definition = CheckFixture.server(
                "s",
                server.endpoint,
                .mysql(MySQLCheck()),
                interval: .milliseconds(300),
                read: read
            )
            let backend = CheckFixture.backend("b", [definition])
            fixture.scheduler.reconfigure([backend])
            let outcome = try await CheckFixture.outcome(backend)
            #expect(outcome?.code == .layer7Timeout)
            let limit = read ?? .milliseconds(300)
            let duration = outcome?.duration ?? .zero
            #expect(duration >= limit - .milliseconds(2) && duration < limit + .milliseconds(250))
            await server.close()
        }
    }

    @Test func `forty servers are first checked within a moment`() async throws {
        try await CheckFixture.with { fixture in
            let server = try await ScriptedServer(accepting, on: fixture.group)
            let definitions = (0..<40).map { CheckFixture.server("s\($0)", server.endpoint) }
            let backend = CheckFixture.backend("b", definitions)
            let start = Instant.now
            fixture.scheduler.reconfigure([backend])
            #expect(try await CheckFixture.until { backend.readiness.usableServers == 40 })
            #expect(Instant.now - start < .seconds(1))
            await server.close()
        }
    }

    @Test func `checks come at their interval and never overlap`() async throws {
        try await CheckFixture.with { fixture in
            // Each check takes 60 ms and fails; the interval is 50 ms.
            let server = try await ScriptedServer(
                [.pause(.milliseconds(60)), .closeByFIN],
                on: fixture.group
            )
            let definition = CheckFixture.server(
                "s",
                server.endpoint,
                .mysql(MySQLCheck()),
                interval: .milliseconds(50),
                read: .seconds(1)
            )
            let start = Instant.now
            fixture.scheduler.reconfigure([CheckFixture.backend("b", [definition])])
            try await Task.sleep(for: .milliseconds(1000))
            let visits = server.visits
            // On a busy machine the sleep is longer than a second.
            let elapsed = (Instant.now - start).milliseconds
            let most = Int(elapsed / 60) + 1
            #expect((6...most).contains(visits.count), "\(visits.count) checks in \(elapsed) ms")
            #expect(visits.allSatisfy { $0.concurrent == 1 })
            await server.close()
        }
    }

    @Test func `the pauses are inter, fastinter and downinter`() async throws {
        try await CheckFixture.with { fixture in
            let (descriptor, port) = try RudeServer.listen(backlog: 16)
            var definition = CheckFixture.server(
                "s",
                Endpoint(.v4(0x7F00_0001), port),
                interval: .milliseconds(400)
            )
            definition.check?.fastInterval = .milliseconds(40)
            definition.check?.downInterval = .seconds(60)
            definition.check?.fall = 4
            let backend = CheckFixture.backend("b", [definition])
            let start = Instant.now
            fixture.scheduler.reconfigure([backend])
            #expect(try await CheckFixture.until { backend.readiness.usableServers == 1 })
            close(descriptor)
            #expect(try await CheckFixture.until { backend.readiness.usableServers == 0 })
            // One inter until the first failure, then three times fastinter.
            let down = Instant.now - start
            #expect(down >= .milliseconds(500) && down < .milliseconds(1100), "\(down)")
            // Then downinter: nothing more.
            let failures = CheckFixture.row(backend)?.counters.failedChecks
            try await Task.sleep(for: .milliseconds(300))
            #expect(failures == 4)
            let lastFailure = backend.readiness.lastCheckFailure ?? .zero
            #expect(Instant.now - lastFailure > .milliseconds(250))
        }
    }
}
