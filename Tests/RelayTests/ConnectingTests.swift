import BalancerCore
import Glibc
import LinuxIO
import Primitives
import Relay
import Synchronization
import Testing

@Suite(.serialized) struct ConnectingTests {
    /// An endpoint that refuses.
    private func refusing() throws -> Endpoint {
        Endpoint(.v4(0x7F00_0001), try freePort("127.0.0.1"))
    }

    /// A listener whose queue is full: it neither accepts nor refuses.
    private final class Hanging {
        let listener: Socket
        let endpoint: Endpoint
        private var waiting: [Peer] = []

        init() throws {
            listener = try Socket.listener(on: Endpoint(.v4(0x7F00_0001), 0), backlog: 0)
            let local = listener.localEndpoint
            endpoint = try #require(local)
            waiting.append(try Peer(connectedTo: endpoint))
        }
    }

    @Test(arguments: EngineVariant.allCases)
    func `a refused connect goes to another server at once with option redispatch`(
        engine: EngineVariant
    ) throws {
        let server = try TestServer.named("two")
        defer { server.stop() }
        let bench = try Bench(engine, servers: [try refusing(), server.endpoint]) {
            $0.backends[0].redispatches = true
        }
        defer { bench.engine.stop() }
        // Round robin: one of the two begins at the refusing server.
        for _ in 0..<2 {
            let start = Instant.now
            let client = try bench.connect()
            #expect(client.receiveText(3) == "two")
            #expect(Instant.now - start < .milliseconds(900))
        }
        let records = try bench.records(2)
        let redispatched = try #require(records.first { $0.isRedispatched })
        #expect(redispatched.retries == 1)
        #expect(records.allSatisfy { $0.server == ServerID(index: 1) })
        #expect(
            bench.engine.statistics().backends[0].traffic.redispatches
                == UInt64(records.count { $0.isRedispatched })
        )
        let counters = bench.backend.snapshot(now: .now).counters
        #expect(counters.current == 0)
    }

    @Test(arguments: EngineVariant.allCases)
    func `without it the same server is tried again after a pause, and the client sees a close`(
        engine: EngineVariant
    )
        throws
    {
        let bench = try Bench(engine, servers: [try refusing()]) {
            $0.backends[0].retries = 3
            $0.backends[0].connectTimeout = .milliseconds(100)
        }
        defer { bench.engine.stop() }
        let start = Instant.now
        let client = try bench.connect()
        #expect(client.drain() == .endOfStream)
        let elapsed = Instant.now - start
        #expect(elapsed > .milliseconds(290) && elapsed < .seconds(5), "\(elapsed)")
        let record = try #require(try bench.records(1).first)
        #expect(record.termination.description == "SC")
        #expect(record.retries == 3)
        #expect(record.connectTime == nil)
        #expect(bench.backend.snapshot(now: .now).counters.current == 0)
    }

    @Test(arguments: EngineVariant.allCases)
    func `when all servers refuse, redispatching ends after the retries`(engine: EngineVariant)
        throws
    {
        let bench = try Bench(engine, servers: [try refusing(), try refusing(), try refusing()]) {
            $0.backends[0].redispatches = true
        }
        defer { bench.engine.stop() }
        let client = try bench.connect()
        #expect(client.drain() == .endOfStream)
        let record = try #require(try bench.records(1).first)
        #expect(record.termination.description == "SC")
        #expect(record.retries == 3)
        #expect(bench.engine.statistics().frontends[0].traffic.connectErrors == 1)
    }

    @Test(arguments: EngineVariant.allCases)
    func `a connect that hangs is given up after timeout connect`(engine: EngineVariant) throws {
        let hanging = try Hanging()
        let bench = try Bench(engine, servers: [hanging.endpoint]) {
            $0.backends[0].retries = 0
            $0.backends[0].connectTimeout = .milliseconds(200)
        }
        defer { bench.engine.stop() }
        let start = Instant.now
        let client = try bench.connect()
        client.send("waits in the kernel")
        #expect(client.drain() != .silence)
        let elapsed = Instant.now - start
        #expect(elapsed > .milliseconds(190) && elapsed < .seconds(5), "\(elapsed)")
        let record = try #require(try bench.records(1).first)
        #expect(record.termination.description == "sC")
    }

    @Test(arguments: EngineVariant.allCases)
    func `what connects say of a server's health is told`(engine: EngineVariant) throws {
        let endpoint = try refusing()
        var check = CheckDefinition(kind: .tcp, endpoint: endpoint)
        check.observation = ConnectObservation(errorLimit: 2)
        let server = ServerDefinition(name: "node1", endpoint: endpoint, check: check)
        let backend = Backend(BackendDefinition(name: "b", servers: [server]), now: .now)
        let id = try #require(backend.id(of: "node1"))
        _ = backend.setHealth(isUp: true, of: id, now: .now)
        let weighed = Weighed()
        let bench = try Bench(engine, servers: []) { plan in
            plan.backends[0].backend = backend
            plan.backends[0].retries = 0
            plan.backends[0].observesConnects = true
        } weigh: { _, evidence in
            weighed.servers.withLock { $0.append(evidence.server) }
        }
        defer { bench.engine.stop() }
        func meetRefusal() throws { #expect(try bench.connect().drain() == .endOfStream) }
        try meetRefusal()
        do {
            // A success: the failures before it do not count with those behind it.
            let listener = try Socket.listener(on: endpoint, backlog: 8)
            let client = try bench.connect()
            #expect(Poll.wait(of: [listener.descriptor.raw], until: .now + .seconds(5)))
            // What arrives has come over a connection that the relay knows to stand.
            let server = Peer(adopting: accept(listener.descriptor.raw, nil, nil))
            server.send("x")
            #expect(client.receiveText(1) == "x")
            client.reset()
            try eventually("the end") { bench.sessions == 0 }
        }
        try meetRefusal()
        #expect(weighed.servers.withLock { $0 } == [])
        try meetRefusal()
        #expect(weighed.servers.withLock { $0 } == [id])
    }

    /// Told by the relay, on its thread.
    private final class Weighed: Sendable {
        let servers = Mutex<[ServerID]>([])
    }

    @Test(arguments: EngineVariant.allCases)
    func `a connect that hangs is redispatched, and the early data arrives`(engine: EngineVariant)
        throws
    {
        let hanging = try Hanging()
        let server = try TestServer.echo()
        defer { server.stop() }
        let bench = try Bench(engine, servers: [hanging.endpoint, server.endpoint]) {
            $0.backends[0].redispatches = true
            $0.backends[0].connectTimeout = .milliseconds(200)
        }
        defer { bench.engine.stop() }
        for _ in 0..<2 {
            let client = try bench.connect()
            client.send("early")
            #expect(client.receiveText(5) == "early")
        }
        #expect(try bench.records(2).contains { $0.isRedispatched })
    }

    @Test(arguments: EngineVariant.allCases)
    func `a client that resets while its server is awaited ends the attempt`(engine: EngineVariant)
        throws
    {
        let hanging = try Hanging()
        let bench = try Bench(engine, servers: [hanging.endpoint])
        defer { bench.engine.stop() }
        let client = try bench.connect()
        try eventually("the session") { bench.sessions == 1 }
        client.reset()
        let record = try #require(try bench.records(1).first)
        #expect(record.termination.description == "CC")
        #expect(bench.backend.snapshot(now: .now).counters.current == 0)
    }

    @Test(arguments: EngineVariant.allCases)
    func `without a usable server the client is closed at once`(engine: EngineVariant) throws {
        let bench = try Bench(engine, servers: [])
        defer { bench.engine.stop() }
        let client = try bench.connect()
        #expect(client.drain() == .endOfStream)
        let record = try #require(try bench.records(1).first)
        #expect(record.termination.description == "SC")
        #expect(record.server == nil)
        #expect(record.waitTime == nil)
    }

    @Test(arguments: EngineVariant.allCases)
    func `sessions of the virtual address come from it, with the ports of this node`(
        engine: EngineVariant
    ) throws {
        let server = try TestServer { peer in
            peer.send("\(peer.remote.map { "\($0)" } ?? "-")\n")
            _ = peer.drain()
        }
        defer { server.stop() }
        let virtual = try #require(IPAddress("127.0.0.100"))
        let bench = try Bench(engine, servers: [server.endpoint]) { plan in
            let port = plan.frontends[0].listeners[0].endpoint.port
            plan.frontends[0].listeners = [ListenerPlan(Endpoint(.anyV4, port))]
            plan.virtualSources = [
                VirtualSource(
                    address: virtual,
                    ports: 40_000...40_999,
                    networks: [.init(.v4(0x7F00_0000), prefixLength: 8)]
                )
            ]
        }
        defer { bench.engine.stop() }
        func source(of client: Peer) -> String {
            String(decoding: client.receive().bytes.dropLast(), as: UTF8.self)
        }
        let onVIP = source(of: try Peer(connectedTo: Endpoint(virtual, bench.endpoint.port)))
        #expect(onVIP.hasPrefix("127.0.0.100:40"), "\(onVIP)")
        let other = source(of: try bench.connect())
        #expect(other.hasPrefix("127.0.0.1:"), "\(other)")
    }
}
