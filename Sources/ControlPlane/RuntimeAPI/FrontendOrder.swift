/// What the operator wants of one frontend.
package enum FrontendOrder: Sendable, Equatable {
    case enable
    /// Its ports refuse, its sessions live.
    case disable
    /// As `disable`, until a new configuration comes.
    case shutdown
    /// `set maxconn frontend`: 0 or more.
    case maxConnections(Int)
}

/// Why a command about a frontend did nothing: HAProxy's words.
package enum FrontendRefusal: Error, Equatable {
    case unnamed
    case noFrontend
    case because(String)

    var text: String {
        switch self {
        case .unnamed: "A frontend name is expected.\n"
        case .noFrontend: "No such frontend.\n"
        case .because(let reason): reason
        }
    }
}
