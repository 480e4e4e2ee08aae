import BalancerCore
import LinuxIO
import Primitives
import Relay
import Testing

@Suite(.serialized) struct RelayingTests {
    @Test(arguments: EngineVariant.allCases)
    func `what a client says comes back from the server`(engine: EngineVariant) throws {
        let server = try TestServer.echo()
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint])
        defer { bench.engine.stop() }
        let client = try bench.connect()
        client.send("select 1")
        #expect(client.receiveText(8) == "select 1")
        let listing = try #require(try bench.engine.sessions().first)
        #expect(listing.client == client.local)
        #expect(listing.state == .established)
        #expect(listing.bytesFromClient == 8)
        #expect(bench.engine.statistics().frontends[0].traffic.bytesIn == 8)
        client.close()
        let record = try #require(try bench.records(1).first)
        #expect(record.termination == .clean)
        #expect(record.bytesToServer == 8)
        #expect(record.bytesToClient == 8)
        #expect(record.server == ServerID(index: 0))
        #expect(record.connectTime != nil)
        #expect(bench.sessions == 0)
    }

    @Test(arguments: EngineVariant.allCases)
    func `a server may speak first`(engine: EngineVariant) throws {
        let server = try TestServer.named("greeting")
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint])
        defer { bench.engine.stop() }
        let client = try bench.connect()
        #expect(client.receiveText(8) == "greeting")
    }

    @Test(arguments: EngineVariant.allCases, [true, false])
    func `ten megabytes each way arrive whole after half-closes`(
        engine: EngineVariant,
        splices: Bool
    ) throws {
        let upward = noise(10_000_000, seed: 1)
        let downward = noise(10_000_000, seed: 2)
        let server = try TestServer { peer in
            // Answers only after the client's end of stream, on a connection half of which is
            // closed.
            let got = peer.receive(exactly: upward.count)
            let isRight = got == upward && peer.receive().ending == .endOfStream
            peer.send(isRight ? downward : [])
            peer.finishWriting()
        }
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint]) { $0.splicesBulk = splices }
        defer { bench.engine.stop() }
        let client = try bench.connect()
        #expect(client.send(upward))
        client.finishWriting()
        #expect(client.receive(exactly: downward.count) == downward)
        #expect(client.receive().ending == .endOfStream)
        let record = try #require(try bench.records(1).first)
        #expect(record.termination == .clean)
        #expect(record.bytesToServer == 10_000_000)
        #expect(record.bytesToClient == 10_000_000)
        let spliced = bench.engine.statistics().splicedBytes
        #expect(splices ? spliced > 10_000_000 : spliced == 0)
    }

    @Test(arguments: EngineVariant.allCases, [true, false])
    func `both directions at once do not disturb each other`(engine: EngineVariant, splices: Bool)
        throws
    {
        let server = try TestServer.echo()
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint]) { $0.splicesBulk = splices }
        defer { bench.engine.stop() }
        let client = try bench.connect()
        let bytes = noise(5_000_000, seed: 3)
        let sender = try Thread.start(name: "sender") {
            client.send(bytes)
            client.finishWriting()
        }
        #expect(client.receive(exactly: bytes.count) == bytes)
        #expect(client.receive().ending == .endOfStream)
        sender.join()
    }

    @Test(arguments: EngineVariant.allCases)
    func `single bytes arrive one by one and in order`(engine: EngineVariant) throws {
        let server = try TestServer.echo()
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint])
        defer { bench.engine.stop() }
        let client = try bench.connect()
        for value in 0..<300 {
            let byte = UInt8(truncatingIfNeeded: value)
            client.send([byte])
            #expect(client.receive(exactly: 1) == [byte])
        }
    }

    @Test(arguments: EngineVariant.allCases)
    func `a client that ends its stream at once still gets the answer`(engine: EngineVariant) throws
    {
        let server = try TestServer { peer in
            let ending = peer.drain()
            peer.send(ending == .endOfStream ? "bye" : "lost")
        }
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint])
        defer { bench.engine.stop() }
        let client = try bench.connect()
        client.send("last words")
        client.finishWriting()
        #expect(client.receiveText(3) == "bye")
        #expect(client.receive().ending == .endOfStream)
    }

    @Test(arguments: EngineVariant.allCases)
    func `clients that never read do not hold up those that do`(engine: EngineVariant) throws {
        let flood = noise(4_000_000, seed: 4)
        let server = try TestServer { peer in
            let order = peer.receiveText(5)
            if order == "flood" { peer.send(flood) }
            while true {
                let next = peer.receive()
                guard next.ending == nil, peer.send(next.bytes) else { return }
            }
        }
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint])
        var deaf: [Peer] = []
        for _ in 0..<20 {
            let client = try bench.connect()
            client.setBuffers(bytes: 131_072)
            client.send("flood")
            deaf.append(client)
        }
        try eventually("back-pressure") { bench.isStuck() }
        let start = Instant.now
        let client = try bench.connect()
        client.send("order")
        for _ in 0..<200 {
            client.send("ping")
            #expect(client.receiveText(4) == "ping")
        }
        #expect(Instant.now - start < .seconds(5))
        for client in deaf { client.reset() }
        client.close()
        bench.engine.stop()
        server.stop()
    }

    @Test(arguments: EngineVariant.allCases)
    func `what a slow client has not read yet still arrives whole`(engine: EngineVariant) throws {
        let bytes = noise(8_000_000, seed: 5)
        let server = try TestServer { $0.send(bytes) }
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint])
        defer { bench.engine.stop() }
        let client = try bench.connect()
        client.setBuffers(bytes: 131_072)
        // The server has long closed when the client begins to read.
        try eventually("back-pressure") { bench.isStuck() }
        #expect(bench.engine.statistics().backends[0].traffic.bytesOut < 8_000_000)
        #expect(client.receive(exactly: bytes.count) == bytes)
        #expect(client.receive().ending == .endOfStream)
    }
}
