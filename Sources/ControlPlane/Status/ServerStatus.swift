/// One server of a backend with the result of its last check.
package struct ServerStatus: Codable, Sendable, Equatable {
    /// The `backend` or `listen` that it belongs to.
    package var proxy: String
    package var name: String
    package var address: String
    /// HAProxy's text: `UP`, `UP 1/3`, `DOWN`, `MAINT`, `no check` …
    package var status: String
    package var isBackup: Bool
    package var weight: Int
    /// What the last check found, the most telling first, such as `L7OK 2 ms 10.11.6-MariaDB`;
    /// empty without checks.
    package var check: String
    /// Since the status last changed; nil when it never did.
    package var changedMillisecondsAgo: Int64?
    package var sessions: Int

    package init(
        proxy: String,
        name: String,
        address: String,
        status: String,
        isBackup: Bool = false,
        weight: Int,
        check: String,
        changedMillisecondsAgo: Int64? = nil,
        sessions: Int
    ) {
        self.proxy = proxy
        self.name = name
        self.address = address
        self.status = status
        self.isBackup = isBackup
        self.weight = weight
        self.check = check
        self.changedMillisecondsAgo = changedMillisecondsAgo
        self.sessions = sessions
    }
}
