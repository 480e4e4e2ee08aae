/// One Unix socket of the runtime API: a `stats socket` line.
package struct ControlSocket: Sendable, Equatable {
    package static let defaultPath = "/run/ha-balancer/admin.sock"

    package var path: String
    package var level: AccessLevel
    /// Permission bits of the socket file; a client needs write permission to connect.
    package var mode: UInt32
    /// Owner and group of the socket file; nil leaves those of the process.
    package var userID: UInt32?
    package var groupID: UInt32?

    package init(
        path: String = defaultPath,
        level: AccessLevel = .admin,
        mode: UInt32 = 0o600,
        userID: UInt32? = nil,
        groupID: UInt32? = nil
    ) {
        precondition(mode & ~0o777 == 0, "permission bits only")
        self.path = path
        self.level = level
        self.mode = mode
        self.userID = userID
        self.groupID = groupID
    }
}
