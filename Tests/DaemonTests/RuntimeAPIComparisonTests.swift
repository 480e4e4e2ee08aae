import Lab
import Primitives
import Testing

/// The commands about servers beside Debian's HAProxy: the same file, the same words, the same
/// replies and the same state behind them.
extension BalancerSuites {
    @Suite struct RuntimeAPIComparisonTests {
        private static let commands = [
            "get weight db/s1", "get weight db/s2", "get weight db", "get weight db/x",
            "get weight x/s1", "get weight", "get weight #2/#2", "get weight #2/#9",
            "get weight #9/#1", "get weight #2/#0", "set weight db/s2 5", "get weight db/s2",
            "set weight db/s2 50%", "get weight db/s2", "set weight db/s2 200%",
            "get weight db/s2", "set weight db/s2 9999%", "get weight db/s2",
            "set weight db/s2 300", "set weight db/s2 -5", "set weight db/s2 -5%",
            "set weight db/s2 foo", "set weight db/s2 5x", "set weight db/s2", "set weight",
            "set weight db/x 5", "set weight #2/#2 7", "get weight #2/#2",
            "disable server db/s1", "disable server db/s1", "enable server db/s1",
            "enable server db/x", "enable server x/s1", "disable server db", "disable server",
            "set server db/s1 state drain", "set server db/s1 state foo",
            "set server db/s1 state", "set server db/s1 state maint",
            "set server db/s1 state ready", "set server db", "set server", "set server x/s1",
            "set server db/s1 weight 3", "set server db/s1 weight foo",
            "set server db/s1 weight", "set server db/s1 health up",
            "set server db/s1 health down", "set server db/s1 health foo",
            "set server db/s1 agent up", "enable health db/s1", "disable health db/s1",
            "disable health db/s2", "enable agent db/s1", "disable agent db/s1",
            "shutdown sessions server db/s1", "shutdown sessions server db/x",
            "shutdown sessions server", "show backend", "show cli level", "set timeout cli 60",
            "set timeout cli", "set timeout", "set timeout cli foo", "set timeout cli 0",
            "user", "operator",
        ]

        private static let sections = [
            "    server s1 127.0.0.1:9 check inter 10m fall 9",
            "    server s2 127.0.0.1:9 weight 10 backup", "    server s3 127.0.0.1:9 disabled",
            "backend b2", "    balance static-rr", "    server x1 127.0.0.1:9",
        ]

        @Test func `every reply is HAProxy's, byte for byte, and so is the state behind it`() throws
        {
            let both = try SideBySide([], more: Self.sections)
            let (balancer, haproxy) = (both.balancer, both.haproxy)
            // The only check for ten minutes: what it finds comes before what is said here.
            let isChecked = try Patience.wait(.seconds(5)) {
                try both.statistics { $0.field("db", "s1", "check_status") } == ("L4CON", "L4CON")
            }
            #expect(isChecked)
            func believe() throws {
                _ = try haproxy.ask("set", "server", "db/s1", "health", "up")
                _ = try balancer.ask("set", "server", "db/s1", "health", "up")
            }
            try believe()
            for line in Self.commands {
                let (reply, model) = (
                    try balancer.ask(words(line)), try haproxy.ask(words(line))
                )
                #expect(reply == model, "\(line)")
                // HAProxy believes in a server that it did not check for a while, we do not until a
                // check has passed.
                if ["enable server db/s1", "set server db/s1 state ready"].contains(line) {
                    try believe()
                }
                let (our, their) = (try state(of: balancer.ask), try state(of: haproxy.ask))
                #expect(our == their, "\(line)")
            }
        }

        private static let processCommands = [
            "set maxconn server db/s2 20", "set maxconn server db/s2", "set maxconn server",
            "set maxconn server db/s2 abc", "set maxconn server db/s2 5x",
            "set maxconn server db/nope 3", "set maxconn server nope 3",
            "set maxconn server db/s2 0", "set maxconn frontend", "set maxconn frontend db",
            "set maxconn frontend db 50", "set maxconn frontend db 0",
            "set maxconn frontend db -3", "set maxconn frontend nope 4",
            "set maxconn frontend b2 4", "disable frontend", "disable frontend nope",
            "disable frontend b2", "enable frontend db", "disable frontend db",
            "disable frontend db", "set maxconn frontend db 33", "enable frontend db",
            "enable frontend db", "enable frontend", "shutdown frontend",
            "shutdown frontend nope", "clear counters", "clear counters all",
            "clear counters foo", "show errors nope", "show servers state nope",
            "set maxconn global", "set maxconn global 999999999",
            "set maxconn global 100", "set maxconn global 0", "shutdown frontend db",
            "shutdown frontend db", "enable frontend db", "disable frontend db",
            "set maxconn frontend db 9",
        ]

        @Test func `frontends and the process obey as HAProxy's do`() throws {
            let both = try SideBySide([], more: Self.sections)
            func state(_ ask: ([String]) throws -> String) throws -> [String?] {
                let table = StatTable(try ask(["show", "stat"]))
                return [table.field("db", "s2", "slim")]
                    + ["status", "slim"].map { table.field("db", "FRONTEND", $0) }
            }
            // Before that, each has a limit of its own.
            let first = ["set", "maxconn", "frontend", "db", "77"]
            #expect(try both.balancer.ask(first) == both.haproxy.ask(first))
            for line in Self.processCommands {
                let words = words(line)
                #expect(try both.balancer.ask(words) == both.haproxy.ask(words), "\(line)")
                // What all of them may have together is not shown beside each of them there.
                guard !line.hasPrefix("set maxconn global 100") else { continue }
                let (our, their) = (
                    try state(both.balancer.ask), try state(both.haproxy.ask)
                )
                #expect(our == their, "\(line)")
            }
        }

        @Test func `the states of the servers are told as HAProxy tells them`() throws {
            let both = try SideBySide(
                ["server s4 127.0.0.1:9 disabled"],
                more: Self.sections + ["    server x2 127.0.0.1:9"]
            )
            for line in [
                "set server db/s1 health down", "set weight db/s2 5",
                "set server b2/x1 state drain",
                "disable server b2/x2", "set server db/s4 state drain",
            ] {
                #expect(try both.balancer.ask(words(line)) == both.haproxy.ask(words(line)))
            }
            func lines(_ text: String) -> [[Substring]] {
                text.split(separator: "\n").map { line in
                    var fields = line.split(separator: " ")
                    // The seconds since, and what the first check has found or not yet.
                    if fields.count > 13 { for field in 9...11 { fields[field] = "*" } }
                    return fields
                }
            }
            for arguments in [[], ["db"], ["b2"]] {
                let command = ["show", "servers", "state"] + arguments
                let (our, their) = (
                    lines(try both.balancer.ask(command)), lines(try both.haproxy.ask(command))
                )
                #expect(our == their)
            }
        }

        private func words(_ line: String) -> [String] {
            line.split(separator: " ").map(String.init)
        }

        private func state(of ask: ([String]) throws -> String) throws -> [String?] {
            let table = StatTable(try ask(["show", "stat"]))
            return ["s1", "s2", "s3"].flatMap { server in
                ["status", "weight", "act", "bck"].map { table.field("db", server, $0) }
            } + ["status", "act", "bck", "weight"].map { table.field("db", "BACKEND", $0) }
        }
    }
}
