/// What the operator wants of a server (`set server b/s state …`).
package enum AdministrativeState: String, Sendable, Equatable, CaseIterable {
    /// Takes sessions when it is up.
    case ready
    /// Keeps its sessions, takes no new ones, stays checked.
    case drain
    /// Takes no new sessions and is not checked.
    case maintenance = "maint"
}
