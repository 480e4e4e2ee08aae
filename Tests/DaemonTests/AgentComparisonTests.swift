import Lab
import NIOCore
import NIOPosix
import Primitives
import Testing

/// `agent-check` beside Debian's HAProxy: the same agent, the same words, the same state.
extension BalancerSuites {
    @Suite struct AgentComparisonTests {
        /// In this order: each is said to a server that has heard those before.
        private static let words = [
            "up\n", "75%\n", "up 50%\n", "down # too busy\n", "up\n", "drain\n", "maint\n",
            "ready\n", "fail\n", "stopped because of it\n", "up,100%,maxconn:30\n", "garbage\n",
            "up garbage\n", "\n", "", "up", "300%\n", "UP\n", "maxconn:x\n", "maxconn:5x\n",
            "50%x\n", "maxconn:0\r\n", "READY UP\r\nfoo\n", "\tdrain, 0% ,\tup\n",
            "ready 100%\n", "down\n", "drain\n", "maint up # both\n", "ready\n",
        ]

        private static let columns = [
            "status", "weight", "uweight", "check_status", "check_desc", "check_health",
            "agent_status", "agent_code", "last_agt", "agent_desc", "agent_rise", "agent_fall",
            "agent_health", "act",
        ]

        private func withAgents(
            _ options: [String] = [],
            _ body: (SideBySide, AnswerServer) throws -> Void
        ) throws {
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            defer { try? group.syncShutdownGracefully() }
            let server = try database("one")
            defer { server.stop() }
            let agent = try AnswerServer(.greeting("up\n"), on: group)
            defer { agent.close() }
            let asks = "agent-check agent-inter 50ms"
            let both = try SideBySide(
                options + [
                    "server s \(server.endpoint) weight 100 check inter 100ms \(asks)"
                        + " agent-port \(agent.endpoint.port)",
                    // Nobody checks it, and there is nobody to ask.
                    "server t \(server.endpoint) \(asks) agent-port 9",
                    // Only its agent has a say.
                    "server u \(server.endpoint) \(asks) agent-addr 127.0.0.1"
                        + " agent-port \(agent.endpoint.port)",
                ]
            )
            try body(both, agent)
        }

        /// Until both have come to the same.
        private func settle(_ both: SideBySide, _ step: String, rows: [String]) throws {
            // The limit of a backend is by default a part of the process's, which differs.
            let names = rows.flatMap { row in
                (Self.columns + (row == "BACKEND" ? [] : ["slim"])).map { (row, $0) }
            }
            var differences: [String] = []
            let isSame = try Patience.wait(.seconds(3)) {
                // An agent is asked each 50 ms: what was said before is over.
                Patience.pause(.milliseconds(150))
                let (ours, theirs) = try both.statistics { table in
                    names.map { table.field("db", $0, $1) ?? "-" }
                }
                differences = zip(names, zip(ours, theirs)).compactMap { name, values in
                    values.0 == values.1 ? nil : "\(name): \(values)"
                }
                return differences.isEmpty
            }
            #expect(isSame, "\(step): \(differences)")
        }

        @Test func `a server does what its agent says, as behind HAProxy`() throws {
            try withAgents { both, agent in
                try settle(both, "begin", rows: ["s", "t", "u", "BACKEND"])
                for word in Self.words {
                    agent.answer(.greeting(word))
                    try settle(both, word, rows: ["s", "t", "u", "BACKEND"])
                }
            }
        }

        @Test func `the agent is told what agent-send says`() throws {
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            defer { try? group.syncShutdownGracefully() }
            let agent = try AnswerServer(.dialogue(["s": "down # s", "b t": "50%"]), on: group)
            defer { agent.close() }
            let asks = "agent-check agent-inter 50ms agent-port \(agent.endpoint.port)"
            let both = try SideBySide(
                [
                    "server s 127.0.0.1:9 weight 8 \(asks) agent-send s\\r\\n",
                    "server t 127.0.0.1:9 weight 8 \(asks) agent-send \"b t\\r\\n\"",
                    "server u 127.0.0.1:9 weight 8 \(asks) agent-send silence\\n",
                ]
            )
            try settle(both, "all", rows: ["s", "t", "u", "BACKEND"])
            let weights = try both.statistics { table in
                ["s", "t"].map { table.field("db", $0, "status") } + [
                    table.field("db", "t", "weight")
                ]
            }
            #expect(weights.0 == ["DOWN (agent)", "no check", "4"])
        }

        @Test func `the operator has the last word until the agent speaks`() throws {
            try withAgents { both, agent in
                // It says nothing of health.
                agent.answer(.greeting("100%\n"))
                try settle(both, "begin", rows: ["s", "t"])
                let orders = [
                    "set server db/s agent down", "set server db/s agent up",
                    "set server db/t agent down", "set server db/s agent sideways",
                    "set server db/t agent up", "disable agent db/s", "set server db/s agent up",
                    "enable agent db/s", "disable agent db/t", "enable agent db/nobody",
                ]
                for order in orders {
                    let words = order.split(separator: " ").map(String.init)
                    #expect(try both.balancer.ask(words) == both.haproxy.ask(words), "\(order)")
                    try settle(both, order, rows: ["s", "t"])
                }
            }
        }

        @Test func `the log tells what HAProxy's log tells`() throws {
            func lines(_ log: String) -> [String] {
                log.split(separator: "\n").map(String.init)
                    .filter { $0.firstMatch(of: #/^(Agent check for s|S)erver db\/s /#) != nil }
                    // The other servers listen to the same agent.
                    .map { $0.replacing(#/(check duration: |\d+ active)\d*/#, with: "") }
            }
            let logging = ["log stdout format raw local0", "option log-health-checks"]
            try withAgents(logging) { both, agent in
                try settle(both, "begin", rows: ["s"])
                let (ours, theirs) = (lines(both.balancer.log).count, lines(both.haproxy.log).count)
                let words = ["down # busy\n", "up\n", "5%\n", "up\n", "", "fail\n", "up 100%\n"]
                for word in words {
                    agent.answer(.greeting(word))
                    try settle(both, word, rows: ["s"])
                }
                var last: ([String], [String]) = ([], [])
                let isSame = Patience.wait(.seconds(3)) {
                    last.0 = Array(lines(both.balancer.log).dropFirst(ours))
                    last.1 = Array(lines(both.haproxy.log).dropFirst(theirs))
                    return last.0 == last.1
                }
                #expect(isSame && last.0.count > 8, "\(last.0) \(last.1)")
            }
        }
    }
}
