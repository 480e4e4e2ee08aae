/// What the relay does after a connect to a server has failed. It decides which counter of `show
/// stat` moves.
package enum ConnectFailureStep: Sendable, Equatable {
    /// Tries the same server again: `wretr`.
    case retry
    /// Tries another server: `wredis`.
    case redispatch
    /// Closes the session: `econ`.
    case giveUp
}
