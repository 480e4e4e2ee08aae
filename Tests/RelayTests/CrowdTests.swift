import BalancerCore
import LinuxIO
import Primitives
import Relay
import Synchronization
import Testing

/// Many sessions at a time.
@Suite(.serialized) struct CrowdTests {
    @Test(arguments: EngineVariant.allCases)
    func `64 sessions of ten megabytes each way lose nothing`(engine: EngineVariant) throws {
        let before = openDescriptors()
        let upward = noise(10_000_000, seed: 21)
        let downward = noise(10_000_000, seed: 22)
        do {
            let server = try TestServer { peer in
                // Both directions at once, each with an end of its own.
                guard let sender = try? JoinedThread("down", { peer.send(downward) }) else {
                    return
                }
                let isRight = peer.receive(exactly: upward.count) == upward
                let ending = peer.receive().ending
                sender.join()
                if isRight, ending == .endOfStream { peer.finishWriting() } else { peer.reset() }
            }
            defer { server.stop() }
            let bench = try Bench(engine, servers: [server.endpoint]) { $0.threads = 2 }
            defer { bench.engine.stop() }
            let whole = Atomic(0)
            let clients = try (0..<64).map { number in
                let client = try bench.connect()
                return try JoinedThread("client-\(number)") {
                    guard let sender = try? JoinedThread("up", { client.send(upward) }) else {
                        return
                    }
                    let isRight = client.receive(exactly: downward.count) == downward
                    sender.join()
                    client.finishWriting()
                    if isRight, client.receive().ending == .endOfStream {
                        whole.add(1, ordering: .relaxed)
                    }
                }
            }
            for client in clients { client.join() }
            #expect(whole.load(ordering: .relaxed) == 64)
            let records = try bench.records(64)
            #expect(records.allSatisfy { $0.termination == .clean })
            #expect(records.allSatisfy { $0.bytesToServer == 10_000_000 })
            #expect(records.allSatisfy { $0.bytesToClient == 10_000_000 })
            #expect(bench.engine.statistics().heldBuffers == 0)
        }
        #expect(try leavesNothingOpen(beyond: before))
    }

    @Test(arguments: EngineVariant.allCases)
    func `clients that never read do not stop the others`(engine: EngineVariant) throws {
        let flood = noise(1_000_000, seed: 23)
        let server = try TestServer { peer in
            guard peer.receiveText(1) == "f" else { return }
            while peer.send(flood) {}
        }
        defer { server.stop() }
        let echo = try TestServer.echo()
        defer { echo.stop() }
        let second = Endpoint(.v4(0x7F00_0001), try freePort("127.0.0.1"))
        let bench = try Bench(engine, servers: [server.endpoint]) { plan in
            plan.backends.append(BackendPlan(backend: Bench.backend("echo", [echo.endpoint])))
            plan.frontends.append(
                FrontendPlan(name: "other", listeners: [ListenerPlan(second)], backend: 1)
            )
        }
        defer { bench.engine.stop() }
        let mute = try (0..<20).map { _ in
            let client = try bench.connect()
            client.send("f")
            return client
        }
        try eventually("the mute clients' backlog") { bench.isStuck() }
        let readers = try (0..<200).map { _ in try Peer(connectedTo: second) }
        for round in 0..<30 {
            let text = "query \(round)"
            for reader in readers { reader.send(text) }
            for reader in readers { #expect(reader.receiveText(text.utf8.count) == text) }
        }
        // A held buffer each, and what a ring had received before it was told to stop.
        #expect(bench.engine.statistics().heldBuffers <= 20 * 20)
        for client in mute { client.reset() }
        for reader in readers { reader.close() }
        try eventually("the end of all sessions") { bench.sessions == 0 }
        #expect(bench.engine.statistics().heldBuffers == 0)
    }

    @Test func `small pieces stream, bulk data does not, and both may take turns`() throws {
        let server = try TestServer.echo()
        defer { server.stop() }
        let bench = try Bench(.ioUring, servers: [server.endpoint])
        defer { bench.engine.stop() }
        let client = try bench.connect()
        let bulk = noise(3_000_000, seed: 24)
        for turn in 1...4 {
            for number in 0..<50 {
                let text = "query \(number) of turn \(turn)"
                client.send(text)
                #expect(client.receiveText(text.utf8.count) == text)
            }
            #expect(bench.engine.statistics().streamStarts == UInt64(turn))
            let sender = try JoinedThread("sender") { client.send(bulk) }
            #expect(client.receive(exactly: bulk.count) == bulk)
            sender.join()
        }
        #expect(bench.engine.statistics().splicedBytes > 0)
    }

    @Test func `auto takes io_uring where the kernel has it`() throws {
        let bench = try Bench(.ioUring, servers: []) { $0.engine = .auto }
        defer { bench.engine.stop() }
        #expect(bench.engine.selection?.kind == .ioUring)
        #expect(bench.engine.selection?.obstacle == nil)
    }
}
