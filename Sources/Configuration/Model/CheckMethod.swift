/// What a check does once it is connected.
package enum CheckMethod: Sendable, Equatable {
    /// Connecting is all.
    case tcp
    /// `option mysql-check`.
    case mysql(MySQLCheckMethod)
}

/// `option mysql-check [user NAME [pre-41|post-41|post-80]]`.
package struct MySQLCheckMethod: Sendable, Equatable {
    /// The form of the login packet.
    package enum Handshake: String, Sendable, CaseIterable {
        case pre41 = "pre-41"
        case post41 = "post-41"
        case post80 = "post-80"
    }

    /// Logs in as this user, without password; `nil` only reads the greeting.
    package var user: String?
    /// `post-41` if not given, as HAProxy since 2.2.
    package var handshake: Handshake
}
