/// A backend and its servers at one moment, for `show stat` and `status`.
package struct BackendSnapshot: Sendable, Equatable {
    package var name: String
    package var balance: BalanceAlgorithm
    /// In the order of the configuration.
    package var servers: [ServerSnapshot]
    package var counters: ServerCounters
    /// Sessions that wait for any server (`qcur`).
    package var queued: Int
    /// Whether any server takes new sessions (`UP` or `DOWN`).
    package var isUp: Bool
    /// `act` and `bck`: usable servers of each kind.
    package var usableActives: Int
    package var usableBackups: Int
    /// The weight of the servers that take the sessions now.
    package var weight: Int
    /// The same without `slowstart`.
    package var userWeight: Int
    /// `fullconn` (`slim`).
    package var fullConnections: Int
    /// Time since the last change between usable and not (`lastchg`), and all time without a usable
    /// server (`downtime`).
    package var sinceLastChange: Duration
    package var downtime: Duration
    /// Time since the last session was given to a server (`lastsess`).
    package var sinceLastAssigned: Duration?

    /// The status column.
    package var status: String { isUp ? "UP" : "DOWN" }
}
