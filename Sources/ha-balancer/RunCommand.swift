internal import ArgumentParser
internal import CLinux
internal import Configuration
internal import Daemon
internal import Glibc
internal import Guardian
internal import LinuxIO
internal import Primitives

struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("file")],
        help: ArgumentHelp(
            "Configuration file, or a folder of *.cfg files; may be given several times.",
            valueName: "file"
        )
    )
    var files: [String]

    @Option(
        name: [.customShort("L"), .customLong("node")],
        help: ArgumentHelp(
            "This node's name in the pair section; the host's name if not given.",
            valueName: "node"
        )
    )
    var node: String?

    @Option(
        name: [.customShort("C"), .customLong("directory")],
        help: ArgumentHelp("Go to this directory first.", valueName: "path")
    )
    var directory: String?

    @Option(
        name: [.customShort("n"), .customLong("maxconn")],
        help: ArgumentHelp(
            "Most connections of clients, whatever 'maxconn' in the file says; 0: as it says.",
            valueName: "number"
        )
    )
    var maxConnections = 0

    @Option(
        name: [.customShort("N"), .customLong("proxy-maxconn")],
        help: ArgumentHelp(
            "'maxconn' of the sections for which the file says none.",
            valueName: "number"
        )
    )
    var proxyMaxConnections = 0

    @Option(
        name: [.customShort("S"), .customLong("master-socket")],
        help: ArgumentHelp(
            "Answer there as HAProxy's master does, besides the 'stats socket' lines.",
            valueName: "path[,mode,octal][,level,name]"
        )
    )
    var master: String?

    @Flag(
        name: [.customShort("q"), .customLong("quiet")],
        help: "Say only what is wrong."
    )
    var quiet = false

    mutating func validate() throws {
        if let master {
            let findings = MasterSocketOption.parse(master).findings
            if let error = findings.first(where: { $0.severity == .error }) {
                throw ValidationError("-S: \(error.message)")
            }
        }
        for number in [maxConnections, proxyMaxConnections] where !Self.numbers.contains(number) {
            throw ValidationError(
                "\(number) is no number of connections: expected 0 to \(Self.numbers.upperBound)"
            )
        }
    }

    /// As in the file.
    private static let numbers = 0...10_000_000

    /// What of it concerns the configuration.
    var settings: CommandLineSettings {
        CommandLineSettings(
            maxConnections: maxConnections,
            proxyMaxConnections: proxyMaxConnections,
            masterSocket: master
        )
    }

    /// What was said of the master's socket that has no effect.
    var masterNotes: [String] {
        guard let master else { return [] }
        return MasterSocketOption.parse(master).findings.map { "-S: \($0.message)" }
    }

    /// Goes where the files are meant to be.
    func enterDirectory() throws {
        guard let directory, unsafe chdir(directory) != 0 else { return }
        Terminal.complain("\(SystemError.last("chdir", directory))")
        throw ExitCode(1)
    }
}

