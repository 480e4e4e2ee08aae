/// One finding about a configuration.
package struct Diagnostic: Sendable, Equatable, CustomStringConvertible {
    package enum Severity: String, Sendable, Comparable {
        /// Worth knowing; nothing has to change.
        case note
        /// Loads, but probably not what was meant. HAProxy warns too.
        case warning
        /// The configuration does not load.
        case error

        package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .note: 0
            case .warning: 1
            case .error: 2
            }
        }
    }

    package var severity: Severity
    package var location: SourceLocation
    package var message: String
    /// The nearest known word.
    package var suggestion: String?

    package init(
        _ severity: Severity,
        at location: SourceLocation,
        _ message: String,
        suggestion: String? = nil
    ) {
        self.severity = severity
        self.location = location
        self.message = message
        self.suggestion = suggestion
    }

    init(_ complaint: Complaint) {
        self.init(
            .error,
            at: complaint.location,
            complaint.message,
            suggestion: complaint.suggestion
        )
    }

    /// `file:line:column: error: what is wrong; did you mean 'word'?`
    package var description: String {
        let hint = suggestion.map { "; did you mean '\($0)'?" } ?? ""
        return "\(location): \(severity.rawValue): \(message)\(hint)"
    }
}
