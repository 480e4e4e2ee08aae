import Lab
import LinuxIO
import Testing

/// The program as a command: what it prints and how it ends.
@Suite struct CommandLineTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory("command") }

    private var path: String { directory.path + "/t.cfg" }

    private func run(_ words: String...) throws -> Command.Result {
        try Command.run(BinaryLocator.path, words)
    }

    private func configure(_ text: String) throws { try TextFile.write(text, to: path) }

    private static let tenMistakes = """
        glbal
            maxconn many
        global
            maxconn many
            nbthread 1000
        listen db
            bind 10.0.0.1
            blance roundrobin
            balance leastworst
            retries -1
            option mysql-chek user haproxy
            timeout conect 5s
            server one 10.0.0.1:3306 chek
            server two 10.0.0.2:99999

        """

    @Test(arguments: [["check", "-f"], ["-c", "-f"], ["run", "-f"], ["-f"]])
    func `ten mistakes are ten located messages`(words: [String]) throws {
        try configure(Self.tenMistakes)
        let result = try Command.run(BinaryLocator.path, words + [path])
        #expect(result.status == .exited(1))
        let places = result.standardError.split(separator: "\n")
            .filter { $0.hasPrefix(path + ":") && $0.contains(": error: ") }
            .compactMap { $0.dropFirst(path.count + 1).split(separator: ":").first }
        #expect(
            places == ["1", "4", "5", "7", "8", "9", "10", "11", "12", "13", "14"].map { $0[...] },
            "\(result.standardError)"
        )
        for word in ["global", "balance", "mysql-check", "connect", "check"] {
            #expect(result.standardError.contains("did you mean '\(word)'?"), "\(word)")
        }
        #expect(result.standardError.contains("errors: nothing was started or changed"))
        #expect(result.standardOutput == "")
    }

    @Test func `a good file is valid in our form and in HAProxy's`() throws {
        try configure(smallBalancer())
        for words in [["check", "-f", path], ["-c", "-f", path], ["-f", path, "-c"]] {
            let result = try Command.run(BinaryLocator.path, words)
            #expect(result.status == .exited(0), "\(result.standardError)")
            #expect(result.standardOutput == "Configuration file is valid\n")
        }
    }

    @Test(arguments: [
        ["-q"], ["-Ws", "-q"], ["-W", "-S", "/run/m.sock", "-q"], ["-V", "-q"],
        ["-db", "-dS", "-q"],
        ["-n", "5", "-q"], ["-N", "5", "-n", "0", "-q"], ["-D", "-p", "/tmp/none", "-q"],
        ["-L", "here", "-x", "/run/s.sock", "-q"],
        ["-q", "-sf", "1", "2"], ["-q", "-st"], ["-dM", "-dMuaf", "-q"],
    ])
    func `HAProxy's flags are known, and with -q a good file says nothing`(_ words: [String]) throws
    {
        try configure(smallBalancer())
        let result = try Command.run(BinaryLocator.path, ["-c", "-f", path] + words)
        #expect(result.status == .exited(0), "\(result.standardError)")
        #expect(result.standardError == "" && result.standardOutput == "")
    }

    @Test func `files may stand behind two dashes, and relative to a directory`() throws {
        try configure(smallBalancer())
        for words in [["-c", "--", "t.cfg"], ["-c", "-f", "t.cfg"], ["check", "-f", "t.cfg"]] {
            let place = ["-C", directory.path]
            let all = words[0] == "check" ? words + place : place + words
            let result = try Command.run(BinaryLocator.path, all)
            #expect(result.status == .exited(0), "\(all) \(result.standardError)")
        }
        let nowhere = try run("-c", "-f", "t.cfg", "-C", directory.path + "/none")
        #expect(nowhere.status == .exited(1))
        #expect(nowhere.standardError.contains("/none: No such file or directory"))
    }

    @Test(
        arguments: [
            (
                ["-n", "20000000", "-f", "x"],
                "20000000 is no number of connections: expected 0 to 10000000"
            ),
            (["-n", "many", "-f", "x"], "'many' is invalid for '-n <number>'"),
            (["-N", "5x", "-f", "x"], "'5x' is invalid for '-N <number>'"),
            (["-f", "x", "-n"], "'-n' needs a value"),
            (["-m", "5", "-f", "x"], "'-m' is not supported: write 'maxconn', or set MemoryMax="),
            (["-c"], "no configuration file: name one with -f FILE"),
            (["-f", "x", "--bogus"], "unknown option '--bogus'"), (["--bogus"], "--bogus"),
            (["-c", "-f"], "'-f' needs a value"), (["-f", "x", "-p"], "'-p' needs a value"),
        ] as [([String], String)]
    )
    func `flags that cannot be honoured are refused with advice`(
        _ words: [String],
        _ text: String
    ) throws {
        let result = try Command.run(BinaryLocator.path, words)
        #expect(result.status == .exited(2))
        #expect(result.standardError.contains(text), "\(result.standardError)")
    }

    @Test func `a pair that this host does not belong to fails the check`() throws {
        try configure(
            smallBalancer(
                """
                pair p
                    node alpha 192.0.2.1 priority 2
                    node beta 192.0.2.2 priority 1
                    virtual-ip 192.0.2.100 dev lo
                    secret-file \(directory.path)/key
                """
            )
        )
        let stranger = try run("check", "-f", path, "-L", "gamma")
        #expect(stranger.status == .exited(1))
        #expect(stranger.standardError.contains("Name this node with -L NODE"))
        let without = try run("check", "-f", path, "-L", "alpha")
        #expect(without.status == .exited(1))
        #expect(without.standardError.contains("there is no such file. Make it on one node with"))
        try TextFile.write("0123456789abcdef\n", to: directory.path + "/key")
        #expect(try run("check", "-f", path, "-L", "alpha").status == .exited(0))
    }

    @Test func `what is wrong on this host is told all at once`() throws {
        try configure(
            smallBalancer(
                """
                    server two no-such-1.invalid:3306
                    server three no-such-2.invalid:3306
                pair p
                    node alpha 192.0.2.1 priority 2
                    node beta 192.0.2.2 priority 1
                    virtual-ip 192.0.2.100 dev no-such-dev
                    secret-file \(directory.path)/none
                    on-change \(directory.path)/none
                """
            )
        )
        let result = try run("check", "-f", path, "-L", "gamma")
        #expect(result.status == .exited(1))
        for text in [
            "error: \(path):9:12: cannot resolve 'no-such-1.invalid'",
            "error: \(path):10:12: cannot resolve 'no-such-2.invalid'",
            "error: \(path):11:1: this node is called 'gamma'",
            "error: \(path):15:17: secret-file \(directory.path)/none: there is no such file",
            "warning: \(path):14:16: interface no-such-dev does not exist on this host",
            "warning: \(path):16:5: on-change \(directory.path)/none: there is no such file",
        ] {
            #expect(result.standardError.contains(text), "\(text)\n\(result.standardError)")
        }
    }

    @Test(
        arguments: [
            [], ["chekc"], ["run"], ["check"], ["check", "-f"], ["status", "--nonsense"],
            ["maintenance"], ["maintenance", "perhaps"], ["status", "--json", "--watch"],
        ] as [[String]]
    )
    func `wrong usage ends with 2 and says something`(words: [String]) throws {
        let result = try Command.run(BinaryLocator.path, words)
        #expect(result.status == .exited(2))
        #expect(!result.standardError.isEmpty)
        #expect(result.standardOutput == "")
    }

    @Test(arguments: [["-v"], ["--version"], ["--help"], ["help"], ["run", "--help"]])
    func `help and version are no mistakes`(words: [String]) throws {
        let result = try Command.run(BinaryLocator.path, words)
        #expect(result.status == .exited(0))
        #expect(result.standardOutput.contains("ha-balancer"))
    }

    @Test(arguments: [["status"], ["failover"], ["maintenance", "on"], ["reload"]])
    func `without a daemon a command fails and says how to start it`(words: [String]) throws {
        let socket = ["--socket", directory.path + "/none.sock"]
        let result = try Command.run(BinaryLocator.path, words + socket)
        #expect(result.status == .exited(1))
        #expect(result.standardError.contains("no daemon answers at \(directory.path)/none.sock"))
    }
}
