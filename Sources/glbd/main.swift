internal import CLinux
internal import Configuration
internal import Daemon
internal import Glibc
internal import Guardian
internal import LinuxIO

/// `glbd`: the command line and the control protocol of the Galera Load Balancer, served by
/// ha-balancer's daemon without a pair. A program of its own, since its scripts end it by name.
enum Main {
    /// Set for the process that `--daemon` starts.
    private static let variable = "GLBD_IN_BACKGROUND"
    /// As long as glbd's parent waits for its child.
    private static let patience = Duration.seconds(5)

    static func run() -> Int32 {
        // A log that nobody reads any more must not end it.
        _ = signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        do throws(GLBDCommandLine.Refusal) {
            let line = try GLBDCommandLine(arguments)
            switch line.purpose {
            case .help:
                say(GLBDCommandLine.help)
                return 1
            case .version:
                say("glbd of ha-balancer \(ProductVersion.number)\n")
                return 0
            case .configuration:
                say(line.configuration)
                return 0
            case .run: return start(line, arguments)
            }
        } catch {
            complain(error.text)
            return 1
        }
    }

    private static func start(_ line: GLBDCommandLine, _ arguments: [String]) -> Int32 {
        let file = SourceFile(name: "glbd", bytes: Array(line.configuration.utf8))
        let result = ConfigurationParser.parse([file])
        guard var configuration = result.configuration else {
            for finding in result.diagnostics where finding.severity == .error {
                complain(finding.message)
            }
            return 1
        }
        // Its control port is the only one; ha-balancer's own socket may be somebody else's.
        configuration.global.statsSockets = []
        let isChild = unsafe getenv(variable) != nil
        if !isChild {
            say(line.summary)
            for note in line.notes { complain(note) }
        }
        guard line.runsInBackground, !isChild else {
            return serve(configuration, asDaemon: line.runsInBackground)
        }
        do {
            let status = try BackgroundStart.run(
                arguments,
                patience: patience,
                environment: [variable: "1"]
            )
            if let status { return status }
            complain("Timeout waiting for child process confirmation.")
        } catch {
            complain("\(error)")
        }
        return 1
    }

    private static func serve(_ configuration: BalancerConfiguration, asDaemon: Bool) -> Int32 {
        _ = unsafe unsetenv(variable)
        if asDaemon {
            _ = unsafe chdir("/")
            do {
                try becomeUnprivileged()
            } catch {
                complain("\(error)")
                return 1
            }
        }
        return DaemonMain.run(
            DaemonOptions(
                source: .given(configuration, by: "the command line of glbd"),
                nodeName: nil,
                link: nil,
                page: nil
            )
        )
    }

    /// Root becomes the user that glbd runs as, where there is one.
    private static func becomeUnprivileged() throws(SystemError) {
        guard getuid() == 0 else { return }
        let name = "daemon"
        guard let user = unsafe getpwnam(name) else { return }
        let (id, group) = unsafe (user.pointee.pw_uid, user.pointee.pw_gid)
        try SystemCall.run("initgroups", name) { unsafe initgroups(name, group) }
        try SystemCall.run("setgid", name) { setgid(group) }
        try SystemCall.run("setuid", name) { setuid(id) }
    }

    private static func say(_ text: String) { write(text, to: 1) }

    private static func complain(_ text: String) { write("glbd: \(text)\n", to: 2) }

    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        // Nobody left to read it is nobody to tell.
        _ = unsafe Glibc.write(descriptor, bytes, bytes.count)
    }
}

exit(Main.run())
