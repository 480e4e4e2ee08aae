internal import ArgumentParser
internal import CLinux
internal import Configuration
internal import Daemon
internal import Glibc
internal import Guardian
internal import LinuxIO

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
}

/// `run`: becomes the guardian of a daemon, in the foreground.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run this node in the foreground: guardian and daemon.",
        discussion: """
            SIGHUP reloads the configuration. SIGTERM and SIGINT stop in order: the other node \
            takes the virtual IP at once.
            """
    )

    @OptionGroup var options: ConfigurationOptions

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
        /// Why not.
        let fault: String

        init?() {
            guard let link = Self.number(GuardianLink.linkVariable) else { return nil }
            self.link = link
            page = Self.number(GuardianLink.pageVariable)
            fence = Self.number(GuardianLink.fenceVariable)
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
                files: options.files,
                nodeName: options.node,
                link: GuardianLink(adopting: OwnedDescriptor(adopting: inherited.link)),
                page: nil,
                fence: inherited.fence
            )
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
        let outcome = ConfigurationLoader.load(options.files)
        if !outcome.rendered.isEmpty { Report.write(outcome.rendered) }
        guard let configuration = outcome.configuration else {
            Report.summary(outcome)
            return 1
        }
        do {
            let lock = try InstanceLock(directory: configuration.global.stateDirectory)
            var arguments = ["run"]
            for file in options.files { arguments += ["-f", file] }
            if let node = options.node { arguments += ["-L", node] }
            let hasPair = configuration.pair != nil
            let failure = GuardianProcess.begin(arguments, lock: lock, hasPair: hasPair)
            Terminal.complain("\(failure)")
            return 1
        } catch {
            Terminal.complain("\(error)")
            return 1
        }
    }
}
