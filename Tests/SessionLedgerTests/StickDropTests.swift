import BalancerCore
import Heartbeat
import Primitives
import SessionLedger
import Testing

/// What is told and cannot be taken over, and who tells at all.
@Suite struct StickDropTests {
    private let source = StickSource(boot: 1, epoch: 1)

    private static func definition(
        _ servers: [String] = ["s1", "s2"],
        size: Int = 100,
        purges: Bool = true
    ) -> BackendDefinition {
        BackendDefinition(
            name: "db",
            servers: servers.map { ServerDefinition(name: $0, endpoint: Endpoint(.v4(1), 1)) },
            stick: StickDefinition(key: .source, size: size, purges: purges)
        )
    }

    private static func excerpt(
        _ entries: [StickPage.Entry],
        page: Int = 0,
        of pages: Int = 1
    ) -> StickExcerpt {
        StickExcerpt(
            backend: "db",
            key: .source,
            pageCount: pages,
            pages: [StickPage(id: page, entries: entries)]
        )
    }

    private static func entry(_ place: Int, _ server: String = "s1") -> StickPage.Entry {
        .init(place: place, key: .v4(UInt32(place)), server: server, age: .zero)
    }

    @Test func `a server that is unknown here is kept out, counted, and taken once it is known`() {
        var pool = ServerPool(Self.definition(), now: .zero)
        let told = Self.excerpt([Self.entry(0), Self.entry(1, "s9")])
        for _ in 0..<2 {
            #expect(pool.adopt(told, from: source, now: .zero) == [.unknownServer: 1])
            #expect(pool.stickListing(now: .zero).map(\.server?.name) == ["s1"])
        }
        _ = pool.reconfigure(Self.definition(["s9", "s1"]), now: .zero)
        #expect(pool.adopt(told, from: source, now: .zero) == [:])
        #expect(Set(pool.stickListing(now: .zero).map(\.server?.name)) == ["s1", "s9"])
    }

    @Test func `without such a table nothing is taken`() {
        var definition = Self.definition()
        definition.stick?.key = .destination
        var other = ServerPool(definition, now: .zero)
        definition.stick = nil
        var none = ServerPool(definition, now: .zero)
        let told = Self.excerpt([Self.entry(0)])
        #expect(other.adopt(told, from: source, now: .zero) == [.unknownTable: 1])
        #expect(none.adopt(told, from: source, now: .zero) == [.unknownTable: 1])
        #expect(other.stickListing(now: .zero).isEmpty && none.stickStanding == nil)
    }

    @Test func `a smaller table keeps its size, and pages beyond it are counted`() {
        var pool = ServerPool(Self.definition(size: 10, purges: false), now: .zero)
        let all = (0..<8).map { Self.entry($0) }
        #expect(pool.adopt(Self.excerpt(all, of: 9), from: source, now: .zero) == [:])
        var second = all
        for index in second.indices { second[index].key = .v4(100 + UInt32(index)) }
        let told = Self.excerpt(second, page: 1, of: 9)
        #expect(pool.adopt(told, from: source, now: .zero) == [.tableFull: 6])
        let beyond = Self.excerpt(all, page: 8, of: 9)
        #expect(pool.adopt(beyond, from: source, now: .zero) == [.tableFull: 8])
        #expect(pool.stickListing(now: .zero).count == 10)
        // What was only found out here makes room for what is told.
        var own = ServerPool(Self.definition(size: 10, purges: false), now: .zero)
        for client in 200..<210 as Range<UInt32> {
            _ = own.assign(for: .v4(client), avoiding: nil, now: .zero)
        }
        #expect(own.adopt(Self.excerpt(all, of: 2), from: source, now: .zero) == [:])
        #expect(own.stickListing(now: .zero).count == 10)
        #expect(own.stickStanding?.copies == 8)
    }

