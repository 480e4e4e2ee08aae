/// What a check does once it is connected.
package enum CheckKind: Sendable, Equatable {
    /// Nothing: a connection that stands is a pass.
    case tcp
    /// `option mysql-check`
    case mysql(MySQLCheck)
    /// `option httpchk`
    case http(HTTPCheck)
    /// `option tcp-check` with rules
    case steps(TCPCheck)
    /// `option external-check`: it is not connected at all.
    case external(ExternalCheck)
    /// `agent-check`, with `agent-send`: read by other rules than those of a server's health.
    case agent(message: [UInt8])

    /// What the check itself says first; may be empty.
    var hello: [UInt8] {
        switch self {
        case .tcp: []
        case .mysql(let check): check.hello
        case .http(let check): check.hello
        case .steps, .external: []
        case .agent(let message): message
        }
    }

    /// A new judge of the server's answer; `nil` where none is awaited.
    package var exchange: (any CheckExchange)? {
        switch self {
        case .tcp, .external: nil
        case .mysql(let check): MySQLCheckExchange(check)
        case .http(let check): HTTPCheckExchange(check)
        case .steps(let check): TCPCheckExchange(check)
        case .agent: AgentExchange()
        }
    }

    /// The name that the check logs in with.
    package var user: String? {
        switch self {
        case .tcp, .http, .steps, .external, .agent: nil
        case .mysql(let check): check.user
        }
    }
}
