import BalancerCore
import Glibc
import LinuxIO
import Primitives
import Relay
import Testing

@Suite(.serialized) struct LimitTests {
    @Test(arguments: EngineVariant.allCases, [true, false])
    func `beyond maxconn connections wait in the backlog until a session ends`(
        engine: EngineVariant,
        isGlobal: Bool
    )
        throws
    {
        let server = try TestServer.named("hello")
        defer { server.stop() }
        let bench = try Bench(engine, servers: [server.endpoint]) {
            $0.threads = 2
            if isGlobal { $0.maxConnections = 2 } else { $0.frontends[0].maxConnections = 2 }
        }
        defer { bench.engine.stop() }
        let first = try bench.connect()
        let second = try bench.connect()
        #expect(first.receiveText(5) == "hello")
        #expect(second.receiveText(5) == "hello")
        let third = try bench.connect()
        third.setPatience(seconds: 0, microseconds: 200_000)
        #expect(third.receive().ending == .silence)
        #expect(bench.sessions == 2)
        third.setPatience(seconds: 10)
        first.close()
        #expect(third.receiveText(5) == "hello")
        #expect(bench.engine.statistics().limitPauses > 0)
        #expect(bench.engine.statistics().frontends[0].peak == 2)
    }

    @Test(arguments: EngineVariant.allCases)
    func `a full frontend does not stop another one`(engine: EngineVariant) throws {
        let server = try TestServer.named("hello")
        defer { server.stop() }
        let second = Endpoint(.v4(0x7F00_0001), try freePort("127.0.0.1"))
        let bench = try Bench(engine, servers: [server.endpoint]) {
            $0.frontends[0].maxConnections = 1
            $0.frontends.append(
                FrontendPlan(name: "second", listeners: [ListenerPlan(second)], backend: 0)
            )
        }
        defer { bench.engine.stop() }
        let first = try bench.connect()
        #expect(first.receiveText(5) == "hello")
        let waiting = try bench.connect()
        for _ in 0..<5 {
            #expect(try Peer(connectedTo: second).receiveText(5) == "hello")
        }
        first.close()
        #expect(waiting.receiveText(5) == "hello")
    }

    @Test(arguments: EngineVariant.allCases)
    func `out of descriptors it pauses, keeps its sessions, and goes on later`(
        engine: EngineVariant
    ) async {
        await #expect(processExitsWith: .success) { [engine] in
            let server = try TestServer.echo()
            let bench = try Bench(engine, servers: [server.endpoint])
            let client = try bench.connect()
            client.send("x")
            #expect(client.receiveText(1) == "x")
            // Room for the connections of the test, but for no more of the relay's.
            var limit = rlimit()
            unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let waiting = try (0..<5).map { _ in
                try SystemCall.run("socket") {
                    socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                }
            }
            var low = limit
            low.rlim_cur = rlim_t((waiting.max() ?? 0) + 1)
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &low)
            let peers = waiting.map { Peer(adopting: $0) }
            for raw in waiting {
                try SystemCall.run("connect") {
                    unsafe SocketAddress(bench.endpoint).withPointer { unsafe connect(raw, $0, $1) }
                }
            }
            try eventually("exhaustion") { bench.engine.statistics().exhaustions > 0 }
            sleepMilliseconds(500)
            #expect(bench.engine.statistics().exhaustions == 1)
            client.send("still")
            #expect(client.receiveText(5) == "still")
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            for peer in peers {
                peer.send("now")
                #expect(peer.receiveText(3) == "now")
            }
            exit(0)
        }
    }

    @Test(arguments: EngineVariant.allCases)
    func `two thousand sessions at a time on two workers leave no descriptor behind`(
        engine: EngineVariant
    ) async {
        // In a process of its own, whose descriptors no other test opens.
        await #expect(processExitsWith: .success) { [engine] in
            let server = try TestServer.echo()
            let before = openDescriptors()
            let bench = try Bench(engine, servers: [server.endpoint]) {
                $0.threads = 2
                $0.maxConnections = 4000
            }
            let clients = try (0..<2000).map { _ in try bench.connect() }
            for (number, client) in clients.enumerated() { client.send("session \(number)\n") }
            for (number, client) in clients.enumerated() {
                let text = "session \(number)\n"
                #expect(client.receiveText(text.utf8.count) == text)
            }
            #expect(bench.sessions == 2000)
            for client in clients { client.close() }
            #expect(try bench.records(2000).count == 2000)
            try eventually("the end of all sessions") { bench.sessions == 0 }
            #expect(bench.engine.statistics().frontends[0].peak == 2000)
            bench.engine.stop()
            exit(try leavesNothingOpen(beyond: before) ? 0 : 1)
        }
    }

    @Test(arguments: EngineVariant.allCases)
    func `sessions that were cut in every way leave no descriptor and no buffer behind`(
        engine: EngineVariant
    )
        async
    {
        await #expect(processExitsWith: .success) { [engine] in
            let bytes = noise(2_000_000, seed: 9)
            let server = try TestServer { peer in
                if peer.receiveText(5) == "reset" { return peer.reset() }
                peer.send(bytes)
            }
            let before = openDescriptors()
            let bench = try Bench(engine, servers: [server.endpoint])
            for round in 0..<60 {
                let client = try bench.connect()
                client.setBuffers(bytes: 65_536)
                client.send(round % 3 == 0 ? "reset" : "flood")
                _ = client.receive(exactly: 100_000)
                if round % 3 == 1 { client.reset() } else { client.close() }
            }
            try eventually("the end of all sessions") { bench.sessions == 0 }
            #expect(bench.engine.statistics().heldBuffers == 0)
            bench.engine.stop()
            exit(try leavesNothingOpen(beyond: before) ? 0 : 1)
        }
    }
}
