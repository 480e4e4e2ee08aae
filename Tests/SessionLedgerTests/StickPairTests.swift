import BalancerCore
import Heartbeat
import Primitives
import SessionLedger
import Testing

/// The stick table of the node that serves is that of the other one.
@Suite struct StickPairTests {
    private static let writer = IPAddress.v4(0x0A00_0064)

    private static func state(_ server: String, of node: StickPair.Node, isReady: Bool) throws {
        let id = try #require(node.backend.id(of: server))
        let state: AdministrativeState = isReady ? .ready : .maintenance
        _ = node.backend.setAdministrativeState(state, of: id, now: .zero)
    }

    @Test func `one writer stays where it went, through failovers and restarts`() throws {
        var pair = StickPair(StickDefinition(key: .destination, size: 1000))
        #expect(pair.session(of: 1, to: Self.writer, at: 0) == "s1")
        try Self.state("s1", of: pair.nodes[0], isReady: false)
        #expect(pair.session(of: 1, to: Self.writer, at: 0) == "s2")
        try Self.state("s1", of: pair.nodes[0], isReady: true)
        try pair.run(.milliseconds(50))
        // By its own order the second node would have taken s3.
        pair.activate(1)
        #expect(pair.session(of: 2, to: Self.writer, at: 1) == "s2")
        pair.restart(0, as: .starting)
        try pair.run(.milliseconds(50))
        pair.nodes[0].role = .standby
        pair.activate(0)
        #expect(pair.session(of: 3, to: Self.writer, at: 0) == "s2")
        // The one that serves starts anew, and the other one may not serve.
        try pair.run(.milliseconds(50))
        pair.nodes[1].role = .maintenance
        pair.restart(0, as: .starting)
        try pair.run(.milliseconds(50))
        pair.nodes[0].role = .active
        #expect(pair.session(of: 4, to: Self.writer, at: 0) == "s2")
    }

    @Test func `20 000 clients are known within half a second, by less than 200 datagrams`() throws
    {
        var pair = StickPair(StickDefinition(key: .source, size: 50_000))
        for client in 0..<20_000 { pair.session(of: UInt32(client), at: 0) }
        try pair.run(.milliseconds(480))
        #expect(pair.table(0).count == 20_000)
        #expect(pair.table(1) == pair.table(0))
        #expect(pair.datagrams <= 192)
        let standing = try #require(pair.nodes[1].backend.stickStanding)
        #expect(standing.isComplete && standing.copies == 20_000)
        #expect(pair.nodes[0].backend.stickStanding?.untold == 0)
        // From then on it is the walk: a tenth each second.
        let before = pair.datagrams
        try pair.run(.seconds(10))
        #expect((180...200).contains(pair.datagrams - before), "\(pair.datagrams - before)")
    }

    @Test func `a table of any size is told at one rate, and walked over at another`() throws {
        var pair = StickPair(StickDefinition(key: .source, size: 1 << 20))
        for client in 0..<200_000 { pair.session(of: UInt32(client), at: 0) }
        // Who asks more often gets no more.
        try pair.run(.seconds(1), step: .milliseconds(2))
        #expect(pair.datagrams == 400)
        #expect(pair.bytes < 400 * LedgerLimits.datagram)
        try pair.run(.milliseconds(3600))
        #expect(pair.table(1) == pair.table(0))
        try pair.run(.seconds(2))
        let before = pair.datagrams
        try pair.run(.seconds(10))
        // 640 pages a second.
        #expect((pair.datagrams - before) / 10 <= 46, "\(pair.datagrams - before)")
    }

    @Test func `an idle table of one address costs one datagram a second, and so does none`() throws
    {
        for clients in 0...1 {
            var pair = StickPair(StickDefinition(key: .source, size: 10))
            for client in 0..<clients { pair.session(of: UInt32(client), at: 0) }
            try pair.run(.seconds(1))
            let before = pair.datagrams
            try pair.run(.seconds(100))
            #expect((99...101).contains(pair.datagrams - before))
        }
    }

