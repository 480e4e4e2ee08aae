/// Where clients connect: one line per address of a `frontend` or `listen`.
package struct FrontendStatus: Codable, Sendable, Equatable {
    package var name: String
    /// `10.0.0.100:3306`
    package var endpoint: String
    /// HAProxy's word: `OPEN`, `PAUSED`, `STOP`.
    package var status: String
    package var sessions: Int

    package init(name: String, endpoint: String, status: String, sessions: Int) {
        self.name = name
        self.endpoint = endpoint
        self.status = status
        self.sessions = sessions
    }
}
