import ControlPlane
import Primitives
import Testing

/// The protocol of the Galera Load Balancer's control port, as values.
struct GLBTests {
    private static func read(_ text: String) -> GLBCommand? { GLBCommand(Array(text.utf8)) }

    @Test(arguments: ["getinfo\n", "GETINFO", "getinfo\r\n", "GetInfoXYZ\n", "getinfo\ngetstat\n"])
    func `getinfo is known by its beginning, in any case, and what follows is dropped`(
        _ text: String
    ) {
        #expect(Self.read(text) == .getInfo)
    }

    @Test(arguments: ["getstat\n", "getstats\n", "GETSTATS \t\n"])
    func `getstat too`(_ text: String) {
        #expect(Self.read(text) == .getStatistics)
    }

    @Test func `the rest are destinations`() {
        for (text, host, port, weight) in [
            ("10.0.0.1\n", "10.0.0.1", UInt16?.none, Weight?.some(1)),
            ("10.0.0.1:3306", "10.0.0.1", 3306, 1),
            ("db1:3306:0.75\n", "db1", 3306, Weight(decimal: "0.75")),
            ("db1:3306:0", "db1", 3306, 0), ("db1:3306:-1", "db1", 3306, nil),
            ("db1:3306:-0", "db1", 3306, 0), ("[::1]:3306:2", "::1", 3306, 2),
            ("[::1]", "::1", nil, 1),
            ("10.0.0.1:3306:1\n10.0.0.2:3306:1\n", "10.0.0.1", 3306, 1),
        ] {
            let found = GLBChange(text.split(separator: "\n").first.map(String.init) ?? "")
            #expect(found?.host == host && found?.port == port, "\(text)")
            #expect(found?.weight == weight, "\(text)")
            #expect(Self.read(text) == found.map { .change($0) }, "\(text)")
        }
    }

    @Test(arguments: [
        "", "\n", " \n", "10.0.0.1:0", "10.0.0.1:70000", "10.0.0.1:3306:", "10.0.0.1:3306:1:2",
        "10.0.0.1:3306:257", "10.0.0.1:3306:foo", "10.0.0.1:3306:nan", ":3306", "0.0.0.0:3306",
        "a b:3306", "[::1", "[10.0.0.1]:3306", "[::1]3306", "db/1:3306", "\u{0}\u{1}", "é:3306",
    ])
    func `what is neither is an error`(_ text: String) {
        #expect(Self.read(text) == nil)
    }

    @Test func `more than a command's length is not read`() {
        let limit = GLBCommand.lengthLimit
        #expect(Self.read(String(repeating: "a", count: limit + 1)) == nil)
        #expect(Self.read("getinfo" + String(repeating: "x", count: limit)) == nil)
    }

    private static let destinations = [
        GLBReport.Destination(
            endpoint: Endpoint(.v4(0x7F00_0001), 13_511),
            weight: 1,
            connections: 2,
            isShunned: false
        ),
        GLBReport.Destination(
            endpoint: Endpoint(.v4(0xC0A8_4091), 80),
            weight: Weight(thousandths: 750),
            connections: 0,
            isShunned: false
        ),
        GLBReport.Destination(
            endpoint: Endpoint(.v4(0x0A00_0003), 3306),
            weight: 0,
            connections: 1,
            isShunned: false
        ),
    ]

    @Test func `getinfo has glbd's layout`() {
        let report = GLBReport(
            destinations: Array(Self.destinations.prefix(1)),
            hasMap: false,
            connections: 2,
            connectionLimit: 9981
        )
        #expect(
            report.text == """
                Router:
                ------------------------------------------------------
                        Address       :   weight   usage    map  conns
                      127.0.0.1:13511 :    1.000   0.667    N/A      2
                ------------------------------------------------------
                Destinations: 1, total connections: 2 of 9981 max

                """
        )
    }

    @Test func `with a map, and a destination that drains`() {
        let report = GLBReport(
            destinations: Self.destinations,
            hasMap: true,
            connections: 3,
            connectionLimit: 256
        )
        #expect(
            report.text == """
                Router:
                ------------------------------------------------------
                        Address       :   weight   usage    map  conns
                      127.0.0.1:13511 :    1.000   0.667   0.571     2
                 192.168.64.145:80    :    0.750   0.000   1.000     0
                       10.0.0.3:3306  :    0.000    -nan   1.000     1
                ------------------------------------------------------
                Destinations: 3, total connections: 3 of 256 max

                """
        )
    }

    @Test func `getstat has glbd's fields`() {
        let statistics = GLBStatistics(
            bytesIn: 7,
            bytesOut: 49,
            sessionsOpened: 7,
            sessions: 6,
            elapsed: .milliseconds(5942) + .microseconds(5)
        )
        #expect(
            statistics.text
                == "in: 7 out: 49 recv: 56 / 0 send: 56 / 0 conns: 7 / 6 poll: 0 / 0 / 0"
                + " elapsed: 5.94200\n"
        )
        let fields = statistics.text.split(separator: " ")
        #expect(fields.count == 24 && fields[15] == "6" && fields[23] == "5.94200\n")
    }
}
