import ControlPlane
import Testing

struct RuntimeAPILevelTests {
    private static let changing = ["failover", "maintenance off", "reload"]

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
        let word = command.prefix { $0 != " " }
        #expect(reply.contains("\n  \(word)") == (level == .admin))
        #expect(reply.contains("\n  show info"))
    }

    @Test(arguments: AccessLevel.allCases)
    func `every level has HAProxy's word`(_ level: AccessLevel) {
        #expect(AccessLevel(keyword: "\(level)") == level)
        #expect(AccessLevel(keyword: "root") == nil)
    }
}
