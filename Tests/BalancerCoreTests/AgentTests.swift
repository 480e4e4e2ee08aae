import BalancerCore
import Primitives
import Testing

/// What an agent says of a server, at the pool.
@Suite struct AgentTests {
    private static func definition(check: Bool, agent: String = "10.0.0.1") -> ServerDefinition {
        let address = IPAddress(agent) ?? .anyV4
        return ServerDefinition(
            name: "s",
            endpoint: Endpoint(.v4(0x0A00_0001), 3306),
            weight: 100,
            check: check ? CheckDefinition(kind: .tcp, endpoint: Endpoint(address, 3306)) : nil,
            agent: CheckDefinition(
                kind: .agent(message: []),
                endpoint: Endpoint(address, 9999),
                interval: .seconds(1),
                rise: 1,
                fall: 1
            )
        )
    }

    private static func backend(check: Bool = false) -> Backend {
        Backend(BackendDefinition(name: "b", servers: [definition(check: check)]), now: .zero)
    }

    @discardableResult
    private static func say(_ backend: Backend, _ line: String) -> [String] {
        guard let ticket = backend.checkStarted(ServerID(index: 0), .agent) else { return ["?"] }
        let outcome = AgentReport(line).outcome(.zero)
        return backend.checkFinished(ticket, outcome, now: .zero).notices.map(\.text)
    }

    private static func status(_ backend: Backend) -> String {
        backend.snapshot(now: .zero).servers[0].status
    }

    @Test func `an agent alone takes a server down and brings it back`() {
        let backend = Self.backend()
        #expect(backend.assign(for: .v4(1), now: .zero) != nil)
        #expect(Self.say(backend, "down # busy").count == 2)
        #expect(Self.status(backend) == "DOWN (agent)")
        #expect(backend.assign(for: .v4(1), now: .zero) == nil)
        #expect(Self.say(backend, "down").isEmpty && !Self.say(backend, "up").isEmpty)
        #expect(backend.assign(for: .v4(1), now: .zero) != nil)
    }

    @Test func `a server is up when its check and its agent say so`() {
        let backend = Self.backend(check: true)
        // Nothing was checked yet.
        #expect(Self.say(backend, "up").isEmpty)
        #expect(backend.assign(for: .v4(1), now: .zero) == nil)
        guard let ticket = backend.checkStarted(ServerID(index: 0)) else {
            Issue.record("it is not checked")
            return
        }
        Self.say(backend, "fail")
        _ = backend.checkFinished(ticket, CheckOutcome(.layer4OK, duration: .zero), now: .zero)
        #expect(Self.status(backend) == "DOWN (agent)")
        Self.say(backend, "up")
        #expect(Self.status(backend) == "UP")
    }

    @Test func `it is asked in maintenance, and nobody else`() {
        let backend = Self.backend(check: true)
        Self.say(backend, "maint 50%")
        #expect(Self.status(backend) == "MAINT")
        #expect(backend.checkStarted(ServerID(index: 0)) == nil)
        #expect(!Self.say(backend, "ready").isEmpty)
        #expect(backend.snapshot(now: .zero).servers[0].weight == 50)
    }

    @Test func `who cannot be reached changes nothing`() {
        let backend = Self.backend()
        Self.say(backend, "down")
        for code in [CheckOutcome.Code.layer4ConnectionProblem, .layer7Timeout] {
            guard let ticket = backend.checkStarted(ServerID(index: 0), .agent) else { continue }
            let outcome = CheckOutcome(code, duration: .zero)
            #expect(backend.checkFinished(ticket, outcome, now: .zero).notices.isEmpty)
            #expect(Self.status(backend) == "DOWN (agent)")
        }
    }

    @Test func `what an agent said that is not asked any more does not count`() {
        let backend = Self.backend()
        let id = ServerID(index: 0)
        Self.say(backend, "down")
        let ticket = backend.checkStarted(id, .agent)
        #expect(backend.setAgents(areOn: false, of: id, now: .zero) != nil)
        #expect(Self.status(backend) == "no check")
        #expect(backend.checkStarted(id, .agent) == nil)
        #expect(backend.setAgentHealth(isUp: true, of: id, now: .zero) == nil)
        if let ticket {
            let late = AgentReport("maint").outcome(.zero)
            #expect(backend.checkFinished(ticket, late, now: .zero).notices.isEmpty)
        }
        #expect(backend.setAgents(areOn: true, of: id, now: .zero) != nil)
        #expect(Self.status(backend) == "DOWN (agent)")
    }

    @Test func `an agent elsewhere is another one`() {
        let backend = Self.backend()
        Self.say(backend, "down")
        let ticket = backend.checkStarted(ServerID(index: 0), .agent)
        let moved = Self.definition(check: false, agent: "10.0.0.9")
        _ = backend.reconfigure(BackendDefinition(name: "b", servers: [moved]), now: .zero)
        #expect(Self.status(backend) == "no check")
        #expect(ticket.map(backend.isCurrent) == false)
    }

    @Test func `a server that came at run time has its agent asked when that is ordered`() {
        var added = Self.definition(check: true)
        added.startsInMaintenance = true
        added.startsUnchecked = true
        let backend = Backend(BackendDefinition(name: "b", servers: [added]), now: .zero)
        let id = ServerID(index: 0)
        #expect(backend.checkStarted(id, .agent) == nil)
        #expect(backend.setAgents(areOn: true, of: id, now: .zero) != nil)
        // HAProxy's manual: the agent may bring it in without `enable server`.
        Self.say(backend, "ready up")
        #expect(backend.assign(for: .v4(1), now: .zero) != nil)
    }
}
