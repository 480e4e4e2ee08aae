/// How serious a log line is, with the numbers of RFC 3164 §4.1.1: the lower, the more serious.
package enum Severity: Int, Sendable, Comparable, CaseIterable {
    case emergency = 0
    case alert
    case critical
    case error
    case warning
    case notice
    case info
    case debug

    /// Reads the word that HAProxy's `log` line takes for a level.
    package init?(keyword: String) {
        guard let found = Self.allCases.first(where: { $0.keyword == keyword }) else { return nil }
        self = found
    }

    /// HAProxy's word: `emerg`, `alert`, `crit`, `err`, `warning`, `notice`, `info`, `debug`.
    package var keyword: String {
        switch self {
        case .emergency: "emerg"
        case .alert: "alert"
        case .critical: "crit"
        case .error: "err"
        case .warning: "warning"
        case .notice: "notice"
        case .info: "info"
        case .debug: "debug"
        }
    }

    /// The more serious one is the smaller one, as in the protocol.
    package static func < (left: Severity, right: Severity) -> Bool {
        left.rawValue < right.rawValue
    }
}
