/// What the two nodes know of each other's sessions, so that both ends of each can be told when one
/// of the nodes dies, and of the stick tables of the one that serves.
package struct LedgerStatus: Codable, Sendable, Equatable {
    /// What was done after the last takeover from a dead node.
    package struct Challenge: Codable, Sendable, Equatable {
        package var millisecondsAgo: Int64
        package var sessions: Int
        /// Connections whose other end was told, and those that cannot be, because they came from
        /// the dead node's own address.
        package var ends: Int
        package var untellable: Int
        /// Until each end had been told once; nil while that goes on.
        package var milliseconds: Double?

        package init(
            millisecondsAgo: Int64,
            sessions: Int,
            ends: Int,
            untellable: Int,
            milliseconds: Double? = nil
        ) {
            self.millisecondsAgo = millisecondsAgo
            self.sessions = sessions
            self.ends = ends
            self.untellable = untellable
            self.milliseconds = milliseconds
        }
    }

    /// Entries of all stick tables together.
    package struct Sticks: Codable, Sendable, Equatable {
        /// The other node was told of them by this one.
        package var told: Int
        /// This node was told of them by the other one.
        package var known: Int
        /// Whether nothing is missing of what the other one tells.
        package var isComplete: Bool
        /// Entries whose names are too long to be told, as often as they were due.
        package var untold: UInt64

        package init(told: Int = 0, known: Int = 0, isComplete: Bool = false, untold: UInt64 = 0) {
            self.told = told
            self.known = known
            self.isComplete = isComplete
            self.untold = untold
        }
    }

    /// Sessions of this node that the other one was told of.
    package var sessionsTold: Int
    /// Sessions of the other node that are known here.
    package var sessionsKnown: Int
    /// Whether the last comparison found none missing.
    package var isComplete: Bool
    /// Changes beyond the ledger's size, told to nobody.
    package var untold: UInt64
    /// Datagrams refused since the start, by the name of the reason.
    package var drops: [String: UInt64]
    /// `nil` from a daemon of an older version.
    package var sticks: Sticks?
    package var lastChallenge: Challenge?

    package init(
        sessionsTold: Int = 0,
        sessionsKnown: Int = 0,
        isComplete: Bool = false,
        untold: UInt64 = 0,
        drops: [String: UInt64] = [:],
        sticks: Sticks? = nil,
        lastChallenge: Challenge? = nil
    ) {
        self.sessionsTold = sessionsTold
        self.sessionsKnown = sessionsKnown
        self.isComplete = isComplete
        self.untold = untold
        self.drops = drops
        self.sticks = sticks
        self.lastChallenge = lastChallenge
    }
}
