import Lab
import NIOCore
import NIOPosix
import Primitives
import Testing

/// `option tcp-check` beside Debian's HAProxy: the same file, the same servers, the same findings.
extension BalancerSuites {
    @Suite struct TCPCheckComparisonTests {
        private static let synced = AnswerServer.Answer.greeting(
            "MySQL Cluster Node is running.\r\n"
        )
        private static let redis = AnswerServer.Answer.dialogue(["PING": "+PONG", "QUIT": "+OK"])

        private static let trials: [([String], AnswerServer.Answer)] = [
            ([], synced),
            (["expect string is\\ running"], synced),
            (["expect string zzz"], synced),
            (["expect ! string running"], synced),
            (["expect ! string zzz"], synced),
            (["expect binary 4e6f6465"], synced),
            (["expect string running", "expect string Node"], synced),
            (["connect comment a", "expect comment b string zzz"], synced),
            (
                [
                    "send PING\\r\\n", "expect string +PONG", "send-binary 515549540d0a",
                    "expect string +OK",
                ], redis
            ),
            (["expect rstring ^My[A-Z]+.Cluster.*running"], synced),
            (["expect rstring ^Cluster"], synced),
            (["expect ! rstring C[ls]uster comment nothing"], synced),
            (["expect ! rstring ^Cluster"], synced),
            (["expect rbinary 4E6F64[67]5"], synced),
            (["expect rbinary 4e6f"], synced),
            (["expect ! rbinary 0D0A$"], synced),
            (["send hello"], redis),
            (["expect string x"], .greeting("")),
        ]

        @Test func `every answer is judged as HAProxy judges it`() throws {
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            defer { try? group.syncShutdownGracefully() }
            let servers = try Self.trials.map { try AnswerServer($0.1, on: group) }
            defer { for server in servers { server.close() } }
            let agent = try AnswerServer(Self.synced, on: group)
            defer { agent.close() }
            var backends = zip(Self.trials, servers).enumerated().flatMap { index, pair in
                ["backend b\(index)", "    timeout check 300ms", "    option tcp-check"]
                    + pair.0.0.map { "    tcp-check " + $0 }
                    + ["    server s \(pair.1.endpoint) check inter 300ms rise 1 fall 1"]
            }
            backends += [
                "backend port", "    option tcp-check",
                "    tcp-check connect port \(agent.endpoint.port)",
                "    tcp-check expect string running",
                "    server s 127.0.0.1:9 check inter 300ms rise 1 fall 1",
            ]
            let names = Self.trials.indices.map { "b\($0)" } + ["port"]
            let both = try SideBySide(["server s 127.0.0.1:9"], more: backends)
            let (ours, theirs) = try both.findings(of: names)
            for (index, name) in names.enumerated() {
                #expect(ours[index] == theirs[index], "\(name)")
            }
        }
    }
}
