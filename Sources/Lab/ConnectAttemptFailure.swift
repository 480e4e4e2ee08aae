/// Why a new connection did not get a greeting.
package enum ConnectAttemptFailure: String, Hashable, Sendable, CaseIterable {
    /// ECONNREFUSED
    case refused
    /// ECONNRESET
    case reset
    /// No route, no address, no port left: the kernel of the client said no.
    case unreachable
    /// The peer closed before it had greeted.
    case closed
    /// No greeting in time.
    case timedOut = "timed out"
    /// A MySQL error instead of a greeting, or something that is no MySQL at all.
    case rejected
}
