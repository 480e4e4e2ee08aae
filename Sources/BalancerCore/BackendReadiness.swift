package import Primitives

/// What the pair wants to know of a backend.
package struct BackendReadiness: Sendable, Equatable {
    package var usableServers: Int
    /// When a check of any of its servers last passed, and last failed; `nil`: never.
    package var lastCheckSuccess: Instant?
    package var lastCheckFailure: Instant?

    package init(usableServers: Int, lastCheckSuccess: Instant?, lastCheckFailure: Instant?) {
        self.usableServers = usableServers
        self.lastCheckSuccess = lastCheckSuccess
        self.lastCheckFailure = lastCheckFailure
    }
}