/// `run`: becomes the guardian of a daemon, in the foreground.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run this node in the foreground: guardian and daemon.",
        discussion: """
            SIGHUP and SIGUSR2 reload the configuration. SIGTERM and SIGINT stop in order: the \
            other node takes the virtual IP at once. Without a pair, SIGUSR1 stops when the last \
            session has ended; SIGTTOU stops listening and SIGTTIN goes on.
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Option(
        name: [.customShort("p"), .customLong("pid-file")],
        help: ArgumentHelp(
            "Write the process's number there once it serves; else as 'pidfile' says.",
            valueName: "path"
        )
    )
    var pidFile: String?

    @Flag(
        name: [.customShort("D"), .customLong("background")],
        help: "Go to the background; returns when it serves, or with 1 when it does not."
    )
    var background = false

    // What only HAProxy's form says, see `HAProxyForm`.
    @Flag(help: .hidden) var foreground = false
    @Flag(help: .hidden) var obeyDaemon = false
    @Option(help: .hidden) var finish: [Int32] = []
    @Option(help: .hidden) var terminate: [Int32] = []

    func run() throws {
        // A log that nobody reads any more must not end the node.
        _ = signal(SIGPIPE, SIG_IGN)
        if let inherited = Inherited() {
            _ = unsafe hb_name_this_thread("ha-balancer")
            throw ExitCode(runDaemon(inherited))
        }
        throw ExitCode(try runGuardian())
    }

    /// What the guardian handed over to the daemon process.
    private struct Inherited {
        let link: Int32
        /// `nil`: no daemon is to live.
        let page: Int32?
        let fence: Int32?
        let since: Instant?
        /// Why not.
        let fault: String

        init?() {
            guard let link = Self.number(GuardianLink.linkVariable) else { return nil }
            self.link = link
            page = Self.number(GuardianLink.pageVariable)
            fence = Self.number(GuardianLink.fenceVariable)
            since = Self.text(GuardianLink.sinceVariable).flatMap { Int64($0) }.map {
                Instant(nanoseconds: $0)
            }
            fault = Self.text(GuardianLink.faultVariable) ?? ""
            guard page != nil || !fault.isEmpty else { return nil }
        }

        private static func text(_ name: String) -> String? {
            guard let value = unsafe getenv(name) else { return nil }
            return unsafe String(cString: value)
        }

        private static func number(_ name: String) -> Int32? { text(name).flatMap { Int32($0) } }
    }

    private func runDaemon(_ inherited: Inherited) -> Int32 {
        do {
            var daemon = DaemonOptions(
                source: .files(options.files, options.settings),
                nodeName: options.node,
                link: GuardianLink(adopting: OwnedDescriptor(adopting: inherited.link)),
                page: nil,
                fence: inherited.fence
            )
            daemon.guardedSince = inherited.since
            guard let page = inherited.page else {
                return Spokesman.run(daemon, fault: inherited.fault)
            }
            daemon.page = try WillPage(adopting: OwnedDescriptor(adopting: page))
            return DaemonMain.run(daemon)
        } catch {
            Terminal.complain("\(error)")
            return 1
        }
    }

    /// Checks what can be checked before anything is started, so that mistakes are told once.
    private func runGuardian() throws -> Int32 {
        try options.enterDirectory()
        let outcome = ConfigurationLoader.load(options.files, options.settings)
        if !outcome.rendered.isEmpty, !isQuiet(outcome) { Report.write(outcome.rendered) }
        guard let configuration = outcome.configuration else {
            Report.summary(outcome)
            return 1
        }
        if !isQuiet(outcome) {
            for note in options.masterNotes { Terminal.complain("note: \(note)") }
        }
        if goesToBackground(configuration.global) { return try startInBackground() }
        let succession = Succession(
            pidFile: pidFile ?? configuration.global.pidFile,
            predecessors: finish + terminate,
            signal: terminate.isEmpty ? SIGUSR1 : SIGTERM
        )
        do {
            let lock = try InstanceLock(directory: configuration.global.stateDirectory)
            let hasPair = configuration.pair != nil
            succession.begin()
            let failure = GuardianProcess.begin(
                ownArguments,
                lock: lock,
                hasPair: hasPair,
                succession: succession
            )
            Terminal.complain("\(failure)")
            return 1
        } catch .held(let pid?, let path) {
            let takeover = Takeover(
                pid: pid,
                files: options.files,
                settings: options.settings,
                pidFile: succession.pidFile,
                configuration
            )
            if succession.predecessors.contains(pid) || takeover.isPaused { return takeover.run() }
            Terminal.complain("\(InstanceLock.Failure.held(pid: pid, path: path))")
            return 1
        } catch {
            Terminal.complain("\(error)")
            return 1
        }
    }

    private func isQuiet(_ outcome: ConfigurationLoader.Outcome) -> Bool {
        guard let configuration = outcome.configuration else { return false }
        return options.quiet || configuration.global.isQuiet
    }

    /// `daemon` counts in HAProxy's form only, and not under a service manager.
    private func goesToBackground(_ global: GlobalSettings) -> Bool {
        if background { return true }
        let hasManager = unsafe getenv("NOTIFY_SOCKET") != nil
        return obeyDaemon && global.runsInBackground && !global.isDebug && !hasManager
    }

    private func startInBackground() throws -> Int32 {
        // What there is to say has been said.
        var arguments = ownArguments + ["--foreground", "-q"]
        if let pidFile { arguments += ["-p", pidFile] }
        for pid in finish { arguments += ["--finish", "\(pid)"] }
        for pid in terminate { arguments += ["--terminate", "\(pid)"] }
        let patience = Duration.seconds(60)
        if let status = try BackgroundStart.run(arguments, patience: patience) { return status }
        Terminal.complain("it did not serve within 60 s: stopped")
        return 1
    }

    /// What makes this program run the same node.
    private var ownArguments: [String] {
        ["run"] + options.files.flatMap { ["-f", $0] }
            + (options.node.map { ["-L", $0] } ?? []) + options.settings.words
    }
}
