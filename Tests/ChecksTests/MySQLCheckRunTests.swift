import BalancerCore
import Checks
import NIOCore
import Primitives
import Testing

/// The length of what a check with the user `haproxy_check` sends.
private let helloLength = 56

struct ScriptedCase: Sendable, CustomTestStringConvertible {
    let name: String
    let script: [ScriptedServer.Step]
    let code: CheckOutcome.Code
    var status = 0
    var info = ""
    var user: String? = "haproxy_check"

    var testDescription: String { name }

    static let greeting = ScriptedServer.Step.send(MySQLAnswers.greeting)

    static let all: [ScriptedCase] = [
        ScriptedCase(
            name: "greeting and OK",
            script: [greeting, .awaitBytes(helloLength), .send(MySQLAnswers.ok)],
            code: .layer7OK,
            info: "5.5.5-10.11.6-MariaDB"
        ),
        ScriptedCase(
            name: "the login is there before the greeting is sent",
            script: [
                .awaitBytes(helloLength), .pause(.milliseconds(30)), greeting,
                .send(MySQLAnswers.ok),
            ],
            code: .layer7OK,
            info: "5.5.5-10.11.6-MariaDB"
        ),
        ScriptedCase(
            name: "a request for another authentication method passes",
            script: [greeting, .awaitBytes(helloLength), .send(MySQLAnswers.authSwitch)],
            code: .layer7OK,
            info: "5.5.5-10.11.6-MariaDB"
        ),
        ScriptedCase(
            name: "byte by byte",
            script: (MySQLAnswers.greeting + MySQLAnswers.ok).flatMap {
                [.send([$0]), .pause(.milliseconds(1))]
            },
            code: .layer7OK,
            info: "5.5.5-10.11.6-MariaDB"
        ),
        ScriptedCase(
            name: "anonymous: the greeting is enough",
            script: [greeting, .hold],
            code: .layer7OK,
            info: "5.5.5-10.11.6-MariaDB",
            user: nil
        ),
        ScriptedCase(
            name: "blocked host: 1129 instead of a greeting",
            script: [.send(MySQLAnswers.error(0, 1129, "Host is blocked")), .closeByFIN],
            code: .layer7WrongStatus,
            status: 1129,
            info: "Host is blocked"
        ),
        ScriptedCase(
            name: "blocked host, anonymous",
            script: [.send(MySQLAnswers.error(0, 1129, "Host is blocked")), .closeByFIN],
            code: .layer7WrongStatus,
            status: 1129,
            info: "Host is blocked",
            user: nil
        ),
        ScriptedCase(
            name: "access denied: 1045",
            script: [
                greeting, .awaitBytes(helloLength),
                .send(MySQLAnswers.error(2, 1045, "#28000Access denied")), .closeByFIN,
            ],
            code: .layer7WrongStatus,
            status: 1045,
            info: "#28000Access denied"
        ),
        ScriptedCase(
            name: "old authentication: 1251",
            script: [
                greeting, .awaitBytes(helloLength),
                .send(MySQLAnswers.error(2, 1251, "#08004Client does not support")),
            ],
            code: .layer7WrongStatus,
            status: 1251,
            info: "#08004Client does not support"
        ),
        ScriptedCase(
            name: "truncated greeting",
            script: [.send(Array(MySQLAnswers.greeting.prefix(20))), .closeByFIN],
            code: .layer7InvalidResponse,
            info: "connection closed with only a part of the greeting"
        ),
        ScriptedCase(
            name: "truncated error",
            script: [.send([0x20, 0x00, 0x00, 0x00, 0xFF, 0x69]), .closeByFIN],
            code: .layer7InvalidResponse,
            info: "connection closed with only a part of the greeting"
        ),
        ScriptedCase(
            name: "truncated answer to the login",
            script: [
                greeting, .awaitBytes(helloLength), .send(Array(MySQLAnswers.ok.prefix(6))),
                .closeByFIN,
            ],
            code: .layer7InvalidResponse,
            info: "connection closed with only a part of the answer to the login"
        ),
        ScriptedCase(
            name: "closed at once, anonymous",
            script: [.closeByFIN],
            code: .layer7InvalidResponse,
            info: "connection closed with no greeting",
            user: nil
        ),
        ScriptedCase(
            name: "closed after the login",
            script: [greeting, .awaitBytes(helloLength), .closeByFIN],
            code: .layer7InvalidResponse,
            info: "connection closed with no answer to the login"
        ),
        ScriptedCase(
            name: "reset",
            script: [.awaitBytes(helloLength), .closeByReset],
            code: .socketError,
            info: "Connection reset by peer"
        ),
        ScriptedCase(name: "silent", script: [.hold], code: .layer7Timeout),
        ScriptedCase(name: "silent after the greeting", script: [greeting], code: .layer7Timeout),
        ScriptedCase(
            name: "an SSH server",
            script: [.send(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)), .hold],
            code: .layer7InvalidResponse,
            info: "a packet of 4739923 bytes is not a MySQL answer"
        ),
        ScriptedCase(
            name: "an endless talker",
            script: [.send([UInt8](repeating: 0x20, count: 200_000)), .hold],
            code: .layer7InvalidResponse,
            info: "a packet of 2105376 bytes is not a MySQL answer"
        ),
    ]
}

