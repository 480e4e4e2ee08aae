import BalancerCore
import LinuxIO
import Primitives
import Relay
import Testing

/// `accept-proxy`: whose first bytes say who the client is.
@Suite(.serialized) struct AcceptProxyTests {
    /// A server that gives back what it gets.
    private static func play(
        _ engine: EngineVariant,
        _ change: (inout RelayPlan) -> Void = { _ in },
        _ body: (Bench) throws -> Void
    ) throws {
        let server = try TestServer { peer in
            while true {
                let (bytes, ending) = peer.receive()
                guard ending == nil, peer.send(bytes) else { return }
            }
        }
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint]) {
            $0.frontends[0].listeners[0].acceptsProxy = true
            $0.frontends[0].logsConnections = true
            change(&$0)
        }
        defer { bench.engine.stop() }
        try body(bench)
    }

    private let header = "PROXY TCP4 1.2.3.4 5.6.7.8 1111 3306\r\n"
    private let told = Endpoint(.v4(0x0102_0304), 1111)

    @Test(arguments: EngineVariant.allCases)
    func `the header may come with data, and byte by byte`(engine: EngineVariant) throws {
        try Self.play(engine) { bench in
            let together = try bench.connect()
            together.send(header + "data")
            #expect(together.receiveText(4) == "data")
            let bytewise = try bench.connect()
            for byte in header.utf8 {
                bytewise.send([byte])
                sleepMilliseconds(1)
            }
            bytewise.send("more")
            #expect(bytewise.receiveText(4) == "more")
            // Much of it, so that all ways of moving it are gone.
            let noise = noise(3_000_000, seed: 4)
            let writer = try JoinedThread("writer") { bytewise.send(noise) }
            #expect(bytewise.receive(exactly: noise.count) == noise)
            writer.join()
            together.close()
            bytewise.close()
            for record in try bench.records(2) {
                #expect(record.client == told)
                #expect(record.ends?.local == Endpoint(.v4(0x0506_0708), 3306))
                #expect(record.bytesToServer == record.bytesToClient && record.headerFault == nil)
                #expect((record.waitTime ?? .zero) >= record.handshakeTime)
            }
        }
    }

    @Test(arguments: EngineVariant.allCases)
    func `what is no header, or none in time, gets no server`(engine: EngineVariant) throws {
        try Self.play(engine, { $0.frontends[0].clientTimeout = .milliseconds(300) }) { bench in
            let garbage = try bench.connect()
            garbage.send("GET / HTTP/1.0\r\n\r\n")
            #expect(garbage.drain() == .reset)
            let left = try bench.connect()
            left.finishWriting()
            #expect(left.drain() == .endOfStream)
            let half = try bench.connect()
            half.send("PROXY TCP4 1.2")
            half.finishWriting()
            #expect(half.drain() != .silence)
            let reset = try bench.connect()
            try eventually { bench.sessions == 1 }
            reset.reset()
            let silent = try bench.connect()
            #expect(silent.drain() == .endOfStream)
            let slow = try bench.connect()
            slow.send("PROXY TCP4 1.2")
            #expect(slow.drain() != .silence)
            let faults = try bench.records(6).map(\.headerFault)
            #expect(
                faults == [.notAHeader, .closed, .truncated, .aborted, .timeout, .truncated]
            )
            let traffic = bench.engine.statistics().frontends[0].traffic
            #expect(traffic.failedHeaders == 6 && traffic.total == 0 && traffic.current == 0)
            #expect(bench.sessions == 0)
        }
    }

    @Test(arguments: EngineVariant.allCases)
    func `the client that is told counts, for rules and for the next one`(
        engine: EngineVariant
    ) throws {
        let seen = try TestServer { peer in
            _ = peer.send("[" + peer.receiveText(38) + "]")
        }
        defer { seen.stop() }
        let backend = Backend(
            BackendDefinition(
                name: "galera",
                servers: [
                    ServerDefinition(
                        name: "s",
                        endpoint: seen.endpoint,
                        proxyProtocol: .version1
                    )
                ]
            ),
            now: .now
        )
        let network = IPNetwork(.v4(0x0102_0305), prefixLength: 32)
        try Self.play(
            engine,
            {
                $0.backends[0].backend = backend
                $0.frontends[0].contentRules = [
                    AccessRule(rejects: true, alternatives: [[AccessRule.Term([network])]])
                ]
            }
        ) { bench in
            let client = try bench.connect()
            client.send(header)
            #expect(client.receiveText(40) == "[" + header + "]")
            let denied = try bench.connect()
            denied.send(header.replacing("1.2.3.4", with: "1.2.3.5"))
            #expect(denied.drain() == .endOfStream)
            let own = try bench.connect()
            own.send("PROXY UNKNOWN\r\n")
            let local = try #require(own.local)
            #expect(own.receiveText(38).hasPrefix("[PROXY TCP4 127.0.0.1 127.0.0.1 \(local.port)"))
            #expect(bench.engine.statistics().frontends[0].traffic.deniedSessions == 1)
        }
    }

    @Test(arguments: EngineVariant.allCases)
    func `nothing is left of a crowd that says nothing, half, or nonsense`(
        engine: EngineVariant
    ) throws {
        try Self.play(engine, { $0.frontends[0].clientTimeout = .milliseconds(200) }) { bench in
            for round in 0..<60 {
                let peers = try (0..<10).map { _ in try bench.connect() }
                for (index, peer) in peers.enumerated() {
                    peer.send(Array(Array(header.utf8).prefix((index + round) % 40)))
                    if index % 3 == 0 { peer.reset() }
                }
                if round % 10 == 0 { for peer in peers { _ = peer.drain() } }
            }
            try eventually { bench.sessions == 0 }
            #expect(bench.engine.statistics().frontends[0].traffic.current == 0)
        }
    }
}
