import BalancerCore
import Primitives
import Testing

/// Server `maxconn` and the sessions that wait.
@Suite struct QueueTests {
    private static func servers(_ limits: Int?...) -> [ServerDefinition] {
        var servers = Pools.servers(limits.count)
        for (index, limit) in limits.enumerated() { servers[index].maxConnections = limit }
        return servers
    }

    private static func backend(
        _ servers: [ServerDefinition],
        _ balance: BalanceAlgorithm = .roundRobin,
        stick: StickDefinition? = nil
    ) -> Backend {
        Backend(
            BackendDefinition(name: "b", servers: servers, balance: balance, stick: stick),
            now: .zero
        )
    }

    private static func ticket(_ number: Int) -> QueueTicket {
        QueueTicket(worker: 0, index: UInt32(number), generation: 7)
    }

    /// `s1`, `queued` or `refused`.
    private static func place(_ backend: Backend, _ number: Int, client: UInt32 = 2) -> String {
        let placement = backend.place(
            ticket(number),
            for: .v4(0x7F00_0000 + client),
            now: .zero
        )
        return switch placement {
        case .assigned(let assignment): backend.name(of: assignment.server) ?? "?"
        case .queued: "queued"
        case .refused: "refused"
        }
    }

    /// Who comes when a session of a server ends: `3:s1`.
    private static func finish(_ backend: Backend, _ server: Int) -> [String] {
        names(backend.finished(ServerID(index: server), now: .zero).grants, backend)
    }

    private static func names(_ grants: [Grant], _ backend: Backend) -> [String] {
        grants.map { "\($0.ticket.index):\(backend.name(of: $0.assignment.server) ?? "?")" }
    }

    @Test func `beyond maxconn sessions wait, and come in the order in which they came`() {
        let backend = Self.backend(Self.servers(1, 1))
        #expect((1...4).map { Self.place(backend, $0) } == ["s1", "s2", "queued", "queued"])
        #expect(backend.snapshot(now: .zero).queued == 2)
        #expect(Self.finish(backend, 1) == ["3:s2"])
        // Nobody overtakes who waits.
        #expect(Self.place(backend, 5) == "queued")
        #expect(Self.finish(backend, 0) == ["4:s1"])
        #expect(Self.finish(backend, 0) == ["5:s1"])
        #expect(Self.finish(backend, 0) == [])
        #expect(Self.place(backend, 6) == "s1")
        #expect(backend.snapshot(now: .zero).counters.queuedMaximum == 2)
        #expect(backend.snapshot(now: .zero).counters.total == 6)
    }

    @Test func `a server without a limit takes all that the others do not`() {
        let backend = Self.backend(Self.servers(1, nil))
        #expect((1...5).map { Self.place(backend, $0) } == ["s1", "s2", "s2", "s2", "s2"])
    }

    @Test func `an active server that is full is not replaced by a backup`() {
        var servers = Self.servers(1, 5)
        servers[1].isBackup = true
        let backend = Self.backend(servers)
        #expect((1...2).map { Self.place(backend, $0) } == ["s1", "queued"])
        let id = ServerID(index: 0)
        let outcome = backend.setAdministrativeState(.maintenance, of: id, now: .zero)
        #expect(Self.names(outcome.grants, backend) == ["2:s2"])
    }

