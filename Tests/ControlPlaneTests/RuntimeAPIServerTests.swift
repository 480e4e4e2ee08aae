import ControlPlane
import Testing

struct RuntimeAPIServerTests {
    @Test(arguments: [
        ("set server db/s1 state ready", "state(ServerOrder.State.ready)"),
        ("disable server db/s1", "state(ServerOrder.State.maintenance)"),
        ("enable server #2/#1", "state(ServerOrder.State.ready)"),
        ("set weight db/s1 7", "weight(7)"),
        ("set server db/s1 weight 150%", "weightPercent(150)"),
        ("set server db/s1 health up", "health(isUp: true)"),
        ("disable health db/s1", "checks(areOn: false)"),
        ("shutdown sessions server db/s1", "shutdownSessions"),
    ]) func `every command says what it means, and answers with an empty line`(
        _ line: String,
        _ call: String
    ) async throws {
        let daemon = TestDaemon()
        let reply = try await TestServer.run(daemon) { try $0.exchange(line + "\n") }
        #expect(reply == "\n")
        #expect(daemon.calls.map { $0.replacing("ControlPlane.", with: "") } == [call])
    }

    @Test(arguments: [
        ("set server db/s1 health stopping", "'set server <srv> health stopping' is not supported"),
        ("set server db/s1 fqdn db1", "'set server <srv> fqdn' is not supported"),
        ("set server db/s1 foo", "usage: set server <backend>/<server> addr | agent | check-addr"),
        ("set server db/s1", "usage: set server"),
        ("set weight db/s1 99999999999999999999", "Empty weight string empty or preceded"),
        ("set weight #x/s1 1", "No such backend."),
        ("set weight /s1 1", "Require 'backend/server'."),
    ]) func `what is not done is said`(_ line: String, _ text: String) async throws {
        let daemon = TestDaemon()
        let reply = try await TestServer.run(daemon) { try $0.exchange(line + "\n") }
        #expect(reply.hasPrefix(text), "\(reply)")
        #expect(daemon.calls == [])
    }

    private static let title = "# table: db, type: ip, size:1024, used:2\n"
    private static let first =
        "0x1: key=10.0.0.5 use=0 exp=1799716 server_id=1 server_key=s1\n"
    private static let second = "0x2: key=10.0.0.6 use=0 exp=0 server_id=0 server_key=-\n"

    @Test(arguments: [
        ("show table", title), ("show table db", title + first + second),
        ("show table db key 10.0.0.5", title + first), ("show table db key 10.0.0.9", ""),
        ("show table x", "No such table\n"),
        ("show table db foo", "Optional argument only supports key <key>\n"),
        ("clear table db", ""), ("clear table db key 10.0.0.5", ""),
        ("clear table x", "No such table\n"),
        ("clear table", "Required arguments: <table> or <table> key <key>\n"),
        ("clear table db foo", "Required arguments: <table> or <table> key <key>\n"),
    ]) func `stick tables are shown and cleared`(_ line: String, _ reply: String) async throws {
        let answer = try await TestServer.run { try $0.exchange(line + "\n") }
        #expect(answer == reply + "\n")
    }

    private static let one =
        "0x1f: proto=tcpv4 src=10.0.0.5:40312 fe=db be=db srv=s1 age=1d2h idle=1s in=12 out=3456\n"
    private static let two =
        "0x2f: proto=tcpv6 src=[fd00::5]:40313 fe=db be=<NONE> srv=<none> age=0s idle=0s in=0 out=0\n"
    private static let none = "No such session (use 'show sess').\n"

    @Test(arguments: [
        ("show sess", one + two), ("show sess all", one + two), ("show sess 0x2f", two),
        ("show sess 0x3f", none), ("show sess 2f", none), ("shutdown session 0x1f", ""),
        ("shutdown session 0x2f", none), ("shutdown session 0xzz", none),
        ("shutdown session", "Session pointer expected (use 'show sess').\n"),
    ]) func `sessions are shown and ended`(_ line: String, _ reply: String) async throws {
        let daemon = TestDaemon()
        let answer = try await TestServer.run(daemon) { try $0.exchange(line + "\n") }
        #expect(answer == reply + "\n")
        #expect(daemon.calls == (line == "shutdown session 0x1f" ? ["end 31"] : []))
    }

    @Test func `commands of one line are answered one after the other`() async throws {
        let reply = try await TestServer.run {
            try $0.exchange("get weight db/s1;show cli level;get weight db/x\n")
        }
        #expect(reply == "5 (initial 10)\n\nadmin\n\nNo such server.\n\n")
    }

    @Test func `a client may lower its level, and not raise it again`() async throws {
        let reply = try await TestServer.run {
            try $0.exchange("operator;show cli level;user;operator;show cli level;reload\n")
        }
        #expect(
            reply == "\noperator\n\n\nPermission denied\n\nuser\n\nPermission denied\n\n"
        )
    }

    @Test func `a client sets its own time-out`() async throws {
        var limits = RuntimeAPILimits()
        limits.timeout = .seconds(60)
        let reply = try await TestServer.run(limits: limits) { server in
            let client = try server.connect()
            try client.send("prompt\nset timeout cli 100ms\n")
            return try client.receiveAll()
        }
        #expect(reply == "\n> \n> ")
    }

    @Test(arguments: [
        ("60", true), ("500ms", true), ("1h", true), ("86400", true), ("86401", false),
        ("0", false), ("1us", false), ("", false), ("x", false), ("-1", false), ("5y", false),
        ("9223372036854775807d", false),
    ]) func `a time-out is a number of seconds, or has a unit`(_ word: String, _ isGood: Bool)
        async throws
    {
        let reply = try await TestServer.run { try $0.exchange("set timeout cli \(word)\n") }
        let refusal = word.isEmpty ? "Expects an integer value.\n\n" : "Invalid timeout value.\n\n"
        #expect(reply == (isGood ? "\n" : refusal))
    }
}
