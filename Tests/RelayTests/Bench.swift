import BalancerCore
import Glibc
import LinuxIO
import Primitives
import Relay
import Testing

/// What a test runs on.
enum EngineVariant: String, Sendable, Codable, CaseIterable {
    case epoll
    case ioUring
    /// So that short tests come to streaming as well.
    case ioUringStreamingAtOnce

    var kind: EngineKind { self == .epoll ? .epoll : .ioUring }
}

/// An engine with one frontend and one backend on loopback.
struct Bench {
    let engine: RelayEngine
    let backend: Backend
    let endpoint: Endpoint
    var plan: RelayPlan

    init(
        _ engine: EngineVariant,
        servers: [Endpoint],
        listeningOn address: String = "127.0.0.1",
        _ change: (inout RelayPlan) -> Void = { _ in },
        weigh: @escaping ConnectWeighing = { _, _ in }
    ) throws {
        backend = Self.backend("galera", servers)
        endpoint = Endpoint(try #require(IPAddress(address)), try freePort(address))
        plan = RelayPlan(
            frontends: [
                FrontendPlan(name: "mysql", listeners: [ListenerPlan(endpoint)], backend: 0)
            ],
            backends: [BackendPlan(backend: backend, connectTimeout: .seconds(5))]
        )
        plan.engine = .fixed(engine.kind)
        if engine == .ioUringStreamingAtOnce { plan.streamsAfter = 1 }
        change(&plan)
        self.engine = RelayEngine(plan: plan)
        try self.engine.start(weigh: weigh)
    }

    static func backend(_ name: String, _ servers: [Endpoint]) -> Backend {
        Backend(
            BackendDefinition(
                name: name,
                servers: servers.enumerated().map {
                    ServerDefinition(name: "node\($0.offset + 1)", endpoint: $0.element)
                }
            ),
            now: .now
        )
    }

    func connect(from source: IPAddress? = nil) throws -> Peer {
        try Peer(connectedTo: endpoint, from: source)
    }

    /// Records of finished sessions, as soon as there are `count`.
    func records(_ count: Int) throws -> [SessionRecord] {
        var records: [SessionRecord] = []
        try eventually { [engine] in
            records += engine.drainRecords()
            return records.count >= count
        }
        return records
    }

    /// Data came from the servers, and has stopped coming.
    func isStuck() -> Bool {
        let before = engine.statistics().backends[0].traffic.bytesOut
        sleepMilliseconds(100)
        return before > 0 && engine.statistics().backends[0].traffic.bytesOut == before
    }

    var sessions: Int { engine.statistics().sessions }
}

/// A port that was free a moment ago.
func freePort(_ address: String) throws -> UInt16 {
    let socket = try Socket.bound(to: Endpoint(try #require(IPAddress(address)), 0))
    let local = socket.localEndpoint
    return try #require(local).port
}

/// Waits until it is so, 10 s at most.
func eventually(
    _ what: String = "condition",
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () throws -> Bool
) throws {
    let end = Instant.now + .seconds(10)
    while Instant.now < end {
        if try condition() { return }
        usleep(2000)
    }
    Issue.record("\(what) never came", sourceLocation: sourceLocation)
}

/// What this process's open descriptors are, by number: `socket:[4711]`, a path, …
func openDescriptors() -> [String] {
    var room = [CChar](repeating: 0, count: 256)
    return (0..<20_000).compactMap { number in
        let count = unsafe readlink("/proc/self/fd/\(number)", &room, room.count)
        guard count > 0 else { return nil }
        return String(decoding: room[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Waits until no descriptor is open that was not open before; says which are, if that never comes.
func leavesNothingOpen(beyond before: [String]) throws -> Bool {
    var left: [String] = []
    for _ in 0..<100 {
        // One by one: every eventfd has the same name.
        // A timerfd is the test runtime's, which opens it when it likes; the relay has none.
        left = openDescriptors().filter { $0 != "anon_inode:[timerfd]" }
        for name in before {
            if let index = left.firstIndex(of: name) { left.remove(at: index) }
        }
        if left.isEmpty { return true }
        sleepMilliseconds(50)
    }
    Issue.record("left open: \(left)")
    return false
}

/// Bytes without a pattern that a wrong offset would repeat, the same for the same seed.
func noise(_ count: Int, seed: UInt64) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        // Whole words first: a test is no faster than its bytes.
        for offset in stride(from: 0, to: count - count % 8, by: 8) {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            unsafe UnsafeMutableRawBufferPointer(buffer).storeBytes(
                of: state,
                toByteOffset: offset,
                as: UInt64.self
            )
        }
        for offset in (count - count % 8)..<count { unsafe buffer[offset] = UInt8(offset & 255) }
        used = count
    }
}

func sleepMilliseconds(_ count: UInt32) {
    usleep(count * 1000)
}
