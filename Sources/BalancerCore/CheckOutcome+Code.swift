extension CheckOutcome {
    /// HAProxy's `check_status`.
    package enum Code: String, Sendable, Equatable, CaseIterable {
        case unknown = "UNK"
        case initializing = "INI"
        /// An agent has answered, and said nothing of the server's health.
        case checked = "CHECKED"
        case socketError = "SOCKERR"
        case layer4OK = "L4OK"
        case layer4Timeout = "L4TOUT"
        case layer4ConnectionProblem = "L4CON"
        case layer6OK = "L6OK"
        case layer6Timeout = "L6TOUT"
        case layer6InvalidResponse = "L6RSP"
        case layer7OK = "L7OK"
        case layer7Timeout = "L7TOUT"
        case layer7InvalidResponse = "L7RSP"
        case layer7WrongStatus = "L7STS"
        case externalOK = "PROCOK"
        case externalError = "PROCERR"
        case externalTimeout = "PROCTOUT"
        /// Not a check: what `observe` found.
        case healthAnalysis = "HANA"

        package var isPass: Bool {
            switch self {
            case .layer4OK, .layer6OK, .layer7OK, .externalOK: true
            default: false
            }
        }

        /// Whether the server answered with a number, or the program ended with one, which is then
        /// shown beside the name.
        package var hasStatus: Bool {
            switch self {
            case .layer7OK, .layer7WrongStatus, .externalOK, .externalError: true
            default: false
            }
        }

        /// The words of the log after `reason:`.
        package var description: String {
            switch self {
            case .unknown: "Unknown"
            case .initializing: "Initializing"
            case .checked: "No status change"
            case .socketError: "Socket error"
            case .layer4OK: "Layer4 check passed"
            case .layer4Timeout: "Layer4 timeout"
            case .layer4ConnectionProblem: "Layer4 connection problem"
            case .layer6OK: "Layer6 check passed"
            case .layer6Timeout: "Layer6 timeout"
            case .layer6InvalidResponse: "Layer6 invalid response"
            case .layer7OK: "Layer7 check passed"
            case .layer7Timeout: "Layer7 timeout"
            case .layer7InvalidResponse: "Layer7 invalid response"
            case .layer7WrongStatus: "Layer7 wrong status"
            case .externalOK: "External check passed"
            case .externalError: "External check error"
            case .externalTimeout: "External check timeout"
            case .healthAnalysis: "Health analyze"
            }
        }
    }
}
