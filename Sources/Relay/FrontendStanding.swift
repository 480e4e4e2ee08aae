/// Whether a frontend takes connections, by the operator's word.
package enum FrontendStanding: Sendable, Equatable {
    case open
    /// `disable frontend`: its ports refuse, its sessions live; it can be opened again.
    case paused
    /// `shutdown frontend`: as paused, until a new configuration comes.
    case stopped
}
