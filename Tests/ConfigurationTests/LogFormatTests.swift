import Configuration
import Primitives
import Testing

@Suite struct LogFormatTests {
    private func format(_ text: String) throws -> SessionLogFormat? {
        try load(listen("log-format \(text)")).proxies[0].logFormat
    }

    @Test func `HAProxy's own line is 'option tcplog'`() throws {
        let manual = #"""
            "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq"
            """#
        #expect(try format(manual) == .tcplog)
    }

    @Test func `spaces are merged, and flags stay for one variable or for all`() throws {
        #expect(
            try format(#""  a   %{+Q}s %{+X}o %b%%%{-X,+Q}t %T %hr%ST""#)
                == SessionLogFormat([
                    .text("a "), .variable(.server, .quoted), .text(" "),
                    .variable(.backend, .hexadecimal), .text("%"),
                    .variable(.acceptedAt, .quoted), .text(" "),
                    .variable(.acceptedAtUTC, .hexadecimal), .text(" 0"),
                ])
        )
        #expect(try format(#"%T\ %[src]:%[src_port]"#)?.pieces.count == 5)
        #expect(try format("%b")?.wantsConnections == false)
        #expect(try format("%si")?.wantsConnections == true)
    }

    @Test(arguments: [
        ("%zz", "there is no variable '%zz'; '%%' stands for the sign"),
        ("%Ta", "'%Ta' belongs to 'mode http'"),
        ("%", "a variable is missing behind the last '%': '%%' stands for the sign"),
        ("'a % b'", "a '%' needs a variable: '%%' stands for the sign"),
        ("%{+Q}", "a variable is missing behind the flags"),
        ("%{+Q", "'}' is missing in a log format"),
        ("%{+Z}o", "'+Z' is none of the flags Q, X and E"),
        ("%[src", "']' is missing in a log format"),
        (
            "%[nonsense]",
            "'%[nonsense]' is not supported by this version; known are be_name, dst, dst_port,"
                + " fe_name, src, src_port, srv_name"
        ),
    ])
    func `a mistake is told`(_ text: String, _ message: String) throws {
        let error = try onlyError(listen("log-format \(text)"))
        #expect(error == "t.cfg:7:16: error: \(message)")
    }
}
