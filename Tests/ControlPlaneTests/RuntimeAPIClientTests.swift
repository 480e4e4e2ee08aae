import CLinux
import ControlPlane
import Glibc
import LinuxIO
import Testing

struct RuntimeAPIClientTests {
    @Test
    func `a reply comes without its closing empty line`() async throws {
        let reply = try await TestServer.run { server in
            try RuntimeAPIClient(path: server.path).request(["show", "version"])
        }
        #expect(reply == "0.1.0\n")
    }

    @Test(arguments: [
        (["failover"], CommandResult.done("10.0.0.100 is on haproxy-node02 after 12 ms")),
        (["maintenance", "on", "force"], .done("")),
        (["maintenance", "on"], .refused("the other node is not ready")),
        (["show", "version"], .refused("0.1.0")),
    ])
    func `done and refused can be told apart`(words: [String], result: CommandResult) async throws {
        let found = try await TestServer.run { server in
            try RuntimeAPIClient(path: server.path).perform(words, timeout: .seconds(5))
        }
        #expect(found == result)
    }

    @Test
    func `a socket without the rights for a verb is a refusal`() async throws {
        let found = try await TestServer.run(level: .user) { server in
            try RuntimeAPIClient(path: server.path).perform(["reload"], timeout: .seconds(5))
        }
        #expect(found == .refused("Permission denied"))
    }

    @Test
    func `a node name arrives whole whatever is in it`() async throws {
        let daemon = TestDaemon()
        _ = try await TestServer.run(daemon) { server in
            try RuntimeAPIClient(path: server.path)
                .perform(["failover", "to", "a b;c\\d"], timeout: .seconds(5))
        }
        #expect(daemon.calls == ["failover a b;c\\d"])
    }

    @Test
    func `the status of a daemon arrives as a value`() async throws {
        let reply = try await TestServer.run { server in
            try RuntimeAPIClient(path: server.path).request(["show", "pair", "json"])
        }
        #expect(try StatusReport(json: reply) == .example)
    }

    @Test
    func `a missing socket says how to start the daemon`() throws {
        let error = #expect(throws: RuntimeAPIClientError.self) {
            try RuntimeAPIClient(path: "/nowhere/admin.sock").request(["show", "info"])
        }
        #expect(error == .noDaemon(path: "/nowhere/admin.sock"))
        let text = "\(try #require(error))"
        #expect(text.hasPrefix("no daemon answers at /nowhere/admin.sock: is it running?"))
        #expect(text.contains("systemctl start ha-balancer") && text.contains("--socket PATH"))
    }

    @Test
    func `a socket whose daemon died says the same`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.sock"
        let stale = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        try SystemCall.run("bind", path) { unsafe hb_unix_bind(stale, path) }
        close(stale)
        #expect(throws: RuntimeAPIClientError.noDaemon(path: path)) {
            try RuntimeAPIClient(path: path).request(["show", "info"])
        }
    }

    @Test
    func `without the right to connect it says sudo`() {
        let error = RuntimeAPIClientError.permissionDenied(path: "/run/a.sock")
        #expect(error.description.contains("permission denied at /run/a.sock"))
        #expect(error.description.contains("sudo"))
    }

    @Test
    func `a daemon that does not answer in time is said to hang`() async throws {
        let daemon = TestDaemon { $0.failoverHangs = true }
        defer { daemon.endFailover() }
        let error = try await TestServer.run(daemon) { server -> RuntimeAPIClientError? in
            do throws(RuntimeAPIClientError) {
                _ = try RuntimeAPIClient(path: server.path)
                    .request(["failover"], timeout: .milliseconds(50))
                return nil
            } catch {
                return error
            }
        }
        guard case .timedOut = error else {
            Issue.record("expected a time-out, got \(String(describing: error))")
            return
        }
    }

    @Test
    func `an answer that was cut off is not taken for whole`() async throws {
        try await TestServer.run { server in
            // `quit` is answered by the end of the connection alone.
            _ = #expect(throws: RuntimeAPIClientError.badAnswer(path: server.path)) {
                try RuntimeAPIClient(path: server.path).request(["quit"])
            }
        }
    }
}
