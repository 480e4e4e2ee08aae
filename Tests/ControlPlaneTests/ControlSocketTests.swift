import CLinux
import ControlPlane
import Glibc
import LinuxIO
import NIOCore
import NIOPosix
import Testing

struct ControlSocketTests {
    /// Starts a server, runs `body`, stops it; off the pool.
    private static func serve<Value: Sendable>(
        _ sockets: [ControlSocket],
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await offPool {
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            defer { try? group.syncShutdownGracefully() }
            let server = try RuntimeAPIServer.start(sockets, delegate: TestDaemon(), group: group)
            defer { server.stop() }
            return try body()
        }
    }

    private static func status(_ path: String) throws -> stat {
        var result = stat()
        try SystemCall.run("lstat", path) { unsafe lstat(path, &result) }
        return result
    }

    @Test(arguments: [0o600, 0o660, 0o666] as [UInt32])
    func `the file has the mode that was asked for`(_ mode: UInt32) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.sock"
        let found = try await Self.serve([ControlSocket(path: path, mode: mode)]) {
            try Self.status(path).st_mode
        }
        #expect(found == S_IFSOCK | mode)
    }

    @Test
    func `the file has the owner and group that were asked for`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.sock"
        let socket = ControlSocket(path: path, userID: geteuid(), groupID: getegid())
        let found = try await Self.serve([socket]) { try Self.status(path) }
        #expect(found.st_uid == geteuid() && found.st_gid == getegid())
    }

    @Test
    func `a missing directory is made and nothing but the socket is in it`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/run/ha/a.sock"
        defer {
            unsafe rmdir(directory.path + "/run/ha")
            unsafe rmdir(directory.path + "/run")
        }
        let found = try await Self.serve([ControlSocket(path: path)]) {
            try Self.status(directory.path + "/run/ha").st_mode
        }
        #expect(found & S_IFMT == S_IFDIR)
        #expect(found & 0o022 == 0)
    }

    @Test
    func `its own file is gone after the stop`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.sock"
        let during = try await Self.serve([ControlSocket(path: path)]) { directory.names }
        #expect(during == ["a.sock"])
        #expect(directory.names == [])
    }

    @Test
    func `a socket that nobody listens on is replaced`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.sock"
        let stale = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        try SystemCall.run("bind", path) { unsafe hb_unix_bind(stale, path) }
        close(stale)
        let reply = try await Self.serve([ControlSocket(path: path)]) {
            let client = try RawClient(path)
            try client.send("show version\n")
            return try client.receiveAll()
        }
        #expect(reply == "0.1.0\n\n")
    }

    @Test
    func `a living daemon's socket is left to it, and its process named`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.sock"
        let reply = try await Self.serve([ControlSocket(path: path)]) {
            let error = try #require(throws: ControlSocketError.self) {
                let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
                defer { try? group.syncShutdownGracefully() }
                _ = try RuntimeAPIServer.start(
                    [ControlSocket(path: path)],
                    delegate: TestDaemon(),
                    group: group
                )
            }
            #expect(error.code == .inUse(pid: getpid()))
            #expect("\(error)".contains("process \(getpid()) already answers there"))
            let client = try RawClient(path)
            try client.send("show version\n")
            return try client.receiveAll()
        }
        #expect(reply == "0.1.0\n\n")
    }

    @Test
    func `a file that is no socket is never removed`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/precious"
        close(try SystemCall.run("creat", path) { unsafe creat(path, 0o600) })
        let error = await #expect(throws: ControlSocketError.self) {
            try await Self.serve([ControlSocket(path: path)]) {}
        }
        #expect(error?.code == .notASocket)
        #expect(directory.names == ["precious"])
    }

    @Test
    func `a path that does not fit is an error that names it`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/" + String(repeating: "x", count: 120)
        let error = await #expect(throws: ControlSocketError.self) {
            try await Self.serve([ControlSocket(path: path)]) {}
        }
        #expect("\(try #require(error))".contains("File name too long"))
    }

    @Test
    func `when one of several sockets fails none is left`() async throws {
        let directory = try TemporaryDirectory()
        let good = directory.path + "/good.sock"
        let bad = directory.path + "/bad"
        close(try SystemCall.run("creat", bad) { unsafe creat(bad, 0o600) })
        await #expect(throws: ControlSocketError.self) {
            try await Self.serve([ControlSocket(path: good), ControlSocket(path: bad)]) {}
        }
        #expect(directory.names == ["bad"])
    }

    @Test
    func `a file that became somebody else's is not removed at the stop`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.sock"
        try await Self.serve([ControlSocket(path: path)]) {
            unsafe unlink(path)
            close(try SystemCall.run("creat", path) { unsafe creat(path, 0o600) })
        }
        #expect(directory.names == ["a.sock"])
    }

    @Test
    func `each socket has its own level`() async throws {
        let directory = try TemporaryDirectory()
        let (admin, user) = (directory.path + "/admin.sock", directory.path + "/user.sock")
        let sockets = [
            ControlSocket(path: admin, level: .admin), ControlSocket(path: user, level: .user),
        ]
        let replies = try await Self.serve(sockets) {
            try [admin, user].map { path in
                let client = try RawClient(path)
                try client.send("maintenance off\n")
                return try client.receiveAll()
            }
        }
        #expect(replies == ["OK\n\n", "Permission denied\n\n"])
    }
}
