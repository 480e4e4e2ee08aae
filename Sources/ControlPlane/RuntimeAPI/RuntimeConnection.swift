/// What a client of the runtime API may change about its own connection.
package struct RuntimeConnection: Sendable {
    /// What `set timeout cli` takes at most; a client that stays keeps a place.
    static let longestTimeout: Duration = .seconds(86_400)

    /// Only ever lowered.
    package internal(set) var level: AccessLevel
    /// Longest time without progress.
    package internal(set) var timeout: Duration
    /// `prompt`: more than one line, each answered with a prompt.
    package internal(set) var isInteractive = false
    /// `experimental-mode on`: said by scripts for HAProxy 2.4, and of no effect.
    package internal(set) var isExperimental = false
    /// Whom commands without a prefix are for; `nil`: this is not the master's socket.
    var master: MasterTarget?

    /// Whether more lines may come when one was answered.
    var staysOpen: Bool { isInteractive || master != nil }
}
