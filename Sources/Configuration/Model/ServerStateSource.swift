/// `load-server-state-from-file`: where a backend's servers get at start what an operator has said
/// of them before.
package enum ServerStateSource: Sendable, Equatable {
    /// The `server-state-file` of `global`.
    case global
    /// A file of its own in `server-state-base`; `nil`: called as the backend.
    case local(String?)
}
