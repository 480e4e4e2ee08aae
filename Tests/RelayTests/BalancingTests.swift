import BalancerCore
import LinuxIO
import Primitives
import Relay
import Testing

/// What the algorithms see of real sessions: the client's address, and who is there.
@Suite(.serialized) struct BalancingTests {
    /// Three servers that say who they are, and then wait for the client's end.
    private static func play(
        _ engine: EngineVariant,
        _ algorithm: BalanceAlgorithm,
        _ body: (Bench) throws -> Void
    ) throws {
        let servers = try ["A", "B", "C"].map { name in
            try TestServer { peer in
                peer.send(name)
                _ = peer.receiveText(1)
            }
        }
        defer { for server in servers { server.stop() } }
        let backend = Backend(
            BackendDefinition(
                name: "galera",
                servers: zip(["A", "B", "C"], servers).map {
                    ServerDefinition(name: $0, endpoint: $1.endpoint)
                },
                balance: algorithm
            ),
            now: .now
        )
        let bench = try Bench(engine, servers: []) { $0.backends[0].backend = backend }
        defer { bench.engine.stop() }
        try body(bench)
    }

    @Test(arguments: EngineVariant.allCases)
    func `with source a client comes back to its server`(engine: EngineVariant) throws {
        try Self.play(engine, .source) { bench in
            for _ in 0..<2 {
                var servers = ""
                for last in 1...9 {
                    let client = try bench.connect(from: .v4(0x7F00_0000 + UInt32(last)))
                    servers += client.receiveText(1)
                    client.close()
                }
                // As HAProxy.
                #expect(servers == "CABCABCAB")
            }
        }
    }

    @Test(arguments: EngineVariant.allCases)
    func `with leastconn whose sessions ended gets the next one`(engine: EngineVariant) throws {
        try Self.play(engine, .leastConnections) { bench in
            var clients: [Peer] = []
            var servers = ""
            func come() throws {
                let client = try bench.connect()
                servers += client.receiveText(1)
                clients.append(client)
            }
            for _ in 0..<6 { try come() }
            #expect(servers == "ABCABC")
            // Both of C's, and then one of B's.
            for index in [2, 5, 4] {
                clients[index].close()
                _ = try bench.records(1)
            }
            servers = ""
            for _ in 0..<4 { try come() }
            // An idle one first; then who has one, the longest first.
            #expect(servers == "CBCA")
        }
    }
}
