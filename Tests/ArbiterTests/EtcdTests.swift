import Arbiter
import Lab
import LinuxIO
import PairControl
import Primitives
import Synchronization
import Testing

/// Against the real etcd.
@Suite(.serialized) struct EtcdTests {
    private static let key = "/ha-balancer/galera-vip"

    @Test func `the key is made, changed and lost by compare-and-set alone`() throws {
        try Self.withServer { server in
            let (one, two) = (EtcdArbiter([server.endpoint]), EtcdArbiter([server.endpoint]))
            #expect(one.cluster == nil)
            #expect(one.read() == .found(nil, revision: 0))
            #expect(one.cluster != nil)

            let first = try #require(one.write("node01", 7, over: 0).written)
            let record = ArbiterRecord(holder: "node01", epoch: 7, isAlone: false)
            #expect(two.read() == .found(record, revision: first))
            #expect(try server.control("get", "--print-value-only", Self.key) == "node01 epoch 7\n")

            // Both believe that nobody has written.
            #expect(two.write("node02", 8, over: 0) == .found(record, revision: first))
            let second = try #require(two.write("node02", 8, over: first).written)
            #expect(second > first)
            let other = ArbiterRecord(holder: "node02", epoch: 8, isAlone: false)
            #expect(one.write("node01", 9, over: first) == .found(other, revision: second))

            var alone = other
            alone.isAlone = true
            let request = ArbiterRequest(askedAt: .now, kind: .write(alone, over: second))
            let third = try #require(two.ask(request).written)
            #expect(one.read() == .found(alone, revision: third))
            one.end()
            two.end()
        }
    }

    @Test func `an operator deletes the key, or writes what nobody understands`() throws {
        try Self.withServer { server in
            let arbiter = EtcdArbiter([server.endpoint])
            let revision = try #require(arbiter.write("node01", 1, over: 0).written)
            #expect(try server.control("del", Self.key) == "1\n")
            #expect(arbiter.read() == .found(nil, revision: 0))
            #expect(arbiter.write("node01", 1, over: revision) == .found(nil, revision: 0))
            #expect(arbiter.write("node01", 2, over: 0).written != nil)

            for text in [
                "", "x", "node01 epoch -1", "node\u{1B}[31m epoch 1", "\u{FF}\u{0} epoch 2",
            ] {
                try server.control("put", Self.key, "--", text)
                guard case .found(let record, let foreign) = arbiter.read() else {
                    Issue.record("\(text)")
                    continue
                }
                #expect(record == nil && foreign > revision, "\(text)")
            }
            let foreign = try #require(arbiter.read().found)
            #expect(arbiter.write("node01", 3, over: foreign).written != nil)
        }
    }

    @Test func `of two who write over the same revision one wins, two hundred times`() throws {
        try Self.withServer { server in
            let nodes = (0..<2).map { _ in EtcdArbiter([server.endpoint]) }
            var revision: UInt64 = 0
            var wins = [0, 0]
            let start = Instant.now
            for round in 1...200 {
                let answers = Mutex<[ArbiterAnswer?]>([nil, nil])
                let over = revision
                try Self.atOnce(2) { index in
                    let answer = nodes[index].write("node0\(index + 1)", UInt64(round), over: over)
                    answers.withLock { $0[index] = answer }
                }
                let list = answers.withLock { $0.compactMap(\.self) }
                let winner = try #require(list.firstIndex { $0.written != nil }, "\(list)")
                let won = try #require(list[winner].written)
                let record = ArbiterRecord(
                    holder: "node0\(winner + 1)",
                    epoch: UInt64(round),
                    isAlone: false
                )
                #expect(list[1 - winner] == .found(record, revision: won))
                wins[winner] += 1
                revision = won
            }
            let took = (Instant.now - start).milliseconds
            print("compare-and-set: \(wins) won, \(took) ms for two hundred rounds")
        }
    }

    @Test func `a member that is down is passed over, and one that comes back is found`() throws {
        try Self.withCluster(of: 3) { servers in
            let arbiter = EtcdArbiter(servers.map(\.endpoint), within: .seconds(2))
            var revision = try #require(arbiter.write("node01", 1, over: 0).written)
            servers[0].stop()
            // The first writes may find the cluster without a leader.
            let isWritten = Patience.wait(.seconds(10)) {
                if let known = arbiter.read().found { revision = known }
                return arbiter.write("node01", 2, over: revision).written != nil
            }
            #expect(isWritten)

            // One of three decides nothing.
            servers[1].stop()
            let (lost, took) = time { arbiter.read() }
            #expect(lost.failure?.contains("majority") == true, "\(lost)")
            #expect(took < .seconds(6.5))
            try servers[0].start()
            #expect(Patience.wait(.seconds(10)) { arbiter.read().found != nil })
        }
    }

