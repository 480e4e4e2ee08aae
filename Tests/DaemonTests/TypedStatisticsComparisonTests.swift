import Lab
import Primitives
import Testing

/// `show stat` and `show info` as `typed` and `json` beside Debian's HAProxy.
extension BalancerSuites {
    @Suite struct TypedStatisticsComparisonTests {
        /// `S.2.1.4.scur.1:MGP:u32:0`
        private struct Field: Hashable {
            /// `S.2.1.4.scur.1`
            let place: String
            /// `MGP:u32`
            let mark: String
            let value: String

            init(_ line: Substring) {
                let parts = line.split(
                    separator: ":",
                    maxSplits: 3,
                    omittingEmptySubsequences: false
                )
                place = parts.first.map(String.init) ?? ""
                mark = parts.dropFirst().prefix(2).joined(separator: ":")
                value = parts.count > 3 ? String(parts[3]) : ""
            }

            private var words: [Substring] { place.split(separator: ".") }
            var name: String { words.count > 2 ? String(words[words.count - 2]) : "" }
            var position: Int { words.count > 2 ? Int(words[words.count - 3]) ?? -1 : -1 }
            var isBackend: Bool { place.hasPrefix("B.") }
        }

        private static let sections = [
            "    server s1 127.0.0.1:9 check inter 10m fall 9",
            "    server s2 127.0.0.1:9 weight 10 backup", "    server s3 127.0.0.1:9 disabled",
            "    server s4 127.0.0.1:9 maxconn 5 maxqueue 7", "backend b2",
            "    balance static-rr", "    server x1 127.0.0.1:9",
        ]

        /// Modules of TLS and HTTP begin at 103 there. A backend's `fullconn` moves nothing here,
        /// and failed connects count against a server's health without `observe` too.
        private static func isCompared(_ field: Field) -> Bool {
            field.position <= 102 && field.name != "hanafail"
                && !(field.isBackend && field.name == "slim")
        }

        /// Limits that depend on the machine, times, numbers of pooled connections; and that a
        /// server is down here before its first check.
        private static let moving: Set = [
            "slim", "lastchg", "downtime", "check_duration", "need_conn_est", "chkdown",
        ]

        private func fields(_ text: String) -> [Field] {
            text.split(separator: "\n").map(Field.init).filter(Self.isCompared)
        }

        private func balancers() throws -> SideBySide {
            let both = try SideBySide([], more: Self.sections)
            let isChecked = try Patience.wait(.seconds(5)) {
                try both.statistics { $0.field("db", "s1", "check_status") } == ("L4CON", "L4CON")
            }
            #expect(isChecked)
            return both
        }

        @Test(arguments: [[], ["up"], ["no-maint"], ["db", "4", "2"], ["b2", "-1", "-1"]])
        func `every field of show stat has HAProxy's place, tags and type`(
            selection: [String]
        ) throws {
            let both = try balancers()
            let command = ["show", "stat"] + selection + ["typed"]
            let ours = fields(try both.balancer.ask(command))
            let theirs = fields(try both.haproxy.ask(command))
            #expect(ours.count > 40)
            #expect(ours.map(\.place) == theirs.map(\.place))
            for (our, their) in zip(ours, theirs) {
                #expect(our.mark == their.mark, "\(our.place)")
                if !Self.moving.contains(our.name) {
                    #expect(our.value == their.value, "\(our.place)")
                }
            }
        }

        /// Of each field all that stands before the value.
        private func shape(_ json: String) -> [String] {
            json.split(separator: #"}},{""#).compactMap { field in
                let text = String(field)
                let end = text.firstRange(of: #""value":{"type""#)?.lowerBound
                return end.map { String(text[..<$0]) }
            }
        }

        @Test func `the JSON is HAProxy's but for the values`() throws {
            let both = try balancers()
            let command = ["show", "stat", "db", "4", "-1", "json"]
            let ours = shape(try both.balancer.ask(command))
            let theirs = shape(try both.haproxy.ask(command))
            #expect(ours.count > 200)
            let (known, model) = (Set(ours), Set(theirs))
            #expect(ours.filter { model.contains($0) } == theirs.filter { known.contains($0) })
            #expect(known.subtracting(model).allSatisfy { $0.contains("hanafail") })
            let nobody = ["show", "stat", "9", "1", "1", "json"]
            #expect(try both.balancer.ask(nobody) == both.haproxy.ask(nobody))
        }

        @Test func `every field of show info has HAProxy's place, tags and type`() throws {
            let both = try balancers()
            let command = ["show", "info", "typed"]
            let ours = fields(try both.balancer.ask(command)).map { [$0.place, $0.mark] }
            let theirs = fields(try both.haproxy.ask(command)).map { [$0.place, $0.mark] }
            #expect(ours == theirs)
            let lists = try [both.balancer.ask, both.haproxy.ask].map {
                shape(try $0(["show", "info", "json"]))
            }
            #expect(lists[0].filter { !$0.contains("Relay_engine") } == lists[1])
        }

        @Test(arguments: [
            "show stat domain dns", "show stat domain foo typed", "show stat nope 1 1 json",
            "show stat typed db 4", "show stat 0 4 -1", "show stat foo 4x 2",
        ])
        func `what is refused is refused in the same words`(line: String) throws {
            let both = try balancers()
            let words = line.split(separator: " ").map(String.init)
            #expect(try both.balancer.ask(words) == both.haproxy.ask(words))
        }

        @Test func `up and no-maint tell how many servers a backend has`() throws {
            let both = try balancers()
            for word in ["up", "no-maint", "domain proxy db 7 -1"] {
                let command = ["show", "stat"] + word.split(separator: " ").map(String.init)
                let (ours, theirs) = try (
                    StatTable(both.balancer.ask(command)), StatTable(both.haproxy.ask(command))
                )
                for (proxy, row) in [("db", "BACKEND"), ("b2", "BACKEND"), ("db", "s3")] {
                    let status = ours.field(proxy, row, "status")
                    #expect(status == theirs.field(proxy, row, "status"), "\(word)")
                }
            }
        }
    }
}
