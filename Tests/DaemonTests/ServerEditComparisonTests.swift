import Lab
import Primitives
import Testing

/// Servers that come, go and move at run time, beside Debian's HAProxy: the same words, the same
/// replies, the same rows.
extension BalancerSuites {
    @Suite struct ServerEditComparisonTests {
        private static let commands = [
            "experimental-mode", "experimental-mode on", "experimental-mode foo",
            "add server", "add server db", "add server db/", "add server nope/s9 127.0.0.1:9",
            "add server db/s9", "add server db/s1 127.0.0.1:9", "add server db/s3 127.0.0.1:9",
            "add server db/s3 127.0.0.1:9", "show servers state db", "enable server db/s3",
            "show servers state db", "enable health db/s3", "del server db/s3",
            "disable server db/s3", "del server db/s3", "del server db/s3",
            "add server #2/s3 127.0.0.1:9 weight 20 backup maxconn 5 maxqueue 3",
            "get weight db/s3", "show servers state db", "del server #2/#3",
            "add server db/s3 127.0.0.1:9 check inter 10m port 8 disabled", "del server db/s3",
            "add server db/s3 127.0.0.1:9 check inter 10m fall 9 send-proxy enabled",
            "show servers state db",
            "del server db/s3", "set server db/s3 state maint", "del server db/s3",
            "del server", "del server db", "del server nope/s1", "del server db/nope",
            "add server b2/x2 [::1]:9", "show servers state b2", "del server b2/x2",
            "set server db/s1 addr", "set server db/s1 addr 127.0.0.2",
            "set server db/s1 addr 127.0.0.2", "set server db/s1 addr 127.0.0.2 port 8",
            "set server db/s1 addr 127.0.0.2 port 8", "set server db/s1 addr 127.0.0.1 port 9",
            "set server db/s1 addr 127.0.0.1 port", "set server db/s1 addr 127.0.0.1 port foo",
            "set server db/s1 addr 127.0.0.1 foo", "set server db/s1 addr foo.bar",
            "set server db/s1 addr localhost", "set server db/s1 addr ::1",
            "set server db/s1 addr 127.0.0.1", "set server db/nope addr 127.0.0.1",
            "set server nope/s1 addr 127.0.0.1",
            "set server db/s1 check-port 7", "set server db/s1 check-port foo",
            "set server db/s1 check-port 70000", "set server db/s1 check-port",
            "set server db/s2 check-port 7", "set server db/s1 check-port 0",
            "set server db/s1 check-addr 127.0.0.9",
            "set server db/s1 check-addr 127.0.0.9 port 77", "set server db/s1 check-addr foo",
            "set server db/s1 check-addr", "set server db/s2 check-addr 127.0.0.1",
            "show servers state", "disable server db/s2", "del server db/s2",
            "add server db/s2 127.0.0.1:9", "show servers state db", "show backend",
        ]

        private static let sections = [
            "    server s1 127.0.0.1:9 check inter 10m fall 9",
            "    server s2 127.0.0.1:9 weight 10",
            "backend b2", "    balance leastconn", "    server x1 127.0.0.1:9",
        ]

        @Test func `every reply is HAProxy's, byte for byte, and so are the rows`() throws {
            let both = try SideBySide([], more: Self.sections)
            let (balancer, haproxy) = (both.balancer, both.haproxy)
            for line in Self.commands {
                let (our, their) = (
                    try balancer.ask(words(line)), try haproxy.ask(words(line))
                )
                #expect(stable(our) == stable(their), "\(line)")
                let (ourRows, theirRows) = (try rows(balancer.ask), try rows(haproxy.ask))
                #expect(ourRows == theirRows, "\(line)")
            }
        }

        private func words(_ line: String) -> [String] {
            line.split(separator: " ").map(String.init)
        }

        /// Without what depends on when one asks, and on whether a first check has ended.
        private func stable(_ reply: String) -> [[Substring]] {
            reply.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                var fields = line.split(separator: " ", omittingEmptySubsequences: false)
                guard fields.count > 20, fields[0] != "#" else { return fields }
                // Its state and its health: HAProxy believes it before its first check.
                for field in [5, 9, 10, 11, 12] { fields[field] = "*" }
                // A check is running at this moment.
                if let state = Int(fields[13]) { fields[13] = "\(state & ~1)" }
                return fields
            }
        }

        private func rows(_ ask: ([String]) throws -> String) throws -> [String?] {
            let table = StatTable(try ask(["show", "stat"]))
            return [("db", "s1"), ("db", "s2"), ("db", "s3"), ("b2", "x2")].flatMap { row in
                ["uweight", "act", "bck", "slim", "qlimit", "addr"].map {
                    table.field(row.0, row.1, $0)
                }
            }
        }
    }
}
