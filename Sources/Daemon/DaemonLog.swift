internal import BalancerCore
internal import ControlPlane
internal import Glibc
internal import LinuxIO
internal import Synchronization

/// The daemon's own lines: to the log targets of `global`, and to standard error, where the journal
/// or the operator's terminal is.
final class DaemonLog: Sendable {
    private let setup: Mutex<LogSetup>

    init(_ setup: LogSetup) { self.setup = Mutex(setup) }

    /// The targets of the configuration in force.
    var current: LogSetup { setup.withLock { $0 } }

    /// After a reload.
    func replace(with new: LogSetup) { setup.withLock { $0 = new } }

    func line(_ severity: Severity, _ text: String) {
        let setup = current
        if !setup.globalTargets.isEmpty {
            setup.router.log(severity, text, targets: setup.globalTargets)
        }
        // A target that is this process's own output has shown it already.
        if !setup.usesStandardStreams { StandardError.write("<\(severity.rawValue)>", text) }
    }

    /// A change of a server's health: to where its proxy logs.
    func health(_ notice: HealthNotice, of proxy: String) {
        line(Severity(rawValue: notice.severity.rawValue) ?? .notice, notice.text, of: proxy)
    }

    /// To where a proxy logs.
    func line(_ severity: Severity, _ text: String, of proxy: String) {
        let setup = current
        setup.router.log(severity, text, targets: setup.targets(ofProxy: proxy))
        if !setup.usesStandardStreams { StandardError.write("<\(severity.rawValue)>", text) }
    }
}

/// Standard error, one whole line at a time.
package enum StandardError {
    /// `ha-balancer` or `glbd`, by the file that runs.
    private static let program: String = {
        let name = ProgramReplacement.ownPath.split(separator: "/").last ?? ""
        return name.hasPrefix("glbd") ? "glbd" : "ha-balancer"
    }()

    /// - Parameter level: a prefix that systemd's journal understands (sd-daemon(3)); left out on a
    ///   terminal.
    package static func write(_ level: String = "", _ text: String) {
        let prefix = isatty(2) == 1 ? "" : level
        let bytes = Array((prefix + program + ": " + text + "\n").utf8)
        // Nobody left to read it is nobody to tell.
        _ = unsafe Glibc.write(2, bytes, bytes.count)
    }
}
