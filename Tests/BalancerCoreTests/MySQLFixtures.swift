/// Answers of servers, for the parser and for the outcomes.
enum MySQLFixtures {
    /// A MariaDB 10.11 greeting, cut after the fields that matter here.
    static let greeting: [UInt8] =
        [0x2B, 0x00, 0x00, 0x00]  // length 43, sequence 0
        + [0x0A]  // protocol version 10
        + Array("5.5.5-10.11.6-MariaDB".utf8) + [0x00]
        + [0x07, 0x00, 0x00, 0x00]  // connection id
        + [0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x00]  // scramble, part 1
        + [0xFE, 0xF7]  // capabilities, lower half
        + [0x21]  // character set
        + [0x02, 0x00]  // status: autocommit
        + [0x00, 0x00]

    static let ok: [UInt8] =
        [0x07, 0x00, 0x00, 0x02]  // length 7, sequence 2
        + [0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00]  // OK, no rows, autocommit

    static let authSwitch: [UInt8] =
        [0x17, 0x00, 0x00, 0x02]  // length 23, sequence 2
        + [0xFE]  // AuthSwitchRequest
        + Array("mysql_native_password".utf8) + [0x00]

    /// "Host is blocked because of many connection errors": sent instead of a greeting.
    static let blocked: [UInt8] =
        [0x20, 0x00, 0x00, 0x00]  // length 32, sequence 0
        + [0xFF, 0x69, 0x04]  // error 1129
        + Array("Host '10.0.0.10' is blocked: ".utf8)

    static let denied: [UInt8] =
        [0x1A, 0x00, 0x00, 0x02]  // length 26, sequence 2
        + [0xFF, 0x15, 0x04]  // error 1045
        + Array("#28000Access denied 'u'".utf8)

    static let tooOld: [UInt8] =
        [0x14, 0x00, 0x00, 0x02]  // length 20, sequence 2
        + [0xFF, 0xE3, 0x04]  // error 1251
        + Array("#08004Client does".utf8)
}
