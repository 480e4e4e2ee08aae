import Lab
import NIOCore
import NIOPosix
import Primitives
import Testing

/// `option httpchk` beside Debian's HAProxy: the same file, the same servers, the same findings.
extension BalancerSuites {
    @Suite struct HTTPCheckComparisonTests {
        private struct Trial {
            let lines: [String]
            let answer: AnswerServer.Answer
            /// Where HAProxy says nothing and we say why.
            var text: String?

            init(_ lines: String..., answer: String, text: String? = nil) {
                self.lines = lines
                self.answer = .text(answer)
                self.text = text
            }

            init(silentTo lines: String...) {
                self.lines = lines
                answer = .silence
            }
        }

        private static let fine = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nxxabcx"
        private static let broken = "HTTP/1.1 500 Oops\r\nContent-Length: 6\r\n\r\nxxabcx"
        private static let chunked =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n"
        private static let noHTTP = "the answer is not one of HTTP"
        private static let part = "connection closed with only a part of the answer"

        private static let trials = [
            Trial("option httpchk", answer: fine),
            Trial("option httpchk /x", answer: broken),
            Trial("option httpchk HEAD /x HTTP/1.1\\r\\nHost:\\ www", answer: fine),
            Trial("option httpchk GET /", answer: "HTTP/1.1 404 Not Found\r\n\r\n"),
            // percona-clustercheck and severalnines' mysqlchk.
            Trial(
                "option httpchk",
                answer: "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\n"
                    + "Connection: close\r\nContent-Length: 44\r\n\r\n"
                    + "Percona XtraDB Cluster Node is not synced. \r\n"
            ),
            Trial(
                "option httpchk",
                answer: "HTTP/1.1 200 OK\r\nContent-Type: Content-Type: text/plain\r\n\n"
                    + "MariaDB Cluster Node is synced.\r\n"
            ),
            Trial("option httpchk", answer: "HTTP/1.0 200 OK\n\nbody\n"),
            Trial("option httpchk", answer: "HTTP/1.1 100 Continue\r\n\r\n" + fine),
            Trial("option httpchk", answer: "SSH-2.0-OpenSSH_9.2\r\n\r\n", text: noHTTP),
            Trial("option httpchk", answer: "", text: "connection closed with no answer"),
            Trial("option httpchk", answer: "HTTP/1.1 200 O", text: part),
            Trial(silentTo: "option httpchk"),
            Trial(silentTo: "option httpchk", "http-check expect string abc"),
            Trial(
                "option httpchk OPTIONS * HTTP/1.1",
                "http-check send meth GET uri /y hdr Host foo hdr X-A b body hello",
                "http-check expect status 200-299,404",
                answer: "HTTP/1.1 404 Gone\r\n\r\n"
            ),
            Trial(
                "option httpchk GET /",
                "http-check send meth PUT hdr X-Y z body hi",
                answer: fine
            ),
            Trial("option httpchk", "http-check expect ! status 200", answer: fine),
            Trial("option httpchk", "http-check expect ! status 200", answer: broken),
            Trial("option httpchk GET /", "http-check expect string abc", answer: fine),
            Trial("option httpchk GET /", "http-check expect string abc", answer: broken),
            Trial("option httpchk GET /", "http-check expect string zzz", answer: fine),
            Trial("option httpchk GET /", "http-check expect ! string abc", answer: fine),
            Trial("option httpchk GET /", "http-check expect ! string zzz", answer: fine),
            Trial("option httpchk GET /", "http-check expect string abcdef", answer: chunked),
            Trial("option httpchk HEAD /", "http-check expect string abc", answer: fine),
            Trial(
                "option httpchk GET /",
                "http-check expect string abc",
                answer: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            ),
            Trial(
                "option httpchk GET /",
                "http-check expect status 200",
                "http-check expect string zzz",
                answer: fine
            ),
        ]

        @Test func `every answer is judged as HAProxy judges it, and every request is its own`()
            throws
        {
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            defer { try? group.syncShutdownGracefully() }
            let servers = try Self.trials.map { try AnswerServer($0.answer, on: group) }
            defer { for server in servers { server.close() } }
            let backends = zip(Self.trials, servers).enumerated().flatMap { index, pair in
                ["backend b\(index)", "    timeout check 300ms"]
                    + pair.0.lines.map { "    " + $0 }
                    + ["    server s \(pair.1.endpoint) check inter 300ms rise 1 fall 1"]
            }
            let names = Self.trials.indices.map { "b\($0)" }
            let both = try SideBySide(["server s 127.0.0.1:9"], more: backends)
            let (ours, theirs) = try both.findings(of: names)
            for (index, trial) in Self.trials.enumerated() {
                var expected = theirs[index]
                if let text = trial.text {
                    #expect(expected[3] == "")
                    expected[3] = text
                }
                #expect(ours[index] == expected, "\(trial)")
                #expect(servers[index].requests.count == 1, "\(servers[index].requests)")
            }
        }
    }
}
