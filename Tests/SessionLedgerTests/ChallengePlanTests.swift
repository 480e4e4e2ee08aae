import Primitives
import SessionLedger
import Testing

@Suite struct ChallengePlanTests {
    private static let virtual = IPAddress.v4(0x0A00_0064)
    private let start = Instant(nanoseconds: 7_000_000_000)

    /// Of a session whose server is behind the interface of the virtual address, or elsewhere.
    private static func tuple(_ number: Int, from source: IPAddress = virtual) -> SessionTuple {
        SessionTuple(
            client: .init(
                local: Endpoint(virtual, 3306),
                remote: Endpoint(.v4(0x0A00_0032), UInt16(10_000 + number))
            ),
            server: .init(
                local: Endpoint(source, UInt16(20_000 + number)),
                remote: Endpoint(.v4(0x0A00_0001), 3306)
            )
        )
    }

    private func plan(_ tuples: [SessionTuple]) -> ChallengePlan {
        ChallengePlan(tuples, holding: [Self.virtual], salt: 99, now: start)
    }

    @Test func `5000 sessions are told once within 200 ms, and three times in all`() throws {
        var plan = plan((0..<5000).map { Self.tuple($0) })
        var sent: [SessionTuple.Connection: [UInt32]] = [:]
        var firstRound: Duration?
        var now = start
        while !plan.isOver {
            now = max(now, plan.nextAt)
            let due = plan.next(now: now)
            #expect(due.count <= ChallengePlan.burst)
            for challenge in due {
                sent[challenge.connection, default: []].append(challenge.sequence)
            }
            if plan.isFirstRoundOver, firstRound == nil { firstRound = now - start }
        }
        #expect(sent.count == 10_000)
        #expect(sent.values.allSatisfy { $0.count == 3 })
        // Whatever the window, it holds at most one of the first two.
        #expect(sent.values.allSatisfy { $0[0] &- $0[1] == 1 << 31 })
        #expect(try #require(firstRound) <= .milliseconds(200))
        #expect(now - start < .milliseconds(1500))
    }

    @Test func `a connection from the dead node's own address cannot be told`() {
        let own = IPAddress.v4(0x0A00_000A)
        let plan = plan([Self.tuple(1, from: own), Self.tuple(2)])
        #expect(plan.untellable == 1)
        #expect(plan.connections.count == 3)
        #expect(!plan.connections.contains { $0.local.address == own })
    }

    @Test func `this host itself is never challenged, and nobody is where nothing was`() {
        var circle = Self.tuple(1)
        circle.server?.remote.address = Self.virtual
        #expect(plan([circle]).connections.count == 1)
        var empty = plan([])
        #expect(empty.isOver && empty.isFirstRoundOver)
        #expect(empty.next(now: start).isEmpty)
    }

    @Test func `before its time nothing is due`() {
        var plan = plan((0..<100).map { Self.tuple($0) })
        #expect(plan.next(now: start).count == ChallengePlan.burst)
        #expect(plan.next(now: start).isEmpty)
        #expect(plan.nextAt > start)
    }
}
