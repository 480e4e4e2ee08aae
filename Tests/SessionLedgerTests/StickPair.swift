import BalancerCore
import Heartbeat
import Primitives
import SessionLedger

/// Two nodes with a stick table each, and a network between them that loses and overtakes.
struct StickPair {
    struct Node {
        var backend: Backend
        var writer = StickWriter()
        var reader = LedgerReader()
        var boot: UInt64
        var sequence: UInt64 = 0
        var role: Role
        var drops: [StickDropReason: Int] = [:]
    }

    var now = Instant(nanoseconds: 1_000_000_000)
    var nodes: [Node]
    var epoch: UInt64 = 1
    var datagrams = 0
    var bytes = 0
    var lossPercent = 0
    /// The longest time on the way.
    var delay: Duration = .zero
    var generator: SplitMix64
    private let definitions: [BackendDefinition]
    private var onTheWay: [(at: Instant, to: Int, bytes: [UInt8])] = []
    private var boots: UInt64 = 2

    /// The second node has the same servers in another order, as one that has been reloaded may.
    init(_ stick: StickDefinition, servers: Int = 3, seed: UInt64 = 1) {
        generator = SplitMix64(state: seed)
        definitions = [false, true].map { isReversed in
            let numbers = isReversed ? Array((1...servers).reversed()) : Array(1...servers)
            return BackendDefinition(
                name: "db",
                servers: numbers.map {
                    ServerDefinition(
                        name: "s\($0)",
                        endpoint: Endpoint(.v4(0x0A00_0000 + UInt32($0)), 3306)
                    )
                },
                stick: stick
            )
        }
        nodes = [
            Node(backend: Backend(definitions[0], now: now), boot: 1, role: .active),
            Node(backend: Backend(definitions[1], now: now), boot: 2, role: .standby),
        ]
    }

    /// A session of a client, or to an address, at a node. Returns its server.
    @discardableResult
    mutating func session(
        of client: UInt32,
        to destination: IPAddress? = nil,
        at node: Int
    ) -> String? {
        let backend = nodes[node].backend
        let assignment = backend.assign(for: .v4(client), to: destination, now: now)
        guard let server = assignment?.server else { return nil }
        defer { backend.finished(server, now: now) }
        return backend.name(of: server)
    }

    mutating func restart(_ node: Int, as role: Role) {
        boots += 1
        nodes[node] = Node(
            backend: Backend(definitions[node], now: now),
            boot: boots,
            role: role
        )
    }

    /// The node takes the virtual IP; the other one is standby.
    mutating func activate(_ node: Int) {
        epoch += 1
        nodes[node].role = .active
        nodes[1 - node].role = .standby
    }

    mutating func run(_ duration: Duration, step: Duration = .milliseconds(10)) throws {
        let end = now + duration
        while now < end {
            now = now + step
            for index in 0...1 { try tell(from: index) }
            let due = onTheWay.filter { $0.at <= now }
            onTheWay.removeAll { $0.at <= now }
            for datagram in due.sorted(by: { $0.at < $1.at }) {
                try receive(datagram.bytes, at: datagram.to)
            }
            for node in nodes { node.backend.ageStickTable(now: now) }
        }
    }

    private mutating func tell(from index: Int) throws {
        let peer = nodes[1 - index]
        let audience = StickWriter.Audience(
            own: nodes[index].role,
            peer: peer.role,
            boot: peer.boot,
            epoch: epoch
        )
        let messages = nodes[index].writer.messages(
            to: audience,
            backends: [nodes[index].backend],
            now: now
        )
        for message in messages {
            nodes[index].sequence += 1
            datagrams += 1
            let frame = LedgerFrame(
                pairID: 1,
                nodeID: UInt64(index),
                bootID: nodes[index].boot,
                sequence: nodes[index].sequence,
                message: message
            )
            let encoded = LedgerCodec.encode(frame, by: SumAuthenticator())
            bytes += encoded.count
            guard .random(in: 0..<100, using: &generator) >= lossPercent else { continue }
            let time = Int64.random(in: 0...delay.nanoseconds, using: &generator)
            onTheWay.append((now + .nanoseconds(time), 1 - index, encoded))
        }
    }

    private mutating func receive(_ datagram: [UInt8], at index: Int) throws {
        let frame = try LedgerCodec.decode(datagram, by: SumAuthenticator()).get()
        // A boot that has ended is told apart by the beats.
        guard frame.bootID == nodes[1 - index].boot else { return }
        do throws(FrameDecodingError) {
            _ = try nodes[index].reader.receive(frame, now: now)
        } catch {
            return
        }
        guard case .sticks(let epoch, let excerpt) = frame.message,
            StickWriter.follows(own: nodes[index].role)
        else { return }
        let source = StickSource(boot: frame.bootID, epoch: epoch)
        let drops = nodes[index].backend.adopt(excerpt, from: source, now: now)
        nodes[index].drops.merge(drops, uniquingKeysWith: +)
    }

    /// What a node remembers: by address the server's name.
    func table(_ node: Int) -> [IPAddress: String] {
        let rows = nodes[node].backend.stickListing(now: now)
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.key, $0.server?.name ?? "-") })
    }
}