    @Test func `a write that may have arrived is not repeated elsewhere`() throws {
        try Self.withCluster(of: 3) { servers in
            let endpoints = servers.map(\.endpoint)
            let arbiter = EtcdArbiter(endpoints, within: .milliseconds(400))
            // Each connects to the first one, and has it as its first choice.
            let revision = try #require(arbiter.write("node01", 1, over: 0).written)
            servers[0].freeze()
            let (answer, took) = time { arbiter.write("node01", 2, over: revision) }
            #expect(answer.failure?.contains("\(endpoints[0]): no answer within 400 ms") == true)
            #expect(took >= .milliseconds(400) && took < .milliseconds(900), "\(took)")

            // It does not stay with the one that failed; a read goes on by itself.
            let patient = EtcdArbiter(endpoints, within: .seconds(4))
            let (read, waited) = time { patient.read() }
            #expect(
                read
                    == .found(.init(holder: "node01", epoch: 1, isAlone: false), revision: revision)
            )
            #expect(waited >= .seconds(4))
            #expect(patient.write("node02", 3, over: revision).written != nil)
            servers[0].freeze(false)
        }
    }

    @Test func `with a single member that stands still every request fails in time`() throws {
        try Self.withServer { server in
            let arbiter = EtcdArbiter([server.endpoint], within: .milliseconds(300))
            let revision = try #require(arbiter.write("node01", 1, over: 0).written)
            server.freeze()
            for ask in [arbiter.read, { arbiter.write("node01", 2, over: revision) }] {
                let (answer, took) = time(ask)
                #expect(answer.failure?.contains("no answer within 300 ms") == true)
                #expect(took >= .milliseconds(300) && took < .milliseconds(800), "\(took)")
            }
            server.freeze(false)
            #expect(Patience.wait(.seconds(5)) { arbiter.read().found != nil })
        }
    }

    @Test func `members of two clusters are not one arbiter`() throws {
        try Self.withServer { first in
            try Self.withServer { second in
                let arbiter = EtcdArbiter([first.endpoint, second.endpoint])
                #expect(arbiter.write("node01", 1, over: 0).written != nil)
                first.stop()
                let answer = arbiter.read()
                #expect(answer.failure?.contains("another cluster") == true, "\(answer)")
                #expect(arbiter.write("node01", 1, over: 0).failure != nil)
            }
        }
    }

    @Test func `it serves a mailbox on its thread, in order, until its end`() throws {
        try Self.withServer { server in
            let arbiter = EtcdArbiter([server.endpoint])
            let requests = try Mailbox<ArbiterRequest>(capacity: 8)
            let answers = Mutex<[(ArbiterAnswer, ArbiterRequest)]>([])
            try arbiter.serve(requests) { answer, request in
                answers.withLock { $0.append((answer, request)) }
            }
            let record = ArbiterRecord(holder: "node01", epoch: 1, isAlone: false)
            let sent = [ArbiterRequest.Kind.read, .write(record, over: 0), .read].map {
                ArbiterRequest(askedAt: .now, kind: $0)
            }
            for request in sent { #expect(requests.put(request)) }
            #expect(Patience.wait(.seconds(5)) { answers.withLock { $0.count } == 3 })
            let list = answers.withLock { $0 }
            #expect(list.map(\.1) == sent)
            let revision = try #require(list[1].0.written)
            #expect(list.map(\.0)[0] == .found(nil, revision: 0))
            #expect(list.map(\.0)[2] == .found(record, revision: revision))

            let ((), took) = time { arbiter.end() }
            #expect(took < .seconds(1))
            requests.put(sent[0])
            #expect(arbiter.read().failure != nil)
            #expect(answers.withLock { $0.count } == 3)
        }
    }

    /// The servers end with `body`, whatever comes of it.
    private static func withCluster(
        of count: Int,
        _ body: ([EtcdServer]) throws -> Void
    ) throws {
        let servers = try EtcdServer.cluster(of: count)
        defer { for server in servers { server.stop() } }
        try body(servers)
    }

    private static func withServer(_ body: (EtcdServer) throws -> Void) throws {
        try withCluster(of: 1) { try body($0[0]) }
    }

    /// Runs `body` on so many threads, and waits for them.
    private static func atOnce(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) throws {
        guard count > 0 else { return }
        let thread = try Thread.start(name: "racer") { body(count - 1) }
        let others = Result { try atOnce(count - 1, body) }
        thread.join()
        try others.get()
    }
}