    @Test(arguments: [0, 20, 60], [1, 2, 3] as [UInt64])
    func `whatever is lost and overtaken, in the end both tables are equal`(
        lossPercent: Int,
        seed: UInt64
    ) throws {
        let expiry: Duration? = seed == 2 ? .seconds(60) : nil
        let stick = StickDefinition(
            key: .source,
            size: 300,
            expiry: expiry,
            purges: seed != 3
        )
        var pair = StickPair(stick, seed: seed)
        pair.lossPercent = lossPercent
        pair.delay = .milliseconds(50)
        for round in 0..<2000 {
            let active = pair.nodes[0].role == .active ? 0 : 1
            let random = Int.random(in: 0..<1000, using: &pair.generator)
            let client = UInt32.random(in: 0..<400, using: &pair.generator)
            switch random {
            case 0..<2: pair.activate(1 - active)
            case 2: pair.restart(1 - active, as: .standby)
            case 3: pair.nodes[active].backend.clearStickTable(nil)
            case 4..<50: pair.nodes[active].backend.clearStickTable(.v4(client))
            case 50..<60:
                let server = "s\(Int.random(in: 1...3, using: &pair.generator))"
                let isReady = Bool.random(using: &pair.generator)
                try Self.state(server, of: pair.nodes[active], isReady: isReady)
            case 60..<100: pair.session(of: client, at: 1 - active)
            default: pair.session(of: client, at: active)
            }
            if round % 2 == 0 { try pair.run(.milliseconds(20)) }
        }
        // The last word is that of one node.
        pair.activate(pair.nodes[0].role == .active ? 1 : 0)
        let active = pair.nodes[0].role == .active ? 0 : 1
        pair.delay = .milliseconds(5)
        try pair.run(.seconds(lossPercent == 60 ? 120 : 40))
        #expect(pair.table(0) == pair.table(1))
        let standing = try #require(pair.nodes[1 - active].backend.stickStanding)
        #expect(standing.isComplete && standing.copies == pair.table(active).count)
    }

    @Test func `time to live goes on where it was, and what is in use is not forgotten`() throws {
        var pair = StickPair(StickDefinition(key: .source, size: 10, expiry: .seconds(20)))
        for client in 1...3 { pair.session(of: UInt32(client), at: 0) }
        try pair.run(.seconds(15))
        pair.session(of: 3, at: 0)
        try pair.run(.seconds(4))
        func left(_ node: Int) -> [Int64] {
            pair.nodes[node].backend.stickListing(now: pair.now).map { $0.left?.milliseconds ?? -1 }
        }
        for (own, told) in zip(left(0), left(1)) { #expect(abs(own - told) < 20) }
        pair.activate(1)
        try pair.run(.seconds(2))
        #expect(Set(pair.table(1).keys) == [.v4(3)])
        #expect(Set(pair.table(0).keys) == [.v4(3)])
    }

    @Test func `between two walks a long way apart, what is in use is told in time`() throws {
        // 100 000 entries: the walk takes twenty seconds, the entries last for twelve.
        var pair = StickPair(StickDefinition(key: .source, size: 1 << 17, expiry: .seconds(12)))
        for client in 0..<100_000 { pair.session(of: UInt32(client), at: 0) }
        for _ in 0..<30 {
            try pair.run(.seconds(1))
            for client in 0..<50 { pair.session(of: UInt32(client * 2000), at: 0) }
        }
        try pair.run(.milliseconds(200))
        #expect(pair.table(1).count == 50)
        #expect(pair.table(1) == pair.table(0))
    }

    @Test func `what a node has found out itself goes when all has come, and not before`() throws {
        var pair = StickPair(StickDefinition(key: .source, size: 1 << 17))
        for client in 0..<50_000 { pair.session(of: UInt32(client), at: 0) }
        try pair.run(.seconds(2))
        #expect(pair.nodes[1].backend.stickStanding?.isComplete == true)
        // Both were active, each with clients of its own.
        pair.nodes[1].role = .active
        for client in 50_000..<50_100 { pair.session(of: UInt32(client), at: 1) }
        try pair.run(.seconds(1))
        #expect(pair.table(0).count == 50_000 && pair.table(1).count == 50_100)
        pair.activate(0)
        try pair.run(.milliseconds(500))
        #expect(pair.table(1)[.v4(50_050)] != nil)
        #expect(pair.nodes[1].backend.stickStanding?.isComplete == false)
        try pair.run(.seconds(1))
        #expect(pair.table(1) == pair.table(0))
    }

    @Test func `clearing reaches the other node`() throws {
        var pair = StickPair(StickDefinition(key: .source, size: 1000))
        for client in 0..<100 { pair.session(of: UInt32(client), at: 0) }
        try pair.run(.milliseconds(100))
        pair.nodes[0].backend.clearStickTable(.v4(7))
        try pair.run(.milliseconds(20))
        #expect(pair.table(1).count == 99 && pair.table(1)[.v4(7)] == nil)
        pair.nodes[0].backend.clearStickTable(nil)
        try pair.run(.milliseconds(20))
        #expect(pair.table(1).isEmpty)
        // What the standby finds out afterwards it keeps until it is told otherwise.
        pair.session(of: 200, at: 1)
        try pair.run(.seconds(3))
        #expect(Set(pair.table(1).keys) == [.v4(200)])
    }

    @Test func `sessions at the standby do not override what it was told`() throws {
        var pair = StickPair(StickDefinition(key: .source, size: 1000))
        #expect(pair.session(of: 7, at: 0) == "s1")
        try pair.run(.milliseconds(20))
        try Self.state("s1", of: pair.nodes[1], isReady: false)
        #expect(pair.session(of: 7, at: 1) == "s3")
        try pair.run(.milliseconds(1100))
        #expect(pair.table(1) == [.v4(7): "s1"])
    }
}
