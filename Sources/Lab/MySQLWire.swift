/// The MySQL protocol, as much of it as the lab needs: greeting, login, OK, error and a text result
/// set ("MySQL Client/Server Protocol", protocol version 10 with PROTOCOL_41).
enum MySQLWire {
    /// LONG_PASSWORD, FOUND_ROWS, LONG_FLAG, CONNECT_WITH_DB, PROTOCOL_41, TRANSACTIONS,
    /// SECURE_CONNECTION, MULTI_RESULTS, PLUGIN_AUTH. No TLS and no DEPRECATE_EOF.
    private static let capabilities: UInt32 = 0x000A_A20F
    private static let plugin = "mysql_native_password"

    /// HandshakeV10. The salt is constant: any answer to it is accepted.
    static func greeting(version: String, thread: UInt32) -> [UInt8] {
        let salt = Array("stand-in: any answer".utf8)
        var body: [UInt8] = [10] + Array(version.utf8) + [0]
        body += little(UInt64(thread), 4) + salt.prefix(8) + [0]
        body += little(UInt64(capabilities & 0xFFFF), 2)
        // utf8mb4_general_ci, autocommit.
        body += [45, 2, 0]
        body += little(UInt64(capabilities >> 16), 2)
        body += [UInt8(salt.count + 1)] + [UInt8](repeating: 0, count: 10)
        body += Array(salt[8...]) + [0] + Array(plugin.utf8) + [0]
        return packet(0, body)
    }

    /// HandshakeResponse41 of a user without a password.
    static func login(_ sequence: UInt8, user: String) -> [UInt8] {
        // LONG_PASSWORD, PROTOCOL_41, TRANSACTIONS, SECURE_CONNECTION, PLUGIN_AUTH.
        var body = little(0x0008_A201, 4) + little(1 << 24, 4)
        body += [45] + [UInt8](repeating: 0, count: 23)
        body += Array(user.utf8) + [0, 0] + Array(plugin.utf8) + [0]
        return packet(sequence, body)
    }

    /// No rows affected, autocommit, no warnings.
    static func ok(_ sequence: UInt8) -> [UInt8] { packet(sequence, [0, 0, 0, 2, 0, 0, 0]) }

    /// ERR_Packet with SQLSTATE HY000; without one before the login, as servers do it.
    static func error(_ sequence: UInt8, code: UInt16, _ text: String, state: Bool) -> [UInt8] {
        packet(
            sequence,
            [0xFF] + little(UInt64(code), 2) + (state ? Array("#HY000".utf8) : [])
                + Array(text.utf8)
        )
    }

    /// One row of text under the given column names.
    static func resultSet(_ first: UInt8, columns: [String], row: [String]) -> [UInt8] {
        var sequence = first
        func next(_ body: [UInt8]) -> [UInt8] {
            defer { sequence &+= 1 }
            return packet(sequence, body)
        }
        var bytes = next([UInt8(columns.count)])
        for column in columns { bytes += next(definition(of: column)) }
        bytes += next(endOfRows)
        bytes += next(row.flatMap(lengthPrefixed))
        return bytes + next(endOfRows)
    }

    /// EOF_Packet: no warnings, autocommit.
    private static let endOfRows: [UInt8] = [0xFE, 0, 0, 2, 0]

    /// ColumnDefinition41 of a VARCHAR(64) without a table.
    private static func definition(of column: String) -> [UInt8] {
        let names = ["def", "", "", "", column, column].flatMap(lengthPrefixed)
        // Length of what follows, utf8mb4, 256 bytes at most, VAR_STRING, no flags, no decimals.
        return names + [0x0C, 45, 0, 0, 1, 0, 0, 0xFD, 0, 0, 0, 0, 0]
    }

    private static func lengthPrefixed(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        precondition(bytes.count < 251, "longer texts need another length form")
        return [UInt8(bytes.count)] + bytes
    }

    /// A packet: length of the body, 3 bytes, sequence number, body.
    static func packet(_ sequence: UInt8, _ body: [UInt8]) -> [UInt8] {
        little(UInt64(body.count), 3) + [sequence] + body
    }

    private static func little(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }

    /// Takes the first whole packet off the front of what a peer sent.
    static func takePacket(from bytes: inout [UInt8]) -> (sequence: UInt8, body: [UInt8])? {
        guard bytes.count >= 4 else { return nil }
        let length = Int(bytes[0]) | Int(bytes[1]) << 8 | Int(bytes[2]) << 16
        guard bytes.count >= 4 + length else { return nil }
        let result = (bytes[3], Array(bytes[4..<(4 + length)]))
        bytes.removeFirst(4 + length)
        return result
    }
}
