internal import Configuration
internal import ControlPlane
internal import Glibc
internal import Guardian

/// A second start on a node that serves already: HAProxy's scripts start the new process beside the
/// old one, which is told by `-sf`, or paused by SIGTTOU before. Here the running process takes the
/// new configuration over: no session moves, and the virtual IP stays.
struct Takeover {
    /// Of the running guardian.
    let pid: Int32
    let files: [String]
    let settings: CommandLineSettings
    let pidFile: String?
    private let client: RuntimeAPIClient

    /// - Parameter configuration: that of the running process, as far as its socket is concerned
    init(
        pid: Int32,
        files: [String],
        settings: CommandLineSettings,
        pidFile: String?,
        _ configuration: BalancerConfiguration
    ) {
        self.pid = pid
        self.files = files
        self.settings = settings
        self.pidFile = pidFile
        let paths = configuration.global.statsSockets.compactMap { socket in
            if case .path(let path) = socket.address { path } else { nil }
        }
        client = RuntimeAPIClient(path: paths.first ?? ControlSocket.defaultPath)
    }

    /// Whether it was paused for this start.
    var isPaused: Bool {
        guard let frontends = try? status().frontends, !frontends.isEmpty else { return false }
        return frontends.allSatisfy { $0.status == "PAUSED" }
    }

    /// - Returns: the exit status
    func run() -> Int32 {
        do {
            let running = try status().configuration.file
            guard running == files.joined(separator: ", ") else {
                Terminal.complain(
                    "ha-balancer already runs on this node (pid \(pid)) with \(running): it can "
                        + "take a new configuration over from there only. Stop it for another file."
                )
                return 1
            }
            let command = ["reload", "takeover"] + settings.words
            switch try client.perform(command, timeout: .seconds(60)) {
            case .refused(let reason):
                Terminal.complain(reason)
                return 1
            case .done:
                Terminal.complain(
                    "the running process (pid \(pid)) has taken the new configuration over, with "
                        + "all its sessions"
                )
            }
            if let pidFile { try Succession.write(pid, to: pidFile) }
            return 0
        } catch {
            Terminal.complain("\(error)")
            return 1
        }
    }

    private func status() throws -> StatusReport {
        try StatusReport(json: try client.request(["show", "pair", "json"]))
    }
}
