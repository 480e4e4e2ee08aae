/// What the runtime API asks of the daemon. The composition root implements it.
///
/// Called on threads of Swift's pool, several at a time; none of the calls may block for long.
/// The asynchronous ones may take seconds: their client waits, the others do not.
package protocol ControlDelegate: Sendable {
    /// For `show info`, and the version for `show version`.
    func info() -> InfoReport
    /// For `show proc` on the master's socket, and its prompts.
    func processes() -> ProcessReport
    /// For `show activity`.
    func activity() -> ActivityReport
    /// For `show pools`.
    func pools() -> [PoolReport]
    /// For `show stat`: all rows, per proxy the frontend, its servers, the backend.
    func statistics() -> [StatRow]
    /// For `show pair`.
    func status() -> StatusReport
    /// For `get weight`.
    func weight(of server: ServerName) throws(ServerRefusal) -> ServerWeight
    /// For `set server` and its like; done when it returns.
    func carryOut(_ order: ServerOrder, on server: ServerName) throws(ServerRefusal)
    /// For `add server` and its like; the reply.
    func carryOut(
        _ edit: ServerEdit,
        on server: ServerName
    ) async throws(ServerRefusal) -> String
    /// For `show servers state`: by proxy, in the order of the configuration.
    func serverStates() -> [ServerStateReport]
    /// For `disable frontend` and its like; done when it returns.
    func carryOut(_ order: FrontendOrder, onFrontend name: String) throws(FrontendRefusal)
    /// For `set maxconn global`; `nil` is what the configuration says, at most which it can be.
    /// - Returns: whether it can be that
    func setMaxConnections(_ limit: Int?) -> Bool
    /// For `clear counters`: the highest values, or all counters.
    func clearCounters(all: Bool)
    /// For `show table`: the tables of all backends that have one.
    func stickTables() -> [StickTableReport]
    /// What one of them holds.
    func stickEntries(of name: String) -> [StickTableReport.Entry]
    /// Forgets one address, or all. What is no address is not there.
    /// - Returns: whether there is such a table
    func clearStickTable(_ name: String, key: String?) -> Bool
    /// For `show sess`: the sessions that last now.
    func sessions() -> [SessionReport]
    /// For `shutdown session`: resets one.
    /// - Returns: whether it was there
    func endSession(_ id: UInt64) -> Bool
    /// Gives the virtual addresses to the other node. `node` names the one that shall have them,
    /// nil the other one. Returns when the other confirmed, or with the reason why nothing moved.
    func failover(to node: String?) async -> CommandResult
    /// Takes this node out of service, or back in. `force` overrides the last able node's refusal.
    func maintenance(on: Bool, force: Bool) async -> CommandResult
    /// Reads the configuration file again. A file with errors changes nothing.
    /// - Parameter takeover: a second start asks for it, with this on its command line:
    ///   frontends that were paused for another process open again
    func reload(takeover: [String]?) async -> CommandResult
}
