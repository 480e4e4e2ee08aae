import ControlPlane
import Testing

/// The bytes on the master's socket. The expected ones were taken from `haproxy -W -S` 2.6.
struct MasterSocketTests {
    /// HAProxy's has trailing blanks too.
    private static let processes = [
        "#<PID>          <type>          <reloads>       <uptime>        <version>      ",
        "4710            master          3 [failed: 0]   1d03h00m07s     0.1.0", "# workers",
        "4711            worker          0               0d00h00m07s     0.1.0", "# programs", "",
    ].joined(separator: "\n")

    @Test(arguments: [
        ("show version\n", "0.1.0\n\n"),
        ("show proc\n", processes + "\n"),
        ("@master show proc\n", processes + "\n"),
        // The worker's number is one, the master's is none, as in HAProxy.
        ("@!4710 show proc\n", "Can't find the target PID matching the prefix '@!4710'\n"),
        ("@0 show version; @ show version\n", "0.1.0\n\n0.1.0\n\n"),
        ("show version\nshow version\n", "0.1.0\n\n0.1.0\n\n"),
        ("@1 get weight db/s1; show version\n", "5 (initial 10)\n\n0.1.0\n\n"),
        ("@!4711 get weight db/s1\n", "5 (initial 10)\n\n"),
        ("@1; get weight db/s1; show version\n", "5 (initial 10)\n\n0.1.0\n\n"),
        ("@1\nget weight db/s1\n", "5 (initial 10)\n\n"),
        ("@master\n", ""),
        (
            "@1 show version;@2 show version;show version\n",
            "0.1.0\n\nCan't find the target PID matching the prefix '@2'\n"
        ),
        ("@foo show version\n", "Can't find the target PID matching the prefix '@foo'\n"),
        ("@!1 show version\n", "Can't find the target PID matching the prefix '@!1'\n"),
        ("operator; show cli level\n", "operator\n\n"),
        ("user; reload\n", "Permission denied\n\n"),
        ("user; @1 disable server db/s1\n", "Permission denied\n\n"),
        ("quit; show version\n", ""),
        ("prompt\nshow version\nquit\n", "master> 0.1.0\n\nmaster> master> "),
        (
            "prompt\n@1\nshow version\n@\n@1 show version\n@!1 show version\n",
            "master> 4711> 0.1.0\n\n4711> master> 0.1.0\n\nmaster> "
                + "Can't find the target PID matching the prefix '@!1'\n"
        ),
    ])
    func `a line is answered with exactly these bytes`(sent: String, reply: String) async throws {
        let received = try await TestServer.run(isMaster: true) { try $0.exchangeAll(sent) }
        #expect(received == reply)
    }

    @Test func `the master has commands of its own`() async throws {
        let expected = """
            The following commands are valid at this level:
              @!<pid>                                 : send a command to the <pid> process
              @<relative pid>                         : send a command to the <relative pid> process
              @master                                 : send a command to the master process
              operator                                : lower the level of the current CLI session \
            to operator
              reload                                  : reload haproxy
              show cli level                          : display the level of the current CLI session
              show proc                               : show processes status
              show version                            : show version of the current process
              user                                    : lower the level of the current CLI session \
            to user
              help [<command>]                        : list matching or all commands
              prompt                                  : toggle interactive mode with prompt
              quit                                    : disconnect


            """
        let replies = try await TestServer.run(isMaster: true) { server in
            try ["help\n", "show stat\n", "@master @master\n"].map { try server.exchangeAll($0) }
        }
        #expect(replies[0] == expected)
        #expect(replies[1].hasPrefix("Unknown command"))
        #expect(replies[2].hasPrefix("Unknown command"))
    }

    @Test func `reload closes the connection without a word when it is done`() async throws {
        let daemon = TestDaemon()
        let reply = try await TestServer.run(daemon, isMaster: true) {
            // Who does not close is closed.
            try $0.exchange("reload;show version\n")
        }
        #expect(reply == "")
        #expect(daemon.calls == ["reload"])
    }

    @Test func `a failed reload is in the prompt`() async throws {
        let daemon = TestDaemon { $0.failedReloads = 1 }
        let reply = try await TestServer.run(daemon, isMaster: true) {
            try $0.exchangeAll("prompt;@1;show version\n")
        }
        #expect(reply == "master[ReloadFailed]> 4711> 0.1.0\n\n4711> ")
    }

    @Test func `it stays open between lines, and a stats socket has no prefixes`() async throws {
        try await TestServer.run(isMaster: true) { server in
            let client = try server.connect()
            for _ in 0..<2 {
                try client.send("show version\n")
                #expect(try client.receive(until: "\n\n") == "0.1.0\n\n")
            }
        }
        let reply = try await TestServer.run { try $0.exchange("@1 show version\n") }
        #expect(reply.hasPrefix("Unknown command"))
    }
}
