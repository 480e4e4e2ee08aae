package import Primitives

/// One server at one moment, for `show stat` and `status`.
package struct ServerSnapshot: Sendable, Equatable {
    package var id: ServerID
    package var name: String
    package var endpoint: Endpoint
    package var isBackup: Bool
    /// HAProxy's status column: `UP`, `UP n/fall`, `DOWN n/rise`, `DOWN`, `MAINT`, `DRAIN`, `no
    /// check`.
    package var status: String
    package var isUp: Bool
    /// Takes new sessions.
    package var isUsable: Bool
    package var administrativeState: AdministrativeState
    package var weight: Weight
    /// The weight in force: less than `weight` after it has come back, with `slowstart`.
    package var effectiveWeight: Int
    /// Percent of the weight that it has reached (`throttle`); `nil`: it is not coming back.
    package var throttle: Int?
    /// The weight of the configuration (`initial` in `get weight`).
    package var initialWeight: Weight
    package var counters: ServerCounters
    /// Sessions that wait for it alone (`qcur`), and its limits (`slim`, `qlimit`).
    package var queued: Int
    package var maxConnections: Int?
    package var maxQueue: Int?
    package var check: CheckDefinition?
    /// `check_health`: the counter, 0...rise+fall-1.
    package var checkHealth: Int?
    /// The last outcome; `INI` for a server that is checked and has none yet, `nil` for an
    /// unchecked one.
    package var lastOutcome: CheckOutcome?
    package var isCheckRunning: Bool
    /// It is checked, and neither in maintenance nor without checks by an order.
    package var isCheckOn: Bool
    package var agent: AgentSnapshot?
    /// Until when it gets no sessions, because one could not connect to it: see `blacklist`.
    package var shunnedFor: Duration?
    /// `disable health`
    package var isCheckSuspended: Bool
    package var sinceLastChange: Duration
    package var downtime: Duration
    package var sinceLastAssigned: Duration?
}

/// `agent-check` of a server.
package struct AgentSnapshot: Sendable, Equatable {
    package var definition: CheckDefinition
    /// 1: it has not said that the server is down.
    package var health: Int
    package var lastOutcome: CheckOutcome
    package var isRunning: Bool
    /// Not after `disable agent`.
    package var isOn: Bool
}
