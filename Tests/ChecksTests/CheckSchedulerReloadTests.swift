import BalancerCore
import Checks
import Glibc
import LinuxIO
import NIOCore
import Primitives
import Testing

@Suite(.serialized) struct CheckSchedulerReloadTests {
    @Test func `a reload checks new servers at once and removed ones no more`() async throws {
        try await CheckFixture.with { fixture in
            let old = try await ScriptedServer([.hold], on: fixture.group)
            let new = try await ScriptedServer([.hold], on: fixture.group)
            let fast = Duration.milliseconds(20)
            let backend = CheckFixture.backend(
                "b",
                [CheckFixture.server("old", old.endpoint, interval: fast)]
            )
            fixture.scheduler.reconfigure([backend])
            #expect(try await CheckFixture.until { old.visits.count >= 2 })
            let servers = [CheckFixture.server("new", new.endpoint, interval: fast)]
            _ = backend.reconfigure(
                BackendDefinition(name: "b", servers: servers),
                now: .now
            )
            fixture.scheduler.reconfigure([backend])
            #expect(try await CheckFixture.until { new.visits.count >= 2 })
            let visits = old.visits.count
            try await Task.sleep(for: .milliseconds(100))
            #expect(old.visits.count == visits)
            await old.close()
            await new.close()
        }
    }

    @Test func `a changed address does not wait for the check of the old one`() async throws {
        try await CheckFixture.with { fixture in
            let silent = try await ScriptedServer([.hold], on: fixture.group)
            let good = try await ScriptedServer([.send(MySQLAnswers.greeting)], on: fixture.group)
            let kind = CheckKind.mysql(MySQLCheck())
            let backend = CheckFixture.backend(
                "b",
                [CheckFixture.server("s", silent.endpoint, kind)]
            )
            fixture.scheduler.reconfigure([backend])
            #expect(try await CheckFixture.until { silent.visits.count == 1 })
            let servers = [CheckFixture.server("s", good.endpoint, kind)]
            _ = backend.reconfigure(
                BackendDefinition(name: "b", servers: servers),
                now: .now
            )
            fixture.scheduler.reconfigure([backend])
            #expect(try await CheckFixture.outcome(backend)?.code == .layer7OK)
            // The check of the old address was given up, its connection closed.
            #expect(try await CheckFixture.until { silent.visits.first?.end != nil })
            await silent.close()
            await good.close()
        }
    }

    @Test func `maintenance pauses the checks and ready resumes them soon`() async throws {
        try await CheckFixture.with { fixture in
            let server = try await ScriptedServer([.hold], on: fixture.group)
            let backend = CheckFixture.backend(
                "b",
                [CheckFixture.server("s", server.endpoint, interval: .milliseconds(20))]
            )
            fixture.scheduler.reconfigure([backend])
            #expect(try await CheckFixture.until { server.visits.count >= 2 })
            let id = ServerID(index: 0)
            _ = backend.setAdministrativeState(.maintenance, of: id, now: .now)
            try await Task.sleep(for: .milliseconds(50))
            let visits = server.visits.count
            try await Task.sleep(for: .milliseconds(200))
            #expect(server.visits.count == visits)
            _ = backend.setAdministrativeState(.ready, of: id, now: .now)
            #expect(backend.readiness.usableServers == 0)
            #expect(try await CheckFixture.until { backend.readiness.usableServers == 1 })
            await server.close()
        }
    }

    @Test func `checks come from the node's own address`() async throws {
        try await CheckFixture.with(sourceAddress: .v4(0x7F00_0009)) { fixture in
            let server = try await ScriptedServer([.hold], on: fixture.group)
            let backend = CheckFixture.backend("b", [CheckFixture.server("s", server.endpoint)])
            fixture.scheduler.reconfigure([backend])
            #expect(try await CheckFixture.outcome(backend)?.code == .layer4OK)
            #expect(try await CheckFixture.until { server.visits.first?.peer == "127.0.0.9" })
            await server.close()
        }
    }

    @Test func `a source address that is not ours is a socket error`() async throws {
        try await CheckFixture.with(sourceAddress: .v4(0xC000_0201)) { fixture in
            let server = try await ScriptedServer([.hold], on: fixture.group)
            let backend = CheckFixture.backend("b", [CheckFixture.server("s", server.endpoint)])
            fixture.scheduler.reconfigure([backend])
            let outcome = try await CheckFixture.outcome(backend)
            #expect(outcome?.code == .socketError)
            #expect(outcome?.info == "Cannot assign requested address")
            await server.close()
        }
    }

    @Test func `hundreds of checks of every ending leave no descriptor behind`() async throws {
        let before = openDescriptors()
        try await CheckFixture.with { fixture in
            let scripts: [[ScriptedServer.Step]] = [
                [.hold], [.closeByFIN], [.closeByReset], [.send([0x55, 0x55, 0x55, 0x55])],
                [.send(MySQLAnswers.greeting), .send(MySQLAnswers.ok)],
            ]
            var servers: [ScriptedServer] = []
            for script in scripts {
                servers.append(try await ScriptedServer(script, on: fixture.group))
            }
            let kinds: [CheckKind] = [.tcp, .mysql(MySQLCheck()), .mysql(MySQLCheck(user: "u"))]
            var definitions: [ServerDefinition] = []
            for (number, server) in servers.enumerated() {
                for (kind, choice) in kinds.enumerated() {
                    definitions.append(
                        CheckFixture.server(
                            "s\(number).\(kind)",
                            server.endpoint,
                            choice,
                            interval: .milliseconds(20),
                            read: .milliseconds(30)
                        )
                    )
                }
            }
            let backend = CheckFixture.backend("b", definitions)
            fixture.scheduler.reconfigure([backend])
            let enough = try await CheckFixture.until {
                servers.allSatisfy { $0.visits.count >= 60 }
            }
            #expect(enough)
            try await fixture.scheduler.stop().get()
            // What had been connected may still be accepted; then nobody comes any more.
            var visits: [Int] = []
            for _ in 0..<20 where visits != servers.map(\.visits.count) {
                visits = servers.map(\.visits.count)
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(servers.map(\.visits.count) == visits)
            for server in servers { await server.close() }
        }
        #expect(try await CheckFixture.until { openDescriptors() <= before })
    }
}

private func openDescriptors() -> Int {
    guard let directory = unsafe opendir("/proc/self/fd") else { return -1 }
    defer { unsafe closedir(directory) }
    var count = 0
    while unsafe readdir(directory) != nil { count += 1 }
    return count
}
