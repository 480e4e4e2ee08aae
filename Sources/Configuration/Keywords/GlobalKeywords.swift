internal import Primitives

/// The `global` section.
enum GlobalKeywords {
    static let table = KeywordTable(settings + process + sockets + noEffect + notYet)

    private static let settings: [Keyword<GlobalSettings>] = [
        Keyword("maxconn", "<number>") { (global, arguments) throws(Complaint) in
            // 0 is "as many as the descriptors allow", as in HAProxy.
            let number = try arguments.integer(0...10_000_000)
            global.maxConnections = number == 0 ? nil : number
        },
        Keyword("nbthread", "<number>") { (global, arguments) throws(Complaint) in
            global.threads = try arguments.integer(1...64)
        },
        // Ours: HAProxy has one engine for each system.
        Keyword("tune.engine", "auto|epoll|io_uring") { (global, arguments) throws(Complaint) in
            global.engine = try arguments.choice(
                "engine",
                RelayEngineName.allCases.map { ($0.rawValue, $0) }
            )
        },
        Keyword("log", LogLine.usage) { (global, arguments) throws(Complaint) in
            guard global.logTargets.count < ConfigurationLimits.logTargets else {
                throw Complaint("too many 'log' lines", at: arguments.keyword)
            }
            global.logTargets.append(try LogLine.parse(&arguments))
        },
        Keyword("log-tag", "<tag>") { (global, arguments) throws(Complaint) in
            global.logTag = try arguments.word("a tag").text
        },
        Keyword("external-check", no: { $0.allowsExternalChecks = false }) { (global, _) in
            global.allowsExternalChecks = true
        },
        Keyword("server-state-file", "<file>") { (global, arguments) throws(Complaint) in
            global.serverStateFile = try arguments.word("a file").text
        },
        Keyword("server-state-base", "<directory>") { (global, arguments) throws(Complaint) in
            global.serverStateBase = try arguments.path()
        },
        Keyword("spread-checks", "<percent>") { (global, arguments) throws(Complaint) in
            global.spreadChecks = try arguments.integer(0...50, "a percentage")
        },
        Keyword("hard-stop-after", "<time>") { (global, arguments) throws(Complaint) in
            let time = try arguments.timeout()
            global.hardStopAfter = time == .zero ? nil : time
        },
        Keyword("node", "<name>") { (global, arguments) throws(Complaint) in
            global.node = try arguments.name("a node name")
        },
        Keyword("description", "<text>") { (global, arguments) throws(Complaint) in
            global.description = try arguments.sentence("a description")
        },
        Keyword("state-dir", "<path>") { (global, arguments) throws(Complaint) in
            global.stateDirectory = try arguments.path()
        },
    ]

    private static let process: [Keyword<GlobalSettings>] = [
        Keyword("user", "<name>") { (global, arguments) throws(Complaint) in
            global.user = .name(try arguments.word("a user name").text)
        },
        Keyword("uid", "<number>") { (global, arguments) throws(Complaint) in
            global.user = .number(UInt32(try arguments.integer(0...Int(Int32.max))))
        },
        Keyword("group", "<name>") { (global, arguments) throws(Complaint) in
            global.group = .name(try arguments.word("a group name").text)
        },
        Keyword("gid", "<number>") { (global, arguments) throws(Complaint) in
            global.group = .number(UInt32(try arguments.integer(0...Int(Int32.max))))
        },
        Keyword("daemon", no: { $0.runsInBackground = false }) { (global, _) in
            global.runsInBackground = true
        },
        Keyword("pidfile", "<path>") { (global, arguments) throws(Complaint) in
            global.pidFile = try arguments.path()
        },
        Keyword("quiet", no: { $0.isQuiet = false }) { (global, _) in global.isQuiet = true },
        Keyword("debug", no: { $0.isDebug = false }) { (global, _) in global.isDebug = true },
        Keyword("ulimit-n", "<number>") { (global, arguments) throws(Complaint) in
            global.descriptorLimit = try arguments.integer(64...1 << 30)
        },
        Keyword("nbproc", "<number>") { (_, arguments) throws(Complaint) in
            guard try arguments.integer(1...64) > 1 else { return }
            throw Complaint(
                "more than one process is not supported, nor is it by HAProxy since 2.5: use"
                    + " 'nbthread'",
                at: arguments.keyword,
                suggestion: "nbthread"
            )
        },
    ]

    private static let sockets: [Keyword<GlobalSettings>] = [
        Keyword("stats socket", "<path>|<address:port> [mode <octal>] [level <level>]") {
            (global, arguments) throws(Complaint) in
            guard global.statsSockets.count < ConfigurationLimits.statsSockets else {
                throw Complaint("too many 'stats socket' lines", at: arguments.keyword)
            }
            global.statsSockets.append(try StatsSocketKeywords.parse(&arguments))
        },
        Keyword("stats timeout", "<time>") { (global, arguments) throws(Complaint) in
            let time = try arguments.timeout()
            global.statsTimeout = time == .zero ? nil : time
        },
        Keyword("stats maxconn", "<number>") { (global, arguments) throws(Complaint) in
            global.statsMaxConnections = try arguments.integer(1...10_000)
        },
    ]

    private static let noEffect: [Keyword<GlobalSettings>] =
        Keyword.noEffect(
            "there is no TLS",
            """
            ca-base crt-base maxsslconn ssl-default-bind-ciphers ssl-default-bind-ciphersuites
            ssl-default-bind-curves ssl-default-bind-options ssl-default-server-ciphers
            ssl-default-server-ciphersuites ssl-default-server-options ssl-dh-param-file
            ssl-server-verify tune.ssl.cachesize tune.ssl.default-dh-param tune.ssl.lifetime
            """
        )
        + Keyword.noEffect(
            "the relay tunes itself",
            """
            cpu-map maxpipes noepoll nopoll noevports nokqueue tune.maxaccept
            tune.maxpollevents tune.idletimer tune.http.maxhdr tune.comp.maxlevel
            tune.h2.max-concurrent-streams
            """
        )
        + [
            "tune.bufsize", "tune.maxrewrite", "tune.pipesize", "tune.rcvbuf.client",
            "tune.rcvbuf.server", "tune.sndbuf.client", "tune.sndbuf.server",
        ].map { name in
            Keyword(name, "<size>") { (_, arguments) throws(Complaint) in
                _ = try arguments.size()
                arguments.note(
                    "'\(name)' has no effect here: the relay sizes its own buffers",
                    at: arguments.keyword
                )
            }
        }
        + Keyword.noEffect(
            "the systemd unit confines the daemon, it makes no chroot itself",
            "chroot"
        )
        + Keyword.noEffect(
            "the guardian watches over the daemon",
            "master-worker mworker-max-reloads"
        )
        + Keyword.noEffect("checks may be run as 'external-check' says", "insecure-fork-wanted")

    private static let notYet: [Keyword<GlobalSettings>] =
        Keyword.notYet(
            "limits on rates are not kept",
            "maxconnrate maxsessrate maxcomprate maxsslrate"
        )
        + Keyword.notYet(
            """
            log-send-hostname localpeer
            setenv presetenv resetenv unsetenv unix-bind lua-load lua-load-per-thread nosplice
            busy-polling thread-groups thread-group default-path
            expose-experimental-directives max-spread-checks set-dumpable strict-limits
            numa-cpu-mapping pp2-never-send-local h1-case-adjust wurfl-data-file
            close-spread-time grace
            """
        )
}
