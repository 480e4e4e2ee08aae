/// What databases and others say to a check.
enum MySQLAnswers {
    static func packet(_ sequence: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let count = payload.count
        return [UInt8(count & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count >> 16), sequence]
            + payload
    }

    static func error(_ sequence: UInt8, _ code: Int, _ text: String) -> [UInt8] {
        packet(sequence, [0xFF, UInt8(code & 0xFF), UInt8(code >> 8)] + Array(text.utf8))
    }

    static let greeting = packet(
        0,
        [0x0A] + Array("5.5.5-10.11.6-MariaDB".utf8) + [0x00]  // protocol 10, version
            + [0x07, 0x00, 0x00, 0x00]  // connection id
            + Array("abcdefgh".utf8) + [0x00]  // scramble
            + [0xFE, 0xF7, 0x21, 0x02, 0x00]
    )  // capabilities, character set, status

    static let ok = packet(2, [0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00])
    static let authSwitch = packet(2, [0xFE] + Array("mysql_native_password".utf8) + [0x00])
}
