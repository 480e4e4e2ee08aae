internal import Configuration
internal import ControlPlane

/// From `stats socket` lines to the sockets of the runtime API.
enum ControlSockets {
    static func translate(_ global: GlobalSettings) throws(StartFailure) -> [ControlSocket] {
        var sockets: [ControlSocket] = []
        for socket in global.statsSockets {
            guard case .path(let path) = socket.address else {
                throw StartFailure(
                    "stats socket: only UNIX sockets are served by this version; write a path"
                )
            }
            let level: AccessLevel =
                switch socket.level {
                case .user: .user
                case .operator: .operator
                case .admin: .admin
                }
            sockets.append(
                ControlSocket(
                    path: path,
                    level: level,
                    mode: UInt32(socket.mode ?? 0o600) & 0o777
                )
            )
        }
        return sockets
    }

    static func limits(_ global: GlobalSettings) -> RuntimeAPILimits {
        var limits = RuntimeAPILimits()
        if let timeout = global.statsTimeout { limits.timeout = timeout }
        limits.clients = max(limits.clients, global.statsMaxConnections)
        return limits
    }
}