    @Test func `a table that a reload made smaller is told within its new size`() {
        var pool = ServerPool(Self.definition(), now: .zero)
        for client in 0..<100 as Range<UInt32> {
            let now = Instant.zero + .milliseconds(Int64(client))
            _ = pool.assign(for: .v4(client), avoiding: nil, now: now)
        }
        _ = pool.reconfigure(Self.definition(size: 10), now: .zero)
        let excerpt = pool.takeStickPages(limit: 100, now: .zero)
        #expect(excerpt?.pageCount == 2)
        #expect(excerpt?.pages.flatMap(\.entries).count == 10)
        let newest = Set((90..<100 as Range<UInt32>).map { IPAddress.v4($0) })
        #expect(Set(excerpt?.pages.flatMap(\.entries).map(\.key) ?? []) == newest)
    }

    @Test func `names that are too long are not told, and counted`() throws {
        let long = String(repeating: "x", count: LedgerCodec.nameLimit + 1)
        let backend = Backend(Self.definition(["s1", long]), now: .zero)
        for client in 0..<4 as Range<UInt32> { _ = backend.assign(for: .v4(client), now: .zero) }
        var writer = StickWriter()
        let audience = StickWriter.Audience(own: .active, peer: .standby, boot: 1, epoch: 1)
        let messages = writer.messages(to: audience, backends: [backend], now: .zero)
        guard case .sticks(epoch: 1, let excerpt)? = messages.first else {
            Issue.record("\(messages)")
            return
        }
        #expect(excerpt.pages.flatMap(\.entries).map(\.server) == ["s1", "s1"])
        #expect(messages.count == 1 && writer.untold == 2)
    }

    @Test func `the longest names at IPv6 addresses fit into datagrams`() throws {
        let names = (0..<20).map { number in
            String("\(100 + number)" + String(repeating: "y", count: LedgerCodec.nameLimit - 3))
        }
        var definition = Self.definition(names)
        definition.name = String(repeating: "b", count: LedgerCodec.nameLimit)
        let backend = Backend(definition, now: .zero)
        for client in 0..<100 as Range<UInt64> {
            _ = backend.assign(for: .v6(high: 1, low: client), now: .zero)
        }
        var writer = StickWriter()
        let audience = StickWriter.Audience(own: .active, peer: .standby, boot: 1, epoch: 1)
        var told: [StickPage.Entry] = []
        for turn in 0..<10 as Range<Int64> {
            let now = Instant.zero + .milliseconds(turn * 10)
            for message in writer.messages(to: audience, backends: [backend], now: now) {
                let frame = LedgerFrame(
                    pairID: 1,
                    nodeID: 1,
                    bootID: 1,
                    sequence: 1,
                    message: message
                )
                let bytes = LedgerCodec.encode(frame, by: SumAuthenticator())
                #expect(bytes.count <= LedgerLimits.datagram)
                guard case .sticks(_, let excerpt) = message else { continue }
                told += excerpt.pages.flatMap(\.entries)
            }
        }
        #expect(Set(told.map(\.key)).count == 100 && told.count == 100 && writer.untold == 0)
    }

    @Test func `the node that serves tells, and who has been there tells who has just started`() {
        func tells(_ own: Role, _ peer: Role) -> Bool {
            StickWriter.Audience(own: own, peer: peer, boot: 1, epoch: 1) != nil
        }
        for peer in [.starting, .standby, .maintenance, .fault] as [Role] {
            #expect(tells(.active, peer))
            #expect(!tells(.starting, peer) && !tells(.activating, peer))
        }
        // Of two holders neither listens.
        for own in Role.allCases {
            #expect(!tells(own, .active) && !tells(own, .activating) && !tells(own, .stopping))
        }
        #expect(tells(.standby, .starting) && tells(.maintenance, .starting))
        #expect(!tells(.standby, .standby) && !tells(.standby, .maintenance))
        #expect(Role.allCases.filter { !StickWriter.follows(own: $0) } == [.activating, .active])
    }
}
