/// Whom a command on the master's socket is for: HAProxy's management.txt §9.4.
enum MasterTarget: Sendable {
    case master
    case worker

    /// - Parameter prefix: such as `@1`, `@!4711`, `@master` or `@`
    /// - Returns: `nil`: there is no such process
    init?(_ prefix: String, processes: ProcessReport) {
        switch prefix.dropFirst() {
        case "", "0", "master": self = .master
        case "1", "!\(processes.worker.pid)": self = .worker
        default: return nil
        }
    }

    /// What stands before the cursor after `prompt`.
    func prompt(_ processes: ProcessReport) -> String {
        switch self {
        case .master: processes.failedReloads > 0 ? "master[ReloadFailed]> " : "master> "
        case .worker: "\(processes.worker.pid)> "
        }
    }
}
