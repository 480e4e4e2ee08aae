/// A line for the log about the state of a server or a backend, in HAProxy's words.
package struct HealthNotice: Sendable, Equatable {
    /// Syslog severities (RFC 5424 §6.2.1) that HAProxy gives to these lines.
    package enum Severity: Int, Sendable, Equatable {
        case emergency = 0
        case alert = 1
        case warning = 4
        case notice = 5
    }

    package let severity: Severity
    package let text: String

    package init(severity: Severity, text: String) {
        self.severity = severity
        self.text = text
    }
}
