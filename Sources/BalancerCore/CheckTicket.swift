/// Who is asked about a server.
package enum CheckRole: Sendable, Hashable {
    /// The server, or who knows its health.
    case health
    /// `agent-check`
    case agent
}

/// One check under way. It names the health that it was started for: when a reload or maintenance
/// has made that health void, the outcome is dropped and cannot vouch for another address.
package struct CheckTicket: Sendable, Equatable {
    package let server: ServerID
    package let role: CheckRole
    package let definition: CheckDefinition
    /// Those of the server when the check began.
    package let sessions: Int
    let healthNumber: UInt64
}
