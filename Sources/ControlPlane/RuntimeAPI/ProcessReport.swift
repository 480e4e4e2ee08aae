/// What `show proc` on the master's socket tells. HAProxy's master is the guardian here, and its
/// one worker the daemon, which answers for both.
package struct ProcessReport: Sendable, Equatable {
    package struct Process: Sendable, Equatable {
        package var pid: Int32
        package var uptime: Duration

        package init(pid: Int32, uptime: Duration) {
            self.pid = pid
            self.uptime = uptime
        }
    }

    package var master: Process
    package var worker: Process
    /// How often a reload was asked for since the worker's start.
    package var reloads: Int
    /// How many of those failed since the last that did not.
    package var failedReloads: Int
    package var version: String

    package init(
        master: Process,
        worker: Process,
        reloads: Int = 0,
        failedReloads: Int = 0,
        version: String
    ) {
        self.master = master
        self.worker = worker
        self.reloads = reloads
        self.failedReloads = failedReloads
        self.version = version
    }

    /// HAProxy's table. The worker has lived through the reloads that failed: each other one gave
    /// it a new configuration, as HAProxy's is a new process then.
    var text: String {
        let rows = [
            ["#<PID>", "<type>", "<reloads>", "<uptime>", Self.padded("<version>")],
            row(master, "master", "\(reloads) [failed: \(failedReloads)]"), ["# workers"],
            row(worker, "worker", "\(failedReloads)"), ["# programs"],
        ]
        return rows.map { row in
            (row.dropLast().map(Self.padded) + row.suffix(1)).joined(separator: " ") + "\n"
        }.joined()
    }

    private func row(_ process: Process, _ type: String, _ reloads: String) -> [String] {
        ["\(process.pid)", type, reloads, Self.text(process.uptime), version]
    }

    private static func padded(_ text: String) -> String {
        text + String(repeating: " ", count: max(0, 15 - text.count))
    }

    /// `0d00h02m07s`
    private static func text(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(seconds / 86_400)d\(two(seconds / 3600 % 24))h\(two(seconds / 60 % 60))m"
            + "\(two(seconds % 60))s"
    }
}
