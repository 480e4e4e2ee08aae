package import Primitives

/// One socket of the runtime API: a `stats socket` line, or `-S`.
package struct ControlSocket: Sendable, Equatable {
    package static let defaultPath = "/run/ha-balancer/admin.sock"

    package enum Address: Sendable, Equatable {
        case path(String)
        case internet(Endpoint)
    }

    package var address: Address
    package var level: AccessLevel
    /// It speaks for the guardian, HAProxy's master, and passes commands on.
    package var isMaster = false
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
        self.init(.path(path), level: level, mode: mode, userID: userID, groupID: groupID)
    }

    /// - Parameters: what is about files counts for paths only
    package init(
        _ address: Address,
        level: AccessLevel,
        mode: UInt32 = 0o600,
        userID: UInt32? = nil,
        groupID: UInt32? = nil
    ) {
        precondition(mode & ~0o777 == 0, "permission bits only")
        self.address = address
        self.level = level
        self.mode = mode
        self.userID = userID
        self.groupID = groupID
    }
}
