import ControlPlane
import NIOCore
import NIOPosix

/// A running server on a Unix socket in a directory of its own.
final class TestServer: Sendable {
    let directory: TemporaryDirectory
    let path: String
    let server: RuntimeAPIServer
    private let group: MultiThreadedEventLoopGroup

    /// Blocks: call it off the pool.
    private init(
        _ daemon: TestDaemon,
        _ level: AccessLevel,
        isMaster: Bool,
        _ limits: RuntimeAPILimits
    ) throws {
        directory = try TemporaryDirectory()
        path = directory.path + "/admin.sock"
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var socket = ControlSocket(path: path, level: level)
        socket.isMaster = isMaster
        server = try RuntimeAPIServer.start(
            [socket],
            delegate: daemon,
            limits: limits,
            group: group
        )
    }

    /// Runs `body` beside a server, which is stopped afterwards, also after a failure.
    static func run<Value: Sendable>(
        _ daemon: TestDaemon = TestDaemon(),
        level: AccessLevel = .admin,
        isMaster: Bool = false,
        limits: RuntimeAPILimits = RuntimeAPILimits(),
        _ body: @escaping @Sendable (TestServer) throws -> Value
    ) async throws -> Value {
        try await offPool {
            let server = try TestServer(daemon, level, isMaster: isMaster, limits)
            defer { server.stop() }
            return try body(server)
        }
    }

    func connect() throws -> RawClient { try RawClient(path) }

    /// Sends bytes on a new connection and returns all that comes back until the server closes it.
    func exchange(_ text: String) throws -> String {
        let client = try connect()
        try client.send(text)
        return try client.receiveAll()
    }

    /// The same for a client that says that nothing more will come.
    func exchangeAll(_ text: String) throws -> String {
        let client = try connect()
        try client.send(text)
        try client.finishSending()
        return try client.receiveAll()
    }

    private func stop() {
        server.stop()
        try? group.syncShutdownGracefully()
    }
}
