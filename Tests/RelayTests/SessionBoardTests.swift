import LinuxIO
import Primitives
import Relay
import Testing

/// What the engine lets others know of its sessions on virtual addresses.
@Suite(.serialized) struct SessionBoardTests {
    /// 127.0.0.3 is "virtual", 127.0.0.1 the host's own.
    private static let virtual = "127.0.0.3"

    private struct Reader {
        var scan = SessionScan()
        var slots: [Int: [SessionEnds]] = [:]

        /// All that the engine tells, as it stands now.
        mutating func look(_ engine: RelayEngine) -> [SessionEnds] {
            var changed: [(Int, Int)] = []
            engine.forEachChange(&scan) { changed.append(($0, $1)) }
            for (worker, slot) in changed {
                slots[slot] = engine.sessionEnds(worker: worker, slots: slot..<(slot + 1))
            }
            return slots.values.flatMap(\.self)
        }
    }

    private static func bench(_ variant: EngineVariant, _ server: Endpoint) throws -> Bench {
        try Bench(variant, servers: [server], listeningOn: virtual) { plan in
            plan.virtualSources = [
                VirtualSource(
                    address: .v4(0x7F00_0003),
                    ports: nil,
                    networks: [.init(.v4(0x7F00_0000), prefixLength: 8)]
                )
            ]
        }
    }

    /// Tells each client where its server sees the session come from.
    private static func server() throws -> TestServer {
        try TestServer { peer in
            peer.send("\(peer.remote.map { "\($0)" } ?? "-")\n")
            _ = peer.drain()
        }
    }

    @Test(arguments: EngineVariant.allCases)
    func `a session is there with both its connections while it lasts`(
        variant: EngineVariant
    ) throws {
        let server = try Self.server()
        defer { server.stop() }
        let bench = try Self.bench(variant, server.endpoint)
        defer { bench.engine.stop() }
        var reader = Reader()
        #expect(reader.look(bench.engine).isEmpty)
        let client = try bench.connect()
        let seen = String(decoding: client.receive().bytes.dropLast(), as: UTF8.self)
        try eventually { reader.look(bench.engine).first?.server != nil }
        let ends = try #require(reader.look(bench.engine).first)
        #expect(ends.local == bench.endpoint)
        #expect(ends.client == client.local)
        #expect(ends.server == server.endpoint)
        #expect(ends.source.map { "\($0)" } == seen)
        #expect(ends.source?.address == .v4(0x7F00_0003))
        client.close()
        try eventually { reader.look(bench.engine).isEmpty }
    }

    @Test func `many sessions come and go, and what is left is what is there`() throws {
        let server = try Self.server()
        defer { server.stop() }
        let bench = try Self.bench(.epoll, server.endpoint)
        defer { bench.engine.stop() }
        var reader = Reader()
        var clients: [Peer] = []
        for round in 0..<6 {
            for _ in 0..<100 { clients.append(try bench.connect()) }
            // A peak, after which the memory of the highest sessions goes back.
            clients.shuffle()
            let leaving = round == 5 ? clients.count : 80
            for client in clients.suffix(leaving) { client.close() }
            clients.removeLast(leaving)
            let expected = Set(clients.compactMap(\.local))
            try eventually { Set(reader.look(bench.engine).map(\.client)) == expected }
        }
        #expect(reader.look(bench.engine).isEmpty)
    }

    @Test func `a client that waits for a server is there without one`() throws {
        // Nobody listens at the discard port: a retry each second.
        let bench = try Self.bench(.epoll, Endpoint(.v4(0x7F00_0001), 9))
        defer { bench.engine.stop() }
        let client = try bench.connect()
        var reader = Reader()
        try eventually { reader.look(bench.engine).count == 1 }
        let ends = try #require(reader.look(bench.engine).first)
        #expect(ends.client == client.local)
        #expect(ends.server == nil && ends.source == nil)
        client.reset()
        try eventually { reader.look(bench.engine).isEmpty }
    }

    @Test func `without virtual addresses nothing is noted`() throws {
        let server = try Self.server()
        defer { server.stop() }
        let bench = try Bench(.epoll, servers: [server.endpoint])
        defer { bench.engine.stop() }
        let client = try bench.connect()
        #expect(!client.receive().bytes.isEmpty)
        var reader = Reader()
        #expect(reader.look(bench.engine).isEmpty)
        client.close()
    }
}
