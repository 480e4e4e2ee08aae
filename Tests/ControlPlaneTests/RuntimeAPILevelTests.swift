import ControlPlane
import Testing

struct RuntimeAPILevelTests {
    private static let changing = [
        "failover", "maintenance off", "reload", "set weight db/s1 5", "enable server db/s1",
        "disable server db/s1", "set server db/s1 state drain", "enable health db/s1",
        "disable health db/s1", "shutdown sessions server db/s1", "enable agent db/s1",
        "disable agent db/s1", "shutdown session 0x1f", "clear table db",
        "add server db/s9 127.0.0.1:9", "del server db/s1", "set server db/s1 addr 127.0.0.1",
    ]

    @Test(arguments: changing, [AccessLevel.user, .operator])
    func `below admin nothing is changed`(_ command: String, _ level: AccessLevel) async throws {
        let daemon = TestDaemon()
        let reply = try await TestServer.run(daemon, level: level) {
            try $0.exchange(command + "\n")
        }
        #expect(reply == "Permission denied\n\n")
        #expect(daemon.calls == [])
    }

    @Test(arguments: changing, [AccessLevel.user, .admin])
    func `help lists only what the level permits`(_ command: String, _ level: AccessLevel)
        async throws
    {
        let reply = try await TestServer.run(level: level) { try $0.exchange("help\n") }
        let name = command.split(separator: " ").prefix { !$0.contains("/") }.prefix(2)
        let words = name.first == "maintenance" ? "maintenance" : name.joined(separator: " ")
        #expect(reply.contains("\n  \(words)") == (level == .admin))
        #expect(reply.contains("\n  show info"))
    }

    @Test(arguments: ["show stat", "show stat typed", "show stat json"], AccessLevel.allCases)
    func `addresses are not for everybody`(_ command: String, _ level: AccessLevel) async throws {
        let daemon = TestDaemon { answers in
            var row = StatRow(.server, proxy: "db", service: "s1", proxyID: 2, status: "UP")
            row.address = "10.9.8.7:3306"
            row.algorithm = "leastconn"
            answers.statistics = [row]
        }
        let reply = try await TestServer.run(daemon, level: level) {
            try $0.exchange(command + "\n")
        }
        #expect(reply.contains("s1"))
        #expect(reply.contains("10.9.8.7:3306") == (level != .user))
        #expect(reply.contains("leastconn") == (level != .user))
    }

    @Test(arguments: AccessLevel.allCases)
    func `every level has HAProxy's word`(_ level: AccessLevel) {
        #expect(AccessLevel(keyword: "\(level)") == level)
        #expect(AccessLevel(keyword: "root") == nil)
    }
}
