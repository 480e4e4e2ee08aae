import Glibc
import Lab
import LinuxIO
import NIOCore
import NIOPosix
import Primitives
import Testing

/// `send-proxy` and `send-proxy-v2` beside Debian's HAProxy: what the same server is told by the
/// same client, and by checks.
extension BalancerSuites {
    @Suite struct ProxyHeaderComparisonTests {
        @Test(arguments: ["send-proxy", "send-proxy-v2"])
        func `servers are told the same of a client, and clients talk as before`(_ word: String)
            throws
        {
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            defer { try? group.syncShutdownGracefully() }
            let server = try AnswerServer(.text("answer"), on: group)
            defer { server.close() }
            let both = try SideBySide(["server s \(server.endpoint) \(word)"])
            var told: [String] = []
            for place in both.fronts {
                let before = server.requests
                #expect(try ask(place) == "answer")
                #expect(Patience.wait(.seconds(3)) { server.requests != before })
                let header = try #require(server.requests.subtracting(before).first)
                // The ports of the fronts differ, one is 16 bits of the header.
                told.append(
                    header.replacing("\(place.port)", with: "PORT")
                        .replacing(Self.bytes(of: place.port), with: "PORT")
                )
            }
            #expect(told[0] == told[1])
            #expect(told[0].contains("question\r\n\r\n"))
            _ = try both.haproxy.ask("show", "stat")
        }

        private static func bytes(of port: UInt16) -> String {
            let scalars = [UInt8(port >> 8), UInt8(port & 0xFF)].map { Unicode.Scalar($0) }
            return String(String.UnicodeScalarView(scalars))
        }

        private func ask(_ front: Endpoint) throws -> String {
            let socket = try Socket(.stream, for: front.address)
            // The same end for both, one after the other.
            try socket.set(SOL_SOCKET, SO_REUSEADDR, 1)
            try socket.bind(to: Endpoint(.v4(0x7F00_0007), 0x2A2A))
            try socket.connect(to: front)
            let raw = [socket.descriptor.raw]
            let deadline = Instant.now + .seconds(5)
            #expect(Poll.wait(for: .writable, of: raw, until: deadline))
            try socket.send(Array("question\r\n\r\n".utf8))
            var bytes: [UInt8] = []
            while Poll.wait(of: raw, until: deadline) {
                guard let more = try socket.receive(limit: 4096) else { continue }
                guard !more.isEmpty else { break }
                bytes += more
            }
            return String(decoding: bytes, as: UTF8.self)
        }

        @Test func `checks speak as HAProxy's do, and not to an agent on another port`() throws {
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            defer { try? group.syncShutdownGracefully() }
            let fine = AnswerServer.Answer.text("HTTP/1.1 200 OK\r\n\r\n")
            let servers = try (0..<5).map { _ in try AnswerServer(fine, on: group) }
            defer { for server in servers { server.close() } }
            let ports = servers.map(\.endpoint.port)
            let lines = [
                "backend b", "    option httpchk GET /",
                "    default-server check inter 200ms rise 1 fall 1",
                "    server s0 \(servers[0].endpoint) send-proxy",
                "    server s1 \(servers[1].endpoint) send-proxy-v2",
                "    server s2 127.0.0.1:9 send-proxy port \(ports[2])",
                "    server s3 127.0.0.1:9 send-proxy-v2 port \(ports[3]) check-send-proxy",
                "    server s4 127.0.0.1:9 port \(ports[4]) check-send-proxy",
            ]
            let both = try SideBySide(["server s 127.0.0.1:9"], more: lines)
            for index in servers.indices {
                let name = "s\(index)"
                let areUp = try Patience.wait(.seconds(5)) {
                    try both.statistics { $0.field("b", name, "check_status") }
                        == ("L7OK", "L7OK")
                }
                #expect(areUp, "\(name)")
                // But for the ports of the checks' own connections.
                let told = Set(
                    servers[index].requests.map { text in
                        text.split(separator: " ").map {
                            $0.allSatisfy(\.isNumber) ? "PORT" : String($0)
                        }.joined(separator: " ")
                    }
                )
                #expect(told.count == 1, "\(name): \(told)")
            }
        }
    }
}
