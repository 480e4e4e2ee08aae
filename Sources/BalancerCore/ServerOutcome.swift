/// What a change of a backend's servers asks its owner to do, beside what the pool did itself.
package struct ServerOutcome: Sendable, Equatable {
    /// For the log, in order.
    package var notices: [HealthNotice] = []
    /// Sessions to end, after the notices.
    package var shutdowns: [SessionShutdown] = []
    /// Sessions that waited and have a server now.
    package var grants: [Grant] = []

    /// Nothing.
    package init() {}

    init(notices: [HealthNotice], shutdowns: [SessionShutdown], grants: [Grant]) {
        self.notices = notices
        self.shutdowns = shutdowns
        self.grants = grants
    }
}

/// All sessions of a server are to be ended.
package struct SessionShutdown: Sendable, Equatable {
    package var server: ServerID
    /// Why, for the log line of each.
    package var cause: TerminationCode.Cause

    package init(server: ServerID, cause: TerminationCode.Cause) {
        self.server = server
        self.cause = cause
    }
}
