/// One log line on its way from any thread to the control thread.
package struct LogEntry: Sendable, Equatable {
    package var severity: Severity
    package var text: String
    package var targets: LogTargets

    package init(_ severity: Severity, _ text: String, targets: LogTargets = .all) {
        self.severity = severity
        self.text = text
        self.targets = targets
    }
}
