import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

/// The real program on loopback: guardian and daemon, in a directory of their own.
///
/// Letting go of the object kills both.
final class Balancer {
    let directory: TemporaryDirectory
    /// Where clients connect.
    let front: Endpoint
    private(set) var process: ChildProcess?

    /// Prepares the directory; starts nothing.
    init() throws {
        directory = try TemporaryDirectory("balancer")
        front = Endpoint(.v4(0x7F00_0001), try Self.freePort())
    }

    deinit {
        // The daemon's process group is its own: without its guardian it would go on for a moment.
        let daemon = daemonPID
        process?.kill(SIGKILL)
        if let daemon { kill(daemon, SIGKILL) }
        process?.wait()
    }

    var configurationPath: String { directory.path + "/t.cfg" }
    var socketPath: String { directory.path + "/admin.sock" }
    var logPath: String { directory.path + "/log" }
    var log: String { (try? TextFile.read(logPath)) ?? "" }

    /// A port that nobody listens on.
    private static func freePort() throws -> UInt16 {
        let socket = try Socket.bound(to: Endpoint(.v4(0x7F00_0001), 0))
        let bound = socket.localEndpoint
        return try #require(bound).port
    }

    /// Writes a configuration: a `listen` called db with these lines.
    func configure(
        _ lines: String...,
        bind: String = "",
        global: [String] = [],
        more: [String] = []
    ) throws {
        let text =
            ["global"] + global.map { "    " + $0 } + [
                "    state-dir \(directory.path)/state",
                "    stats socket \(socketPath) mode 600 level admin",
                "defaults",
                "    timeout connect 2s",
                "    timeout client 8h",
                "    timeout server 8h",
                "listen db",
                "    bind \(front) \(bind)",
            ] + lines.map { "    " + $0 } + more
        try TextFile.write(text.joined(separator: "\n") + "\n", to: configurationPath)
    }

    /// Starts it and, unless it ends, waits until the daemon answers.
    /// - Parameters:
    ///   - arguments: behind those that every balancer has
    ///   - shell: what `sh` does before it becomes the program, such as `ulimit`.
    ///   - standardError: where the log goes; a file by default.
    func start(
        arguments: [String] = [],
        shell: String = ":",
        environment: [String: String] = [:],
        standardError: Int32? = nil
    ) throws {
        let raw = try SystemCall.run("open", logPath) {
            unsafe open(logPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        }
        let file = OwnedDescriptor(adopting: raw)
        let script = shell + "; exec \"$0\" run -f \"$@\" -L here"
        let process = try ChildProcess.spawn(
            "sh",
            ["-c", script, BinaryLocator.path, configurationPath] + arguments,
            environment: environment,
            descriptors: [1: file.raw, 2: standardError ?? file.raw],
            newProcessGroup: true
        )
        self.process = process
        let isUp = Patience.wait(.seconds(10)) { process.tryWait() != nil || isAnswering }
        try #require(isUp, "neither up nor ended:\n\(log)")
    }

    private var isAnswering: Bool { (try? ask("show", "version")) != nil }

    /// The answer of the runtime API.
    func ask(_ words: String...) throws -> String { try ask(words) }

    func ask(_ words: [String]) throws -> String {
        try RuntimeAPIClient(path: socketPath).request(words)
    }

    /// Runs one of the commands against it.
    func command(_ words: String...) throws -> Command.Result {
        try Command.run(BinaryLocator.path, words + ["--socket", socketPath])
    }

    func report() throws -> StatusReport {
        try StatusReport(json: try ask("show", "pair", "json"))
    }

    /// The only child of the guardian.
    var daemonPID: Int32? {
        guard let guardian = process?.pid,
            let children = try? TextFile.read("/proc/\(guardian)/task/\(guardian)/children")
        else { return nil }
        return children.split(separator: " ").first.flatMap { Int32($0) }
    }

    /// Of the process that `start` began, once it has ended.
    func end(within limit: Duration = .seconds(10)) throws -> LinuxIO.ExitStatus {
        let status = process?.wait(timeout: limit)
        return try #require(status, "still running:\n\(log)")
    }

    func signal(_ number: Int32) { process?.kill(number) }

    /// A field of a row of `show stat`, by the names in its first line.
    func stat(_ service: String, _ column: String) throws -> String? {
        let lines = try ask("show", "stat").split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        guard let header = lines.first, let index = header.firstIndex(of: column),
            let row = lines.first(where: { $0.count > index && $0[1] == service })
        else { return nil }
        return row[index]
    }

    /// A line of `show info`.
    func info(_ key: String) throws -> String? {
        let prefix = key + ": "
        return try ask("show", "info").split(separator: "\n")
            .first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
}

/// A database on a free port of loopback.
func database(_ name: String) throws -> MySQLStandIn {
    try MySQLStandIn(nodeName: name, on: Endpoint(.v4(0x7F00_0001), 0))
}
