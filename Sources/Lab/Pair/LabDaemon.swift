internal import CLinux
internal import Glibc
package import LinuxIO
internal import Primitives

/// One real `ha-balancer` in a host of the lab: its files, its process, its commands.
package final class LabDaemon {
    package let host: LabHost
    package let binary: String
    private let directory: TemporaryDirectory
    private var process: ChildProcess?

    /// - Parameters:
    ///   - binary: the program to run, absolute.
    ///   - directory: where its configuration, state and log live, as long as this object does.
    package init(on host: LabHost, binary: String) throws {
        self.host = host
        self.binary = binary
        directory = try TemporaryDirectory(host.name)
    }

    package var configurationPath: String { directory.path + "/ha-balancer.cfg" }
    package var statePath: String { directory.path + "/state" }
    package var socketPath: String { directory.path + "/admin.sock" }
    package var logPath: String { directory.path + "/log" }

    package func configure(_ text: String) throws {
        try TextFile.write(text, to: configurationPath)
    }

    /// All that it has written so far, guardian and daemon.
    package var log: String { (try? TextFile.read(logPath)) ?? "" }

    /// Starts guardian and daemon; returns at once.
    package func start() throws {
        let raw = try SystemCall.run("open", logPath) {
            unsafe open(logPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        }
        let log = OwnedDescriptor(adopting: raw)
        process = try host.spawn(
            binary,
            ["run", "-f", configurationPath, "-L", host.name],
            descriptors: [1: log.raw, 2: log.raw]
        )
    }

    /// Waits until it answers on its socket.
    package func waitUntilReady(timeout: Duration = .seconds(10)) throws {
        let isReady = try Patience.wait(timeout) {
            if let status = process?.tryWait() {
                throw LabError("\(host.name) ended with \(status):\n\(log)")
            }
            return answers
        }
        guard isReady else { throw LabError("\(host.name) is not ready after \(timeout):\n\(log)") }
    }

    /// Whether somebody listens on its socket: a file alone may be of an earlier life.
    private var answers: Bool {
        let raw = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { return false }
        let socket = OwnedDescriptor(adopting: raw)
        return unsafe hb_unix_connect(socket.raw, socketPath) == 0
    }

    /// The guardian's process id.
    package var guardianPID: Int32? { process?.pid }

    /// The daemon's process id: the only child of the guardian.
    package var daemonPID: Int32? {
        guard let guardian = process?.pid,
            let children = try? TextFile.read("/proc/\(guardian)/task/\(guardian)/children")
        else { return nil }
        return children.split(separator: " ").first.flatMap { Int32($0) }
    }

    /// Sends a signal to the daemon alone.
    package func signalDaemon(_ signal: Int32) throws {
        guard let pid = daemonPID else { throw LabError("\(host.name) has no daemon") }
        try SystemCall.run("kill", "\(pid)") { kill(pid, signal) }
    }

    /// Sends a signal to the guardian alone.
    package func signalGuardian(_ signal: Int32) throws {
        guard let process else { throw LabError("\(host.name) was never started") }
        process.kill(signal)
    }

    /// Kills guardian and daemon so that neither can act for the other.
    package func killBoth() throws {
        guard let process, let pid = daemonPID else {
            throw LabError("\(host.name) has no daemon")
        }
        process.kill(SIGSTOP)
        kill(pid, SIGKILL)
        process.kill(SIGKILL)
        process.wait()
    }

    /// Stops it in order and waits for its end.
    package func stop(timeout: Duration = .seconds(15)) throws -> ExitStatus {
        guard let process else { throw LabError("\(host.name) was never started") }
        process.kill(SIGTERM)
        guard let status = process.wait(timeout: timeout) else {
            throw LabError("\(host.name) did not stop within \(timeout):\n\(log)")
        }
        return status
    }

    /// Waits for an end that somebody else brings about.
    package func wait(timeout: Duration) -> ExitStatus? { process?.wait(timeout: timeout) }

    /// Runs one of the commands against this daemon, such as `failover`.
    package func command(_ words: String...) throws -> Command.Result {
        try Command.run(binary, words + ["--socket", socketPath])
    }
}