@Suite(.serialized) struct MySQLCheckRunTests {
    @Test(arguments: ScriptedCase.all)
    func `every answer has its named outcome and the check ends by FIN`(
        _ scripted: ScriptedCase
    ) async throws {
        try await CheckFixture.with { fixture in
            let server = try await ScriptedServer(scripted.script, on: fixture.group)
            let check = MySQLCheck(user: scripted.user)
            let backend = CheckFixture.backend(
                "b",
                [
                    CheckFixture.server(
                        "s",
                        server.endpoint,
                        .mysql(check),
                        read: .milliseconds(300)
                    )
                ]
            )
            fixture.scheduler.reconfigure([backend])
            let outcome = try await CheckFixture.outcome(backend)
            #expect(outcome?.code == scripted.code)
            #expect(outcome?.status == scripted.status)
            #expect(outcome?.info == scripted.info)
            #expect(CheckFixture.row(backend)?.isUp == scripted.code.isPass)
            let verdict = scripted.code.isPass ? "UP" : "DOWN"
            let notice = "b: Server b/s is \(verdict), reason: "
            #expect(fixture.notices.first?.hasPrefix(notice) == true)
            if scripted.code != .socketError {
                _ = try await CheckFixture.until { server.visits.first?.end != nil }
                #expect(server.visits.first?.end == .fin)
                #expect(server.visits.first?.received == check.hello)
            }
            await server.close()
        }
    }

    @Test func `the bytes on the wire are HAProxy's`() async throws {
        try await CheckFixture.with { fixture in
            let server = try await ScriptedServer([.hold], on: fixture.group)
            let kind = CheckKind.mysql(MySQLCheck(user: "root", dialect: .post41))
            let definition = CheckFixture.server(
                "s",
                server.endpoint,
                kind,
                read: .milliseconds(50)
            )
            fixture.scheduler.reconfigure([CheckFixture.backend("b", [definition])])
            _ = try await CheckFixture.until { server.visits.first?.end != nil }
            let expected: [UInt8] =
                [0x26, 0x00, 0x00, 0x01]  // length 38, sequence 1
                + [0x00, 0x82, 0x00, 0x00]  // PROTOCOL_41, SECURE_CONNECTION
                + [0x00, 0x80, 0x00, 0x01]  // largest packet
                + [0x21] + [UInt8](repeating: 0, count: 23)  // utf8_general_ci, filler
                + [0x72, 0x6F, 0x6F, 0x74, 0x00, 0x00]  // root, no password
                + [0x01, 0x00, 0x00, 0x00, 0x01]  // COM_QUIT
            #expect(server.visits.first?.received == expected)
            await server.close()
        }
    }

    @Test func `a refusal that comes before a reset is still understood`() async throws {
        // It closes without having read the login, so the kernel sends RST behind the error packet.
        try await CheckFixture.with { fixture in
            let server = try await RudeServer(MySQLAnswers.error(0, 1129, "Host is blocked"))
            let kind = CheckKind.mysql(MySQLCheck(user: "haproxy_check"))
            for round in 0..<20 {
                let backend = CheckFixture.backend(
                    "b\(round)",
                    [CheckFixture.server("s", server.endpoint, kind)]
                )
                fixture.scheduler.reconfigure([backend])
                let outcome = try await CheckFixture.outcome(backend)
                #expect(outcome?.code == .layer7WrongStatus && outcome?.status == 1129)
            }
            server.close()
        }
    }
}
