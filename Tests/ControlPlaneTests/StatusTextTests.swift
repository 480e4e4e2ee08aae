import ControlPlane
import Testing

struct StatusTextTests {
    /// Reports in trouble: what an operator sees at night.
    enum Scene: String, CaseIterable, Sendable {
        case good, plain, peerSilent, peerNeverHeard, holderSilent, noHolder, maintenance, fault
        case alarms, longNames

        var report: StatusReport {
            var report = StatusReport.example
            switch self {
            case .good:
                break
            case .plain:
                report.pair = nil
            case .peerSilent:
                report.pair?.nodes[1].isHeard = false
                report.pair?.nodes[1].lastHeardMillisecondsAgo = 12_345
                report.pair?.rails[0].isHeard = false
                report.pair?.rails[0].lastHeardMillisecondsAgo = 12_345
                report.pair?.rails[0].drops = ["wrong key": 3, "replayed": 2, "truncated": 0]
            case .peerNeverHeard:
                report.pair?.nodes[1] = NodeStatus(
                    name: "haproxy-node02",
                    isThisNode: false,
                    isHeard: false
                )
                report.pair?.rails[0] = RailStatus(
                    localAddress: "10.0.0.10",
                    peerAddress: "10.0.0.11",
                    isHeard: false
                )
            case .holderSilent:
                report = Scene.peerSilent.report
                report.pair?.holder = "haproxy-node02"
                report.pair?.reason = ""
                report.pair?.nodes[0].role = .standby
                report.pair?.nodes[1].role = .active
                report.pair?.nodes[1].sessions = 7
            case .noHolder:
                report.pair?.holder = nil
                report.pair?.since = nil
                report.pair?.reason = "both nodes are in maintenance"
                for index in 0...1 {
                    report.pair?.nodes[index].role = .maintenance
                    report.pair?.nodes[index].notReadyBecause = ["maintenance"]
                    report.pair?.nodes[index].sessions = 0
                }
            case .maintenance:
                report.pair?.holder = "haproxy-node02"
                report.pair?.reason = "haproxy-node01 went into maintenance"
                report.pair?.nodes[0].role = .maintenance
                report.pair?.nodes[0].notReadyBecause = ["maintenance"]
                report.pair?.nodes[1].role = .active
                report.pair?.nodes[1].hasSameConfiguration = false
            case .fault:
                report.pair?.nodes[0].role = .fault
                report.pair?.nodes[0].notReadyBecause = [
                    "eth1 has no link", "no server of galera_cluster is usable since 14.2 s",
                    "the relay worker 1 has not moved for 3.0 s",
                ]
            case .alarms:
                report.alarms = [
                    "the configurations of haproxy-node01 and haproxy-node02 differ: after a "
                        + "failover clients would meet other settings",
                    "rail 10.0.0.10 > 10.0.0.11 loses 12.5 % of its beats",
                ]
                report.pair?.rails[0].lossPercent = 12.5
                report.servers[2].check =
                    "L7STS 1045 #28000Access denied for user 'haproxy'@'10.0.0.11' "
                    + "(using password: NO)"
            case .longNames:
                let name = "a-very-long-node-name.data-centre-1.example.com"
                report.nodeName = name
                report.pair?.holder = name
                report.pair?.nodes[0].name = name
                report.pair?.virtualAddresses = [
                    "10.0.0.100", "2001:db8:1234:5678:9abc:def0:1234:5678",
                ]
                report.pair?.rails[0].localAddress = "2001:db8:1234:5678:9abc:def0:1234:1111"
                report.pair?.rails[0].peerAddress = "2001:db8:1234:5678:9abc:def0:1234:2222"
                report.frontends[0].endpoint = "[2001:db8:1234:5678:9abc:def0:1234:5678]:3306"
                report.servers[0].address = "[2001:db8:1234:5678:9abc:def0:1234:0001]:3306"
                report.servers[1].proxy = "another_backend_with_quite_a_long_name"
                report.servers[1].isBackup = true
                report.configuration.file = "/etc/" + String(repeating: "x", count: 100)
            }
            return report
        }
    }

    @Test(arguments: Scene.allCases)
    func `no line is longer than 80 columns`(_ scene: Scene) {
        let text = StatusText(scene.report).text
        for line in text.split(separator: "\n") {
            #expect(line.count <= 80, "\(line)")
        }
        #expect(text.hasSuffix("\n"))
    }

