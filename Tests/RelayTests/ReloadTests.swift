import BalancerCore
import Glibc
import LinuxIO
import Primitives
import Relay
import Synchronization
import Testing

@Suite(.serialized) struct ReloadTests {
    @Test(arguments: EngineVariant.allCases)
    func `a reload under traffic loses no session and no connection`(engine: EngineVariant) throws {
        let server = try TestServer.echo()
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint]) { $0.threads = 2 }
        defer { bench.engine.stop() }
        let isOver = Shared()
        let lasting = try bench.connect()
        let caller = try JoinedThread("caller") {
            while !isOver.flag.load(ordering: .relaxed) {
                guard let client = try? bench.connect(), client.send("call"),
                    client.receiveText(4) == "call"
                else {
                    isOver.failures.add(1, ordering: .relaxed)
                    continue
                }
                isOver.calls.add(1, ordering: .relaxed)
            }
        }
        for round in 0..<20 {
            var plan = bench.plan
            plan.frontends[0].clientTimeout = .seconds(60 + round)
            let extra = Endpoint(.v4(0x7F00_0001), try freePort("127.0.0.1"))
            plan.frontends[0].listeners.append(ListenerPlan(extra))
            try bench.engine.apply(plan)
            let client = try Peer(connectedTo: extra)
            client.send("new")
            #expect(client.receiveText(3) == "new")
            let calls = isOver.calls.load(ordering: .relaxed)
            try eventually("another call") { isOver.calls.load(ordering: .relaxed) > calls }
            lasting.send("old")
            #expect(lasting.receiveText(3) == "old")
        }
        isOver.flag.store(true, ordering: .relaxed)
        caller.join()
        #expect(isOver.failures.load(ordering: .relaxed) == 0)
    }

    @Test(arguments: EngineVariant.allCases)
    func `a listener that a reload removes refuses, and its sessions go on`(engine: EngineVariant)
        throws
    {
        let server = try TestServer.echo()
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint])
        defer { bench.engine.stop() }
        let client = try bench.connect()
        client.send("x")
        #expect(client.receiveText(1) == "x")
        var plan = bench.plan
        plan.frontends = []
        try bench.engine.apply(plan)
        #expect(throws: SystemError.self) { try bench.connect() }
        client.send("y")
        #expect(client.receiveText(1) == "y")
        client.close()
        #expect(
            bench.engine.frontendName(try #require(try bench.records(1).first).frontend) == "mysql"
        )
    }

    @Test(arguments: EngineVariant.allCases)
    func `a reload that cannot bind changes nothing and names the address`(engine: EngineVariant)
        throws
    {
        let server = try TestServer.echo()
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint])
        defer { bench.engine.stop() }
        var plan = bench.plan
        plan.maxConnections = 1
        plan.frontends[0].listeners.append(ListenerPlan(server.endpoint))
        let error = #expect(throws: SystemError.self) { try bench.engine.apply(plan) }
        #expect(error?.description == "bind \(server.endpoint): Address already in use")
        let clients = [try bench.connect(), try bench.connect()]
        for client in clients {
            client.send("x")
            #expect(client.receiveText(1) == "x")
        }
    }

    @Test func `a start that cannot bind leaves nothing behind`() throws {
        let server = try TestServer.echo()
        defer { server.stop() }
        let free = Endpoint(.v4(0x7F00_0001), try freePort("127.0.0.1"))
        let engine = RelayEngine(
            plan: RelayPlan(
                frontends: [
                    FrontendPlan(
                        name: "mysql",
                        listeners: [ListenerPlan(free), ListenerPlan(server.endpoint)],
                        backend: nil
                    )
                ],
                backends: []
            )
        )
        let error = #expect(throws: SystemError.self) { try engine.start() }
        #expect(error?.subject == "\(server.endpoint)")
        #expect(throws: SystemError.self) { try Peer(connectedTo: free) }
    }

    @Test(arguments: EngineVariant.allCases)
    func `what a stopped engine listened on can be bound at once`(engine: EngineVariant) throws {
        let server = try TestServer.echo()
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint]) { $0.threads = 2 }
        let client = try bench.connect()
        client.send("x")
        #expect(client.receiveText(1) == "x")
        bench.engine.stop()
        // Without sharing the port: nobody else has it any more.
        #expect(throws: Never.self) { _ = try Socket.bound(to: bench.endpoint) }
    }

    @Test(arguments: EngineVariant.allCases)
    func `a paused engine refuses, keeps its sessions, and resumes`(engine: EngineVariant) throws {
        let server = try TestServer.echo()
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint]) { $0.threads = 2 }
        defer { bench.engine.stop() }
        let client = try bench.connect()
        client.send("x")
        #expect(client.receiveText(1) == "x")
        try bench.engine.pause()
        let error = #expect(throws: SystemError.self) { try bench.connect() }
        #expect(error?.errno == ECONNREFUSED)
        client.send("y")
        #expect(client.receiveText(1) == "y")
        // A reload while paused changes the plan and not the pause.
        try bench.engine.apply(bench.plan)
        #expect(throws: SystemError.self) { try bench.connect() }
        try bench.engine.resume()
        let later = try bench.connect()
        later.send("z")
        #expect(later.receiveText(1) == "z")
    }

    @Test(arguments: EngineVariant.allCases)
    func `a standby listens on an address that it does not hold, and an idle worker has a pulse`(
        engine: EngineVariant
    )
        throws
    {
        let bench = try Bench(engine, servers: [], listeningOn: "127.0.0.1") { plan in
            plan.threads = 2
            plan.pulseInterval = .milliseconds(20)
            plan.frontends[0].listeners.append(
                ListenerPlan(Endpoint(.v4(0xC000_0201), 33_061))
            )
        }
        defer { bench.engine.stop() }
        sleepMilliseconds(200)
        let now = Instant.now
        for pulse in bench.engine.pulses() { #expect(now - pulse < .milliseconds(100)) }
    }
}

private final class Shared: Sendable {
    let flag = Atomic(false)
    let calls = Atomic(0)
    let failures = Atomic(0)
}
