/// `observe layer4`, `error-limit`, `on-error`: what failed connects of sessions say about a server
/// that is checked as well.
package struct ConnectObservation: Sendable, Equatable {
    /// `on-error`
    package enum Reaction: String, Sendable, Equatable, CaseIterable {
        /// The next check comes after `fastinter`; nothing else. So do all of them.
        case fastInterval = "fastinter"
        /// As a failed check.
        case failCheck = "fail-check"
        /// As a failed check, and one more takes the server down.
        case suddenDeath = "sudden-death"
        /// The server is down at once.
        case markDown = "mark-down"
    }

    /// `error-limit`: so many in a row count, at least 1.
    package var errorLimit: Int
    package var reaction: Reaction

    package init(errorLimit: Int = 10, reaction: Reaction = .failCheck) {
        precondition(errorLimit >= 1, "errors count from 1")
        self.errorLimit = errorLimit
        self.reaction = reaction
    }
}
