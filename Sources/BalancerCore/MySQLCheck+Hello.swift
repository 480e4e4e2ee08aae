extension MySQLCheck {
    /// Capability flags of the client (MySQL internals manual, "Capabilities Flags").
    private enum Capability {
        static let protocol41: UInt32 = 0x0000_0200
        static let secureConnection: UInt32 = 0x0000_8000
        static let pluginAuthentication: UInt32 = 0x0008_0000
    }

    /// What the check sends as soon as it is connected: the login without a password and COM_QUIT,
    /// in one write and before the greeting is read, byte for byte as HAProxy does. Nothing without
    /// a user.
    package var hello: [UInt8] {
        guard let user else { return [] }
        let name = Array(user.utf8) + [0]
        // The length of the password's scramble: there is none.
        let noPassword: [UInt8] = [0]
        var payload: [UInt8]
        switch dialect {
        case .pre41:
            // Capabilities (2), largest packet (3): 65536.
            payload = [0x00, 0x80] + [0x00, 0x00, 0x01] + name + noPassword
        case .post41:
            payload = Self.login41(Capability.protocol41 | Capability.secureConnection)
            payload += name + noPassword
        case .post80:
            payload = Self.login41(
                Capability.protocol41 | Capability.secureConnection
                    | Capability.pluginAuthentication
            )
            payload += name + noPassword + Array("mysql_native_password".utf8) + [0]
        }
        // The login answers packet 0, the greeting; COM_QUIT (1) begins a new exchange.
        return Self.packet(1, payload) + Self.packet(0, [0x01])
    }

    private static func login41(_ capabilities: UInt32) -> [UInt8] {
        let flags = (0..<4).map { UInt8(truncatingIfNeeded: capabilities >> (8 * $0)) }
        // Largest packet (4): 0x01008000; character set (1): utf8_general_ci; filler (23).
        return flags + [0x00, 0x80, 0x00, 0x01] + [0x21] + [UInt8](repeating: 0, count: 23)
    }

    /// Length (3, little endian), sequence number, payload.
    private static func packet(_ sequence: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let length = (0..<3).map { UInt8(truncatingIfNeeded: payload.count >> (8 * $0)) }
        return length + [sequence] + payload
    }
}
