import Heartbeat
import Primitives
import SessionLedger
import Testing

/// What one node tells and the other keeps.
@Suite struct LedgerTests {
    /// The two ends of a ledger, a table of sessions, and a network between them that loses.
    private struct World {
        var now = Instant(nanoseconds: 1_000_000_000)
        var table: [UInt32: [SessionTuple]] = [:]
        var writer: LedgerWriter
        var reader = LedgerReader()
        var boot: UInt64 = 5
        var sequence: UInt64 = 0
        var datagrams = 0
        var lossPercent = 0
        var generator = SplitMix64(state: 1)

        init() { writer = LedgerWriter(now: now) }

        mutating func open(_ slot: Int) {
            let end = Endpoint(.v4(0x0A01_0000 + UInt32(slot)), 1)
            let virtual = Endpoint(.v4(0x0A00_0064), 3306)
            let tuple = SessionTuple(client: .init(local: virtual, remote: end), server: nil)
            let page = UInt32(slot / LedgerPage.slots)
            table[page, default: []].append(tuple)
            writer.changed(page: page)
        }

        mutating func close(_ page: UInt32) {
            guard table[page]?.popLast() != nil else { return }
            writer.changed(page: page)
        }

        mutating func step(_ time: Duration = .milliseconds(10)) throws {
            now = now + time
            for message in writer.messages(limit: 16, now: now, content: { table[$0] ?? [] }) {
                sequence += 1
                datagrams += 1
                if Int.random(in: 0..<100, using: &generator) < lossPercent { continue }
                let frame = LedgerFrame(
                    pairID: 1,
                    nodeID: 2,
                    bootID: boot,
                    sequence: sequence,
                    message: message
                )
                let missing = try reader.receive(frame, now: now)
                if missing != 0 { writer.requested(groups: missing) }
            }
        }

        var isEqual: Bool {
            var copy = reader
            let all = table.values.flatMap(\.self)
            return Set(copy.takeTuples()) == Set(all) && reader.sessions == all.count
        }
    }

    @Test func `5000 sessions are known within 100 ms, in some hundred datagrams`() throws {
        var world = World()
        for slot in 0..<5000 { world.open(slot) }
        for _ in 0..<10 { try world.step() }
        #expect(world.isEqual)
        #expect(world.datagrams < 120, "\(world.datagrams)")
        #expect(world.writer.told == 5000)
        for _ in 0..<20 { try world.step() }
        #expect(world.reader.isComplete)
        // From then on it is a digest a second.
        let before = world.datagrams
        for _ in 0..<1000 { try world.step() }
        #expect((9...11).contains(world.datagrams - before))
    }

    @Test(arguments: [5, 30, 60])
    func `whatever is lost, in the end both know the same`(lossPercent: Int) throws {
        var world = World()
        world.lossPercent = lossPercent
        var generator = SplitMix64(state: UInt64(lossPercent))
        for round in 0..<2000 {
            world.open(.random(in: 0..<4000, using: &generator))
            if round > 500 { world.close(.random(in: 0..<250, using: &generator)) }
            try world.step()
        }
        // Of the digests, too, more than half are lost: a page may have bad luck many times.
        for _ in 0..<10 where !(world.isEqual && world.reader.isComplete) {
            for _ in 0..<6000 { try world.step() }
        }
        #expect(world.isEqual)
        #expect(world.reader.isComplete)
    }

    @Test func `a new life of the reader asks for everything, one of the writer forgets it`() throws
    {
        var world = World()
        for slot in 0..<1000 { world.open(slot) }
        for _ in 0..<30 { try world.step() }
        world.reader = LedgerReader()
        world.writer.peerIsNew(now: world.now)
        for _ in 0..<10 { try world.step() }
        #expect(world.isEqual)
        // The writer's host was started again: no sessions, other numbers.
        world.table = [:]
        world.writer = LedgerWriter(now: world.now)
        world.boot = 6
        world.sequence = 0
        for _ in 0..<3 { try world.step() }
        #expect(world.isEqual)
        #expect(world.reader.sessions == 0)
    }

    @Test func `a recording is refused`() throws {
        var world = World()
        world.open(1)
        for _ in 0..<5 { try world.step() }
        let frame = LedgerFrame(
            pairID: 1,
            nodeID: 2,
            bootID: world.boot,
            sequence: 1,
            message: .pages([])
        )
        #expect(throws: FrameDecodingError(.replayed)) {
            _ = try world.reader.receive(frame, now: world.now)
        }
    }

    @Test func `beyond the limit nothing is told, on both sides, and it is counted`() throws {
        var world = World()
        for page in 0..<(LedgerLimits.pages + 10) { world.open(page * LedgerPage.slots) }
        #expect(world.writer.untold == 10)
        for _ in 0..<200 { try world.step() }
        #expect(world.reader.sessions == LedgerLimits.pages)
        let tuple = try #require(world.table[0]?.first)
        let flood = LedgerFrame(
            pairID: 1,
            nodeID: 2,
            bootID: world.boot,
            sequence: world.sequence + 1,
            message: .pages([LedgerPage(id: .max, version: 1, tuples: [tuple])])
        )
        _ = try world.reader.receive(flood, now: world.now)
        #expect(world.reader.overflows == 1)
        #expect(world.reader.sessions == LedgerLimits.pages)
    }

    @Test func `a session that comes and goes between two looks costs one datagram`() throws {
        var world = World()
        for _ in 0..<200 { try world.step() }
        let before = world.datagrams
        for _ in 0..<500 {
            world.open(7)
            world.close(0)
        }
        try world.step()
        #expect(world.datagrams - before <= 2)
    }
}

/// A generator of the test's own seed (Steele, Lea, Flood: Fast splittable generators, 2014).
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
