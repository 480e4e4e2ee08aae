internal import Configuration
internal import ControlPlane

/// From `stats socket` lines and `-S` to the sockets of the runtime API.
enum ControlSockets {
    static func translate(
        _ global: GlobalSettings,
        _ commandLine: CommandLineSettings
    ) -> [ControlSocket] {
        var sockets = global.statsSockets.map(translate)
        // What is wrong with it was told before the daemon was started.
        if let master = commandLine.masterSocket.flatMap({ MasterSocketOption.parse($0).socket }) {
            var socket = translate(master)
            socket.isMaster = true
            sockets.append(socket)
        }
        return sockets
    }

    private static func translate(_ socket: StatsSocket) -> ControlSocket {
        let level: AccessLevel =
            switch socket.level {
            case .user: .user
            case .operator: .operator
            case .admin: .admin
            }
        let address: ControlSocket.Address =
            switch socket.address {
            case .path(let path): .path(path)
            case .internet(let endpoint): .internet(endpoint)
            }
        return ControlSocket(
            address,
            level: level,
            mode: UInt32(socket.mode ?? 0o600) & 0o777
        )
    }

    static func limits(_ global: GlobalSettings) -> RuntimeAPILimits {
        var limits = RuntimeAPILimits()
        if let timeout = global.statsTimeout { limits.timeout = timeout }
        limits.clients = max(limits.clients, global.statsMaxConnections)
        return limits
    }
}
