import BalancerCore
import Primitives
import Testing

/// `on-marked-down shutdown-sessions`, `on-marked-up shutdown-backup-sessions`, and the operator's
/// own word about a server's health.
@Suite struct SessionShutdownTests {
    private static func backend(_ change: (inout [ServerDefinition]) -> Void) -> Backend {
        var servers = Pools.servers(3, checked: true, rise: 1, fall: 1)
        servers[2].isBackup = true
        change(&servers)
        let backend = Backend(BackendDefinition(name: "b", servers: servers), now: .zero)
        for index in servers.indices { _ = finish(backend, index, Pools.pass) }
        return backend
    }

    @discardableResult
    private static func finish(
        _ backend: Backend,
        _ index: Int,
        _ outcome: CheckOutcome
    ) -> ServerOutcome {
        guard let ticket = backend.checkStarted(ServerID(index: index)) else {
            return ServerOutcome()
        }
        return backend.checkFinished(ticket, outcome, now: .seconds(1))
    }

    private static func session(_ backend: Backend) -> Int? {
        backend.assign(for: Pools.client, now: .zero)?.server.index
    }

    private static func shutdown(
        _ index: Int,
        _ cause: TerminationCode.Cause
    ) -> SessionShutdown {
        SessionShutdown(server: ServerID(index: index), cause: cause)
    }

    @Test func `a server that goes down wants its sessions ended, where its line says so`() {
        let backend = Self.backend { $0[0].shutsSessionsWhenDown = true }
        #expect([Self.session(backend), Self.session(backend)] == [0, 1])
        #expect(Self.finish(backend, 0, Pools.refused).shutdowns == [Self.shutdown(0, .down)])
        // Once: it is down already.
        #expect(Self.finish(backend, 0, Pools.refused).shutdowns == [])
        #expect(Self.finish(backend, 1, Pools.refused).shutdowns == [])
    }

    @Test func `maintenance is down as well, draining is not`() {
        let backend = Self.backend { $0[0].shutsSessionsWhenDown = true }
        _ = Self.session(backend)
        let id = ServerID(index: 0)
        #expect(backend.setAdministrativeState(.drain, of: id, now: .zero).shutdowns == [])
        #expect(
            backend.setAdministrativeState(.maintenance, of: id, now: .zero).shutdowns
                == [Self.shutdown(0, .down)]
        )
    }

    @Test func `without sessions there is nothing to end`() {
        let backend = Self.backend { $0[0].shutsSessionsWhenDown = true }
        #expect(Self.finish(backend, 0, Pools.refused).shutdowns == [])
    }

    @Test func `a reload that disables a server ends its sessions too`() {
        var servers = Pools.servers(2)
        servers[0].shutsSessionsWhenDown = true
        let backend = Backend(BackendDefinition(name: "b", servers: servers), now: .zero)
        _ = Self.session(backend)
        servers[0].isDisabled = true
        let outcome = backend.reconfigure(
            BackendDefinition(name: "b", servers: servers),
            now: .seconds(1)
        )
        #expect(outcome.shutdowns == [Self.shutdown(0, .down)])
    }

    @Test func `a server that comes up ends the sessions of the backups, where its line says so`() {
        let backend = Self.backend { $0[0].shutsBackupSessionsWhenUp = true }
        for index in 0...1 { Self.finish(backend, index, Pools.refused) }
        #expect(Self.session(backend) == 2)
        #expect(Self.finish(backend, 1, Pools.pass).shutdowns == [])
        #expect(Self.finish(backend, 0, Pools.pass).shutdowns == [Self.shutdown(2, .up)])
        #expect(Self.finish(backend, 0, Pools.pass).shutdowns == [])
    }

    @Test func `a server that comes up and gets no sessions ends none`() {
        let backend = Self.backend { $0[0].shutsBackupSessionsWhenUp = true }
        for index in 0...1 { Self.finish(backend, index, Pools.refused) }
        #expect(Self.session(backend) == 2)
        let id = ServerID(index: 0)
        _ = backend.setAdministrativeState(.drain, of: id, now: .zero)
        #expect(Self.finish(backend, 0, Pools.pass).shutdowns == [])
    }

    @Test func `the operator's word counts until the next check`() {
        var pool = Pools.pool(Pools.servers(1, checked: true))
        let id = ServerID(index: 0)
        let up = pool.setHealth(isUp: true, of: id, now: .zero)
        #expect(
            up?.map(\.text) == [
                "Server b/s1 is UP, changed from CLI. 1 active and 0 backup servers online."
                    + " 0 sessions requeued, 0 total in queue."
            ]
        )
        #expect(pool.row("s1")?.status == "UP" && pool.row("s1")?.isUsable == true)
        let down = pool.setHealth(isUp: false, of: id, now: .zero)
        #expect(
            down?.map(\.text) == [
                "Server b/s1 is DOWN, changed from CLI. 0 active and 0 backup servers left."
                    + " 0 sessions active, 0 requeued, 0 remaining in queue.",
                "proxy b has no server available!",
            ]
        )
        #expect(pool.setHealth(isUp: false, of: id, now: .zero) == [])
        // Two passes bring it up, as after a fall.
        _ = pool.check("s1", Pools.pass)
        #expect(pool.row("s1")?.status == "DOWN 1/2")
        _ = pool.check("s1", Pools.pass)
        #expect(pool.row("s1")?.status == "UP")
    }

    @Test func `a server that nobody checks has no health to set`() {
        var pool = Pools.pool(Pools.servers(1))
        #expect(pool.setHealth(isUp: false, of: ServerID(index: 0), now: .zero) == nil)
        #expect(pool.row("s1")?.status == "no check")
    }

    @Test func `without its checks a server stays as it is`() {
        var pool = Pools.pool(Pools.servers(1, checked: true, rise: 1, fall: 1))
        _ = pool.check("s1", Pools.pass)
        let id = ServerID(index: 0)
        let ticket = pool.checkStarted(id)
        pool.setChecks(areOn: false, of: id)
        // Neither a new check nor the one under way.
        #expect(pool.checkStarted(id) == nil)
        if let ticket { #expect(pool.checkFinished(ticket, Pools.refused, now: .zero) == []) }
        #expect(pool.row("s1")?.status == "UP" && pool.row("s1")?.isCheckRunning == false)
        pool.setChecks(areOn: true, of: id)
        _ = pool.check("s1", Pools.refused)
        #expect(pool.row("s1")?.status == "DOWN")
    }
}