    @Test func `who leaves is passed over, and who has a server already cannot leave`() {
        let backend = Self.backend(Self.servers(1))
        #expect((1...4).map { Self.place(backend, $0) } == ["s1", "queued", "queued", "queued"])
        #expect(
            backend.leaveQueue(Self.ticket(2), isTimeout: true)
                == QueuePosition(number: 1, isOfServer: false)
        )
        #expect(backend.leaveQueue(Self.ticket(2), isTimeout: true) == nil)
        #expect(backend.snapshot(now: .zero).counters.connectErrors == 1)
        #expect(Self.finish(backend, 0) == ["3:s1"])
        #expect(backend.leaveQueue(Self.ticket(3), isTimeout: false) == nil)
        #expect(Self.finish(backend, 0) == ["4:s1"])
    }

    @Test func `who sticks to a server waits for that one, up to its maxqueue`() {
        var servers = Self.servers(1, 5)
        servers[0].maxQueue = 1
        let stick = StickDefinition(key: .source, size: 10)
        let backend = Self.backend(servers, stick: stick)
        #expect(Self.place(backend, 1, client: 2) == "s1")
        #expect(Self.place(backend, 2, client: 2) == "queued")
        #expect(backend.snapshot(now: .zero).servers[0].queued == 1)
        // The queue of s1 is full: another server, which is remembered from then on.
        #expect(Self.place(backend, 3, client: 2) == "s2")
        #expect(Self.place(backend, 4, client: 2) == "s2")
        #expect(Self.place(backend, 5, client: 3) == "s2")
        #expect(Self.finish(backend, 0) == ["2:s1"])
    }

    @Test func `a hash waits for its server`() {
        let backend = Self.backend(Self.servers(1, 1), .source)
        let first = Self.place(backend, 1, client: 2)
        #expect(Self.place(backend, 2, client: 2) == "queued")
        let index = first == "s1" ? 0 : 1
        #expect(backend.snapshot(now: .zero).servers[index].queued == 1)
        // The other one is free, and not for this client.
        #expect(Self.place(backend, 3, client: 3) != first)
        #expect(Self.finish(backend, 1 - index) == [])
        #expect(Self.finish(backend, index) == ["2:\(first)"])
    }

    @Test func `a server that goes down gives away who waits for it`() {
        let stick = StickDefinition(key: .source, size: 10)
        let backend = Self.backend(Self.servers(1, 1), stick: stick)
        #expect(Self.place(backend, 1, client: 2) == "s1")
        #expect(Self.place(backend, 2, client: 2) == "queued")
        let id = ServerID(index: 0)
        let outcome = backend.setAdministrativeState(.maintenance, of: id, now: .zero)
        #expect(Self.names(outcome.grants, backend) == ["2:s2"])
    }

    @Test
    func `without a usable server nobody new waits, and who waits is served when one is back`() {
        let backend = Self.backend(Self.servers(1))
        #expect((1...2).map { Self.place(backend, $0) } == ["s1", "queued"])
        let id = ServerID(index: 0)
        #expect(backend.setAdministrativeState(.maintenance, of: id, now: .zero).grants == [])
        #expect(Self.place(backend, 3) == "refused")
        #expect(Self.finish(backend, 0) == [])
        let outcome = backend.setAdministrativeState(.ready, of: id, now: .zero)
        #expect(Self.names(outcome.grants, backend) == ["2:s1"])
    }

    @Test func `a reload that makes room lets sessions in`() {
        let backend = Self.backend(Self.servers(1))
        #expect((1...4).map { Self.place(backend, $0) } == ["s1", "queued", "queued", "queued"])
        let more = BackendDefinition(name: "b", servers: Self.servers(2))
        #expect(Self.names(backend.reconfigure(more, now: .zero).grants, backend) == ["2:s1"])
        let free = BackendDefinition(name: "b", servers: Self.servers(nil))
        #expect(
            Self.names(backend.reconfigure(free, now: .zero).grants, backend) == ["3:s1", "4:s1"]
        )
    }

    // One was lost, and its room with it: it was sorted before the end of those who had gone.
    @Test func `who is released comes before those who came later, also where others have gone`() {
        let stick = StickDefinition(key: .source, size: 10)
        let backend = Self.backend(Self.servers(1, 1), stick: stick)
        #expect(Self.place(backend, 1, client: 1) == "s1")
        #expect(Self.place(backend, 2, client: 2) == "s2")
        // For s1; for any, and the first of these goes.
        #expect(
            (3...5).map { Self.place(backend, $0, client: [1, 8, 9][$0 - 3]) }
                == ["queued", "queued", "queued"]
        )
        #expect(backend.leaveQueue(Self.ticket(4), isTimeout: false) != nil)
        // Somebody looks whether there is room.
        _ = backend.setWeight(5, of: ServerID(index: 1), now: .zero)
        let grants = backend.setAdministrativeState(
            .maintenance,
            of: ServerID(index: 0),
            now: .zero
        ).grants
        #expect(grants.isEmpty)
        #expect(Self.finish(backend, 1) == ["3:s2"])
        #expect(Self.finish(backend, 1) == ["5:s2"])
        #expect(backend.snapshot(now: .zero).queued == 0)
    }

    @Test func `maxconn rises with a slow start`() {
        var servers = Self.servers(10)
        servers[0].slowStart = .seconds(10)
        let backend = Self.backend(servers)
        let id = ServerID(index: 0)
        _ = backend.setAdministrativeState(.maintenance, of: id, now: .zero)
        _ = backend.setAdministrativeState(.ready, of: id, now: .zero)
        func fill(at second: Int64) -> Int {
            var count = 0
            while case .assigned = backend.place(
                Self.ticket(100 + count),
                for: Pools.client,
                now: .seconds(second)
            ) { count += 1 }
            _ = backend.leaveQueue(Self.ticket(100 + count), isTimeout: false)
            for _ in 0..<count { backend.finished(id, now: .seconds(second)) }
            return count
        }
        #expect(fill(at: 0) == 1)
        #expect((4...5).contains(fill(at: 5)))
        #expect(fill(at: 10) == 10)
    }

    @Test(arguments: 0..<20)
    func `whatever happens, limits are kept, nobody is lost and no room stays empty`(seed: Int) {
        var random = SplitMix(seed: seed)
        let limits = [1, 2, 3]
        let algorithms = BalanceAlgorithm.allCases
        let balance = algorithms[seed % algorithms.count]
        let sticks = seed / algorithms.count % 2 == 1
        let stick = sticks ? StickDefinition(key: .source, size: 20) : nil
        let backend = Self.backend(Self.servers(1, 2, 3), balance, stick: stick)
        var sessions: [ServerID] = []
        var waiting: Set<QueueTicket> = []
        func took(_ grants: [Grant]) {
            for grant in grants {
                #expect(waiting.remove(grant.ticket) != nil)
                sessions.append(grant.assignment.server)
            }
        }
        for step in 0..<4000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0...4:
                let client = IPAddress.v4(UInt32.random(in: 1...9, using: &random))
                switch backend.place(Self.ticket(step), for: client, now: .zero) {
                case .assigned(let assignment): sessions.append(assignment.server)
                case .queued: waiting.insert(Self.ticket(step))
                case .refused: break
                }
            case 5...7:
                guard let index = sessions.indices.randomElement(using: &random) else { break }
                took(backend.finished(sessions.remove(at: index), now: .zero).grants)
            case 8:
                guard let ticket = waiting.randomElement(using: &random) else { break }
                #expect(backend.leaveQueue(ticket, isTimeout: false) != nil)
                waiting.remove(ticket)
            default:
                let id = ServerID(index: Int.random(in: 0..<3, using: &random))
                let states = AdministrativeState.allCases
                let state = states.randomElement(using: &random) ?? .ready
                took(backend.setAdministrativeState(state, of: id, now: .zero).grants)
            }
            let snapshot = backend.snapshot(now: .zero)
            for (server, limit) in zip(snapshot.servers, limits) {
                let count = sessions.count { $0 == server.id }
                #expect(server.counters.current == count && count <= limit, "step \(step)")
            }
            #expect(
                snapshot.queued + snapshot.servers.map(\.queued).reduce(0, +) == waiting.count
            )
            let hasRoom = zip(snapshot.servers, limits).contains {
                $0.isUsable && $0.counters.current < $1
            }
            #expect(!hasRoom || snapshot.queued == 0 || balance == .source, "step \(step)")
        }
    }
}
