/// The `timeout` lines of a proxy. `nil` is none: the event is waited for without end.
package struct Timeouts: Sendable, Equatable {
    /// `connect`: until a server has accepted.
    package var connect: Duration?
    /// `client`: a client says nothing.
    package var client: Duration?
    /// `server`: a server says nothing.
    package var server: Duration?
    /// `client-fin`, in place of `client` once the other side has closed; `nil`: `client` stays.
    package var clientFin: Duration?
    /// `server-fin`, in place of `server` once the other side has closed; `nil`: `server` stays.
    package var serverFin: Duration?
    /// `tunnel`, in place of `client` and `server` once both sides talk; `nil`: they stay.
    package var tunnel: Duration?
    /// `queue`: until a server has a free place. As `connect` if not given.
    package var queue: Duration?
    /// `check`: until a check's answer, counted from its connect. `nil`: the interval covers all.
    package var check: Duration?
}