    @Test(arguments: Scene.allCases)
    func `colour adds nothing but colour`(_ scene: Scene) {
        let plain = StatusText(scene.report).text
        #expect(!plain.contains("\u{1B}"))
        let coloured = StatusText(scene.report, colour: true).text
        #expect(coloured != plain)
        #expect(Self.withoutColour(coloured) == plain)
    }

    @Test(arguments: Scene.allCases)
    func `over the runtime API it has no empty line`(_ scene: Scene) {
        let reply = StatusText(scene.report).replyText
        #expect(!reply.contains("\n\n"))
        #expect(reply == StatusText(scene.report).text.replacing("\n\n", with: "\n"))
    }

    @Test func `stick tables are a line on each node`() {
        var report = StatusReport.example
        var ledger = LedgerStatus()
        ledger.sticks = LedgerStatus.Sticks(told: 7)
        report.pair?.ledger = ledger
        #expect(
            StatusText(report).text.contains("haproxy-node02 knows of 7 stick table entries here\n")
        )
        ledger.sticks = LedgerStatus.Sticks(known: 9)
        report.pair?.ledger = ledger
        let text = StatusText(report).text
        #expect(text.contains("9 stick table entries of haproxy-node02 are known here; some are"))
    }

    @Test(arguments: Scene.allCases)
    func `as JSON it reads back as it was`(_ scene: Scene) throws {
        #expect(try StatusReport(json: scene.report.json()) == scene.report)
        #expect(try StatusReport(json: scene.report.json(pretty: true)) == scene.report)
    }

    @Test(arguments: ["", "{}", "Permission denied\n", "[1,2", #"{"version":3}"#])
    func `what is no report is an error that says so`(_ text: String) {
        let error = #expect(throws: StatusReport.Unreadable.self) { try StatusReport(json: text) }
        #expect(error?.description.hasPrefix("the daemon's answer could not be read") == true)
    }

    @Test
    func `a control character in a check result does not reach the terminal`() {
        var report = StatusReport.example
        report.servers[0].check = "L7STS \u{1B}[2J\u{9B}31m\u{7}gone"
        let text = StatusText(report).text
        let controls = text.unicodeScalars.filter { $0.value < 0x20 || $0.value == 0x9B }
        #expect(controls.allSatisfy { $0 == "\n" })
        #expect(text.contains("gone"))
    }

    @Test
    func `alarms stand below the verdict and are red`() throws {
        let lines = StatusText(Scene.alarms.report, colour: true).text.split(separator: "\n")
        let alarms = lines.filter { $0.contains("ALARM: ") }
        #expect(alarms.count == 2)
        #expect(alarms.allSatisfy { $0.hasPrefix("\u{1B}[1;31m") })
        let firstTable = lines.firstIndex { $0.contains("NODE") }
        let lastAlarm = lines.lastIndex { $0.contains("ALARM: ") }
        #expect(try #require(lastAlarm) < #require(firstTable))
    }

    @Test(
        arguments: [
            (-5, "0 ms"), (0, "0 ms"), (999, "999 ms"), (1000, "1.0 s"), (12_345, "12.3 s"),
            (59_999, "59.9 s"), (60_000, "1m00s"), (192_000, "3m12s"), (3_599_999, "59m59s"),
            (3_600_000, "1h00m"), (86_399_999, "23h59m"), (86_400_000, "1d00h"),
            (184_455_000, "2d03h"),
        ] as [(Int64, String)]
    )
    func `an age has two places of meaning`(milliseconds: Int64, text: String) {
        #expect(StatusFormat.age(milliseconds: milliseconds) == text)
    }

    @Test(
        arguments: [
            (0, "0.0"), (0.04, "0.0"), (0.05, "0.1"), (12.5, "12.5"), (-3.25, "-3.3"), (.nan, "?"),
            (.infinity, "?"),
        ] as [(Double, String)]
    )
    func `a number has one decimal place`(value: Double, text: String) {
        #expect(StatusFormat.decimal(value) == text)
    }

    private static func withoutColour(_ text: String) -> String {
        var result = ""
        var isInside = false
        for character in text {
            if character == "\u{1B}" { isInside = true }
            if !isInside { result.append(character) }
            if isInside, character == "m" { isInside = false }
        }
        return result
    }
}
