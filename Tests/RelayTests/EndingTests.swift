import BalancerCore
import LinuxIO
import Primitives
import Relay
import Synchronization
import Testing

@Suite(.serialized) struct EndingTests {
    private func echoing(
        _ engine: EngineVariant,
        _ change: (inout RelayPlan) -> Void = { _ in },
        _ body: (Bench) throws -> Void
    ) throws {
        let server = try TestServer.echo()
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint], change)
        defer { bench.engine.stop() }
        try body(bench)
    }

    @Test(arguments: EngineVariant.allCases)
    func `a reset of the client reaches the server as a reset`(engine: EngineVariant) throws {
        let seen = Mutex<Peer.Ending?>(nil)
        let server = try TestServer { peer in
            peer.send("hello")
            let ending = peer.drain()
            seen.withLock { $0 = ending }
        }
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint])
        defer { bench.engine.stop() }
        let client = try bench.connect()
        #expect(client.receiveText(5) == "hello")
        client.reset()
        try eventually("the server's end") { seen.withLock { $0 } != nil }
        #expect(seen.withLock { $0 } == .reset)
        let record = try #require(try bench.records(1).first)
        #expect(record.termination.description == "CD")
        #expect(bench.engine.statistics().frontends[0].traffic.clientAborts == 1)
    }

    @Test(arguments: EngineVariant.allCases)
    func `a reset of the server reaches the client as a reset, its last words first`(
        engine: EngineVariant
    ) throws {
        let server = try TestServer { peer in
            peer.send("last words")
            _ = peer.receive(exactly: 2)
            peer.reset()
        }
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint])
        defer { bench.engine.stop() }
        let client = try bench.connect()
        #expect(client.receiveText(10) == "last words")
        client.send("ok")
        #expect(client.drain() == .reset)
        let record = try #require(try bench.records(1).first)
        #expect(record.termination.description == "SD")
        #expect(record.bytesToClient == 10)
    }

    @Test(arguments: EngineVariant.allCases)
    func `a server that dies in the middle of a splice resets its client`(engine: EngineVariant)
        throws
    {
        let bytes = noise(3_000_000, seed: 6)
        let server = try TestServer { peer in
            peer.send(bytes)
            peer.reset()
        }
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint])
        defer { bench.engine.stop() }
        let client = try bench.connect()
        client.setBuffers(bytes: 131_072)
        var received: [UInt8] = []
        var ending: Peer.Ending?
        while ending == nil {
            let next = client.receive()
            received += next.bytes
            ending = next.ending
        }
        #expect(ending == .reset)
        // How much of it the reset overtakes is the kernels' affair.
        #expect(received.elementsEqual(bytes.prefix(received.count)))
        #expect(bench.engine.statistics().heldBuffers == 0)
    }

    @Test(arguments: EngineVariant.allCases)
    func `an idle client is closed after timeout client`(engine: EngineVariant) throws {
        try echoing(engine) {
            $0.frontends[0].clientTimeout = .milliseconds(500)
        } _: { bench in
            let client = try bench.connect()
            let start = Instant.now
            // Activity in between puts the end off.
            for _ in 0..<4 {
                client.send("x")
                #expect(client.receiveText(1) == "x")
                sleepMilliseconds(150)
            }
            #expect(client.drain() == .endOfStream)
            let elapsed = Instant.now - start
            #expect(elapsed > .milliseconds(930) && elapsed < .seconds(5), "\(elapsed)")
            let record = try #require(try bench.records(1).first)
            #expect(record.termination.description == "cD")
        }
    }

    @Test(arguments: EngineVariant.allCases)
    func `an idle server is closed after timeout server`(engine: EngineVariant) throws {
        try echoing(engine) {
            $0.frontends[0].clientTimeout = .seconds(60)
            $0.backends[0].serverTimeout = .milliseconds(150)
        } _: { bench in
            let client = try bench.connect()
            #expect(client.drain() == .endOfStream)
            let record = try #require(try bench.records(1).first)
            #expect(record.termination.description == "sD")
        }
    }

    @Test(arguments: EngineVariant.allCases)
    func `timeout tunnel replaces those of client and server`(engine: EngineVariant) throws {
        try echoing(engine) {
            $0.frontends[0].clientTimeout = .milliseconds(100)
            $0.backends[0].serverTimeout = .milliseconds(100)
            $0.backends[0].tunnelTimeout = .milliseconds(500)
        } _: { bench in
            let start = Instant.now
            let client = try bench.connect()
            #expect(client.drain() == .endOfStream)
            #expect(Instant.now - start > .milliseconds(490))
        }
    }

    @Test(arguments: EngineVariant.allCases)
    func `a half-closed server has timeout server-fin`(engine: EngineVariant) throws {
        let server = try TestServer { peer in
            // Hears the client's end of stream and never ends its own.
            _ = peer.drain()
            sleepMilliseconds(1500)
        }
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint]) {
            $0.backends[0].serverTimeout = .seconds(60)
            $0.backends[0].serverFinTimeout = .milliseconds(200)
        }
        defer { bench.engine.stop() }
        let client = try bench.connect()
        sleepMilliseconds(400)
        #expect(bench.sessions == 1)
        let start = Instant.now
        client.finishWriting()
        #expect(client.drain() == .endOfStream)
        let elapsed = Instant.now - start
        #expect(elapsed > .milliseconds(190) && elapsed < .milliseconds(1400), "\(elapsed)")
        let record = try #require(try bench.records(1).first)
        #expect(record.termination.description == "sD")
    }

    @Test(arguments: EngineVariant.allCases)
    func `a half-closed client has timeout client-fin`(engine: EngineVariant) throws {
        let server = try TestServer { peer in
            peer.finishWriting()
            _ = peer.drain()
        }
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint]) {
            $0.frontends[0].clientTimeout = .seconds(60)
            $0.frontends[0].clientFinTimeout = .milliseconds(200)
        }
        defer { bench.engine.stop() }
        let client = try bench.connect()
        #expect(client.drain() == .endOfStream)
        let record = try #require(try bench.records(1).first)
        #expect(record.termination.description == "cD")
    }

    @Test(arguments: EngineVariant.allCases)
    func `a client that does not take its data is closed after timeout client`(
        engine: EngineVariant
    ) throws {
        let server = try TestServer { $0.send(noise(8_000_000, seed: 7)) }
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint]) {
            $0.frontends[0].clientTimeout = .milliseconds(300)
        }
        defer { bench.engine.stop() }
        let client = try bench.connect()
        client.setBuffers(bytes: 131_072)
        let record = try #require(try bench.records(1).first)
        #expect(record.termination.description == "cD")
        #expect(bench.engine.statistics().heldBuffers == 0)
    }

    @Test(arguments: EngineVariant.allCases)
    func `sessions of a server are reset on request, those of others go on`(engine: EngineVariant)
        throws
    {
        let servers = try ["one", "two"].map { try TestServer.named($0) }
        defer { for server in servers { server.stop() } }
        let bench = try Bench(engine, servers: servers.map(\.endpoint))
        defer { bench.engine.stop() }
        var clients: [String: Peer] = [:]
        for _ in 0..<2 {
            let client = try bench.connect()
            clients[client.receiveText(3)] = client
        }
        bench.engine.closeSessions(of: ServerID(index: 1), in: bench.backend, .down)
        let (one, two) = (try #require(clients["one"]), try #require(clients["two"]))
        #expect(two.drain() == .reset)
        one.send("still here")
        #expect(one.receiveText(10) == "still here")
        let record = try #require(try bench.records(1).first)
        #expect(record.termination.description == "D-")
    }

    @Test(arguments: EngineVariant.allCases)
    func `sessions on an address that is lost are reset, those on others go on`(
        engine: EngineVariant
    ) throws {
        let server = try TestServer.echo()
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint]) { plan in
            let port = plan.frontends[0].listeners[0].endpoint.port
            plan.frontends[0].listeners = [ListenerPlan(Endpoint(.anyV4, port))]
        }
        defer { bench.engine.stop() }
        let lost = try #require(IPAddress("127.0.0.77"))
        let onVIP = try Peer(connectedTo: Endpoint(lost, bench.endpoint.port))
        let other = try bench.connect()
        for client in [onVIP, other] {
            client.send("x")
            #expect(client.receiveText(1) == "x")
        }
        #expect(try bench.engine.resetSessions(onLocal: [lost]) == 1)
        #expect(onVIP.drain() == .reset)
        other.send("y")
        #expect(other.receiveText(1) == "y")
    }

    @Test(arguments: EngineVariant.allCases)
    func `a stopped engine resets its sessions and still reports them`(engine: EngineVariant) throws
    {
        let server = try TestServer.echo()
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint])
        let client = try bench.connect()
        client.send("x")
        #expect(client.receiveText(1) == "x")
        bench.engine.stop()
        #expect(client.drain() == .reset)
        #expect(bench.engine.drainRecords().map(\.termination.description) == ["KD"])
    }
}
