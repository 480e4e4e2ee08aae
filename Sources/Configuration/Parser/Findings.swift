/// The diagnostics of a configuration, bounded.
struct Findings {
    private(set) var list: [Diagnostic] = []
    private var errors = 0

    var hasErrors: Bool { errors > 0 }

    /// Errors have a limit of their own: however many notes there are, the reason why a
    /// configuration does not load is kept.
    mutating func add(_ finding: Diagnostic) {
        let isError = finding.severity == .error
        let kept = isError ? errors : list.count - errors
        guard kept < ConfigurationLimits.diagnosticsKept else { return }
        if isError { errors += 1 }
        list.append(finding)
    }

    mutating func add(_ complaint: Complaint) {
        add(Diagnostic(complaint))
    }

    mutating func add(
        _ severity: Diagnostic.Severity,
        at location: SourceLocation,
        _ message: String,
        suggestion: String? = nil
    ) {
        add(Diagnostic(severity, at: location, message, suggestion: suggestion))
    }
}
