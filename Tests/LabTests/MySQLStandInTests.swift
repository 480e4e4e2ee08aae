import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

@Suite(.serialized) struct MySQLStandInTests {
    @Test func `the real client prints the article's table`() throws {
        let server = try MySQLStandIn(nodeName: "galera-node02", on: Self.anyPort)
        let printed = try query(server, "show variables like 'wsrep_node_name'", ["--table"])
        #expect(
            printed == """
                +-----------------+---------------+
                | Variable_name   | Value         |
                +-----------------+---------------+
                | wsrep_node_name | galera-node02 |
                +-----------------+---------------+

                """
        )
        server.stop()
    }

    @Test func `the real client with a password gets one row from a select`() throws {
        let server = try MySQLStandIn(nodeName: "galera-node03", on: Self.anyPort)
        let select = "select @@wsrep_node_name"
        #expect(try query(server, select, ["-pwrong", "-N"]) == "galera-node03\n")
        #expect(server.statistics.queries > 0)
        server.stop()
    }

    /// The two packets of HAProxy's `option mysql-check user haproxy` in one write: login,
    /// COM_QUIT.
    @Test func `a health check of HAProxy is welcomed and let go`() throws {
        let server = try MySQLStandIn(nodeName: "galera-node01", on: Self.anyPort)
        let socket = try connected(to: server)
        #expect(Self.read(socket.descriptor.raw).dropFirst(4).first == 10)
        let login: [UInt8] =
            [0x0D, 0, 0, 1]  // 13 bytes, sequence 1
            + [0x00, 0x80, 0, 0, 1]  // capabilities (old form), largest packet
            + Array("haproxy".utf8) + [0]
        let quit: [UInt8] = [0x01, 0, 0, 0, 0x01]
        Self.write(socket.descriptor.raw, login + quit)
        // OK, sequence 2: no rows, no insert id, autocommit, no warnings; then the end.
        #expect(Self.read(socket.descriptor.raw) == [0x07, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0])
        #expect(Self.read(socket.descriptor.raw).isEmpty)
        server.stop()
    }

    @Test func `a server without free connections greets with error 1040`() throws {
        let server = try MySQLStandIn(nodeName: "galera-node01", on: Self.anyPort)
        server.behave(.tooManyConnections)
        let socket = try connected(to: server)
        let answer = Self.read(socket.descriptor.raw)
        #expect(answer.dropFirst(4).prefix(3) == [0xFF, 0x10, 0x04])
        server.stop()
    }

    @Test func `two thousand sessions are open at once`() throws {
        let server = try MySQLStandIn(nodeName: "galera-node01", on: Self.anyPort)
        let holder = try SessionHolder(2000, from: nil, to: server.endpoint)
        #expect(holder.waitUntilOpen(timeout: .seconds(30)))
        #expect(server.statistics.open == 2000)
        #expect(holder.stop().allSatisfy { $0.loss == nil && $0.node == "galera-node01" })
        server.stop()
    }

    @Test func `a stopped server refuses and a new one takes its place`() throws {
        let first = try MySQLStandIn(nodeName: "galera-node01", on: Self.anyPort)
        let endpoint = first.endpoint
        first.stop()
        #expect(throws: SystemError.self) { _ = try connected(to: first) }
        let second = try MySQLStandIn(nodeName: "galera-node02", on: endpoint)
        #expect(try query(second, "select 1", ["-N"]) == "galera-node02\n")
        second.stop()
    }

    private static let anyPort = Endpoint(.v4(0x7F00_0001), 0)

    private func query(
        _ server: MySQLStandIn,
        _ statement: String,
        _ options: [String]
    ) throws -> String {
        try Command.check(
            "mariadb",
            ["--no-defaults", "-h", "127.0.0.1", "-P", "\(server.endpoint.port)", "-u", "app"]
                + options + ["-e", statement]
        )
    }

    private func connected(to server: MySQLStandIn) throws -> Socket {
        let socket = try Socket(.stream, for: server.endpoint.address)
        try socket.connect(to: server.endpoint)
        var entry = pollfd(fd: socket.descriptor.raw, events: Int16(POLLOUT), revents: 0)
        try #require(unsafe poll(&entry, 1, 5000) == 1)
        let error = socket.pendingError()
        guard error == 0 else { throw SystemError("connect", errno: error) }
        return socket
    }

    /// What arrives next; empty at the end or after 5 s.
    private static func read(_ descriptor: Int32) -> [UInt8] {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&entry, 1, 5000) == 1 else { return [] }
        var buffer = [UInt8](repeating: 0, count: 1024)
        let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
        return Array(buffer.prefix(max(0, count)))
    }

    private static func write(_ descriptor: Int32, _ bytes: [UInt8]) {
        #expect(unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
    }
}
