import Lab
import LinuxIO
import Primitives
import Testing

/// `observe layer4` beside Debian's HAProxy: a server whose agent is well and whose port refuses.
extension BalancerSuites {
    @Suite struct ObserveComparisonTests {
        private static let columns = [
            "status", "check_status", "check_health", "chkfail", "chkdown", "hanafail", "last_chk",
        ]

        @Test(arguments: [
            "error-limit 2",
            "error-limit 1 fall 5 on-error sudden-death",
            "error-limit 3 on-error mark-down",
            "error-limit 1 on-error fastinter fastinter 100ms",
            "error-limit 1 on-error fail-check fall 1",
        ])
        func `clients that are refused count as behind HAProxy`(options: String) throws {
            let agent = try database("one")
            defer { agent.stop() }
            let refusing = try Balancer().front
            let both = try SideBySide([
                "retries 0", "log stdout format raw local0", "option log-health-checks",
                "server s1 \(refusing) check port \(agent.endpoint.port) inter 20s"
                    + " observe layer4 \(options)",
            ])
            func rows() throws -> ([String?], [String?]) {
                try both.statistics { table in
                    Self.columns.map { table.field("db", "s1", $0) }
                }
            }
            func settle(_ step: String, _ isDone: ([String?]) -> Bool = { _ in true }) throws {
                let isSame = try Patience.wait(.seconds(5)) {
                    let (ours, theirs) = try rows()
                    return ours == theirs && isDone(ours)
                }
                let (ours, theirs) = try rows()
                #expect(isSame, "\(step): \(ours) \(theirs)")
            }
            // One pass brings a server up with full health here; there it needs two.
            try settle("first check") { $0[1] == "L4OK" }
            for number in 1...4 {
                for front in both.fronts {
                    let client = try Socket(.stream, for: front.address)
                    try client.connect(to: front)
                    #expect(Poll.wait(of: [client.descriptor.raw], until: .now + .seconds(5)))
                }
                try settle("client \(number)")
            }
            func notices(_ log: String) -> [Substring] {
                // The session that brought it about may be gone already.
                let lines = log.split(separator: "\n").filter { $0.contains("Health analyze") }
                return lines.filter { $0.hasPrefix("Health") || $0.hasPrefix("Server") }
            }
            #expect(notices(both.balancer.log) == notices(both.haproxy.log))
        }
    }
}
