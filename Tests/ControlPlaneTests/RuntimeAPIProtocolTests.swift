import ControlPlane
import Testing

/// The bytes on the wire. The expected ones were taken from HAProxy 2.6.
struct RuntimeAPIProtocolTests {
    private static let closing = """
          help [<command>]                        : list matching or all commands
          prompt                                  : toggle interactive mode with prompt
          quit                                    : disconnect


        """

    @Test(arguments: [
        ("show version\n", "0.1.0\n\n"),
        ("show version\r\n", "0.1.0\n\n"),
        ("show version;show version\n", "0.1.0\n\n0.1.0\n\n"),
        ("show version\nshow version\n", "0.1.0\n\n0.1.0\n\n"),
        ("show version;quit;show version\n", "0.1.0\n\n"),
        ("quit\n", ""),
        ("prompt\nshow version\nquit\n", "\n> 0.1.0\n\n> "),
        ("prompt;show version;show version\nquit\n", "\n> 0.1.0\n\n> 0.1.0\n\n> "),
        ("prompt\nshow version\nprompt\n", "\n> 0.1.0\n\n> \n"),
        ("show stat nope 1 -1\n", "No such proxy.\n\n"),
        ("show stat typed\n", "\n"), ("show stat json\n", "[]\n\n"),
        (
            "show activity\n",
            "thread_id: 0 (1..2)\ndate_now: 1795808874.005303\nloops: 2068 [ 1038 1030 ]\n\n"
        ),
        (
            "show pools\n",
            "Dumping pools usage.\n  - Pool buffer (16384 bytes) : 4 allocated (65536 bytes), 1 used\n"
                + "Total: 1 pools, 65536 bytes allocated, 16384 used.\n\n"
        ),
        ("failover\n", "OK 10.0.0.100 is on haproxy-node02 after 12 ms\n\n"),
        ("failover somewhere\n", "refused: expected 'failover [to <node>]'\n\n"),
        ("maintenance on\n", "refused: the other node is not ready\n\n"),
        ("maintenance on force\n", "OK\n\n"),
        ("maintenance perhaps\n", "refused: expected 'maintenance {on [force]|off}'\n\n"),
        ("show pair xml\n", "refused: expected 'show pair [json]'\n\n"),
    ])
    func `a line is answered with exactly these bytes`(sent: String, reply: String) async throws {
        let received = try await TestServer.run { try $0.exchange(sent) }
        #expect(received == reply)
    }

    @Test
    func `a word cut short gets the commands that it may have meant`() async throws {
        let expected =
            """
            Unknown command, but maybe one of the following ones is a better match:
              show version                            : show version of the current process

            """ + Self.closing
        let reply = try await TestServer.run { try $0.exchange("sh ver\n") }
        #expect(reply == expected)
    }

    @Test(arguments: ["show verison\n", "showversion\n", "show version\\;x\n"])
    func `a misspelled command gets the right one`(_ line: String) async throws {
        let reply = try await TestServer.run { try $0.exchange(line) }
        #expect(reply.contains("  show version   "))
        #expect(!reply.contains("  show stat"))
    }

    @Test(arguments: ["\n", "quux\n"])
    func `what is like no command gets the whole list`(_ line: String) async throws {
        let reply = try await TestServer.run { try $0.exchange(line) }
        #expect(
            reply.hasPrefix("Unknown command. Please enter one of the following commands only:\n")
        )
        #expect(reply.contains("\n  show stat [desc|json|no-maint|typed|up]*: report counters"))
        #expect(reply.hasSuffix(Self.closing))
    }

    @Test
    func `help lists what begins like its words`() async throws {
        let expected =
            """
            The following commands are valid at this level:
              show info [desc|json|typed]*            : report information about the running process

            """ + Self.closing
        let reply = try await TestServer.run { try $0.exchange("help show info\n") }
        #expect(reply == expected)
    }

    @Test
    func `a client that only closes its sending side still gets its reply`() async throws {
        let reply = try await TestServer.run { server in
            let client = try server.connect()
            try client.send("show version\n")
            try client.finishSending()
            return try client.receiveAll()
        }
        #expect(reply == "0.1.0\n\n")
    }

    @Test
    func `half a line is never a command`() async throws {
        let daemon = TestDaemon()
        let reply = try await TestServer.run(daemon) { server in
            let client = try server.connect()
            try client.send("failover")
            try client.finishSending()
            return try client.receiveAll()
        }
        #expect(reply == "")
        #expect(daemon.calls == [])
    }

    @Test
    func `a line may arrive byte by byte`() async throws {
        let reply = try await TestServer.run { server in
            let client = try server.connect()
            for character in "show version\n" { try client.send(String(character)) }
            return try client.receiveAll()
        }
        #expect(reply == "0.1.0\n\n")
    }

    @Test
    func `a dialogue waits for each prompt`() async throws {
        let transcript = try await TestServer.run { server in
            let client = try server.connect()
            var seen: [String] = []
            for line in ["prompt", "show version", "show stat nope 1 -1", "maintenance off"] {
                try client.send(line + "\n")
                seen.append(try client.receive(until: "> "))
            }
            try client.send("quit\n")
            return seen + [try client.receiveAll()]
        }
        #expect(transcript == ["\n> ", "0.1.0\n\n> ", "No such proxy.\n\n> ", "OK\n\n> ", ""])
    }

    @Test
    func `our verbs reach the daemon with their arguments`() async throws {
        let daemon = TestDaemon()
        let line = "failover to haproxy-node02;failover;maintenance on;maintenance on force;"
        _ = try await TestServer.run(daemon) { server in
            try server.exchange(line + "maintenance off;reload\n")
        }
        let expected = [
            "failover haproxy-node02", "failover -", "maintenance true false",
            "maintenance true true", "maintenance false false", "reload",
        ]
        #expect(daemon.calls == expected)
    }

    @Test
    func `the JSON of show pair is one line that reads back`() async throws {
        let reply = try await TestServer.run { try $0.exchange("show pair json\n") }
        #expect(reply.hasSuffix("}\n\n"))
        #expect(reply.dropLast(2).contains("\n") == false)
        #expect(try StatusReport(json: reply) == .example)
    }

    @Test
    func `show pair has no empty line before its end`() async throws {
        let reply = try await TestServer.run { try $0.exchange("show pair\n") }
        #expect(reply.hasPrefix("galera-vip: 10.0.0.100 is on haproxy-node01 (this node)"))
        #expect(reply.dropLast(2).contains("\n\n") == false)
        #expect(reply.hasSuffix("\n\n"))
    }
}
