import Lab
import LinuxIO
import Primitives
import Testing

/// A client's connection.
final class TestClient {
    private let socket: Socket

    /// Begins to connect.
    init(_ front: Endpoint) throws {
        socket = try Socket(.stream, for: front.address)
        try socket.connect(to: front)
    }

    var localPort: UInt16? { socket.localEndpoint?.port }

    /// The server's greeting has come.
    func isServed(within limit: Duration = .seconds(5)) throws -> Bool {
        let isReadable = Poll.wait(of: [socket.descriptor.raw], until: .now + limit)
        guard isReadable, let bytes = try socket.receive(limit: 4096) else { return false }
        return !bytes.isEmpty
    }

    /// Neither data nor an end has come.
    func isSilent(for time: Duration = .milliseconds(200)) -> Bool {
        !Poll.wait(of: [socket.descriptor.raw], until: .now + time)
    }
}

/// A running balancer with one database.
func withBalancer(global: [String] = [], _ body: (Balancer) throws -> Void) throws {
    let server = try database("one")
    defer { server.stop() }
    let balancer = try Balancer()
    try balancer.configure("server s1 \(server.endpoint)", global: global)
    try balancer.start()
    try body(balancer)
}

/// The same with a session through it.
func withSession(
    global: [String] = [],
    _ body: (Balancer, TestClient) throws -> Void
) throws {
    try withBalancer(global: global) { balancer in
        let session = try TestClient(balancer.front)
        #expect(try session.isServed())
        try body(balancer, session)
    }
}

func serves(_ front: Endpoint, within limit: Duration = .seconds(5)) throws -> Bool {
    try TestClient(front).isServed(within: limit)
}

func refuses(_ front: Endpoint) throws -> Bool {
    let socket = try Socket(.stream, for: front.address)
    do throws(SystemError) {
        try socket.connect(to: front)
    } catch {
        return true
    }
    _ = Poll.wait(of: [socket.descriptor.raw], until: .now + .seconds(1))
    return socket.pendingError() != 0
}

/// The server's name in its greeting, as a client of 127.0.0.0/8 sees it.
/// - Parameter client: its address without the first byte
func nodeName(of front: Endpoint, from client: UInt32) throws -> String {
    let socket = try Socket(.stream, for: front.address)
    try socket.bind(to: Endpoint(.v4(0x7F00_0000 + client), 0))
    try socket.connect(to: front)
    var bytes: [UInt8] = []
    let deadline = Instant.now + .seconds(5)
    while Poll.wait(of: [socket.descriptor.raw], until: deadline) {
        guard let more = try socket.receive(limit: 4096) else { continue }
        bytes += more
        let text = String(decoding: bytes, as: UTF8.self)
        if let name = ["one", "two", "three"].first(where: { text.contains("-\($0)") }) {
            return name
        }
        try #require(!more.isEmpty, "\(front) closed after \(bytes.count) bytes")
    }
    throw LabError("no greeting")
}
