import BalancerCore
import Testing

@Suite struct MySQLCheckTests {
    // What HAProxy 2.6.12 was seen to send for `user haproxy_check pre-41`, and COM_QUIT.
    static let pre41: [UInt8] =
        [0x14, 0x00, 0x00, 0x01]  // length 20, sequence 1
        + [0x00, 0x80]  // capabilities: SECURE_CONNECTION
        + [0x00, 0x00, 0x01]  // largest packet
        + Array("haproxy_check".utf8) + [0x00]  // user
        + [0x00]  // no password
        + [0x01, 0x00, 0x00, 0x00, 0x01]  // COM_QUIT

    // The same for `post-41`, which is the default.
    static let post41: [UInt8] =
        [0x2F, 0x00, 0x00, 0x01]  // length 47, sequence 1
        + [0x00, 0x82, 0x00, 0x00]  // capabilities: PROTOCOL_41, SECURE_CONNECTION
        + [0x00, 0x80, 0x00, 0x01]  // largest packet
        + [0x21]  // utf8_general_ci
        + [
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,  // filler
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        ]
        + Array("haproxy_check".utf8) + [0x00]  // user
        + [0x00]  // no password
        + [0x01, 0x00, 0x00, 0x00, 0x01]  // COM_QUIT

    // `post-80` (HAProxy of 2026).
    static let post80: [UInt8] =
        [0x45, 0x00, 0x00, 0x01]  // length 69, sequence 1
        + [0x00, 0x82, 0x08, 0x00]  // capabilities: and PLUGIN_AUTH
        + post41[8..<36]  // largest packet, character set, filler
        + Array("haproxy_check".utf8) + [0x00]
        + [0x00]
        + [
            0x6D, 0x79, 0x73, 0x71, 0x6C, 0x5F, 0x6E, 0x61, 0x74, 0x69, 0x76, 0x65, 0x5F,
        ]  // mysql_native_
        + [0x70, 0x61, 0x73, 0x73, 0x77, 0x6F, 0x72, 0x64, 0x00]  // password
        + [0x01, 0x00, 0x00, 0x00, 0x01]

    @Test(arguments: [
        (MySQLCheck.Dialect.pre41, pre41), (.post41, post41), (.post80, post80),
    ])
    func `the login is sent byte for byte as HAProxy does`(
        _ dialect: MySQLCheck.Dialect,
        _ expected: [UInt8]
    ) {
        #expect(MySQLCheck(user: "haproxy_check", dialect: dialect).hello == expected)
    }

    @Test(arguments: [
        (MySQLCheck.Dialect.pre41, 16), (.post41, 43), (.post80, 65),
    ])
    func `the total length is that of HAProxy's table`(
        _ dialect: MySQLCheck.Dialect,
        _ fixed: Int
    ) {
        for length in [0, 1, 4, 32, 250, BalancerLimits.checkUserBytes] {
            let user = String(repeating: "u", count: length)
            #expect(MySQLCheck(user: user, dialect: dialect).hello.count == length + fixed)
        }
    }

    @Test func `without a user nothing is sent and the default dialect is post-41`() {
        #expect(MySQLCheck().hello.isEmpty)
        #expect(MySQLCheck(user: "haproxy_check").hello == Self.post41)
    }
}
