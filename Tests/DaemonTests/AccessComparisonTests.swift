import Lab
import LinuxIO
import Primitives
import Testing

/// `tcp-request` beside Debian's HAProxy: the same rules, the same clients, the same ends.
extension BalancerSuites {
    @Suite struct AccessComparisonTests {
        @Test(arguments: [
            ["acl bad src 127.0.0.2 127.0.0.8/30", "tcp-request connection reject if bad"],
            [
                "acl good src 127.0.0.2", "acl good src 127.0.0.3",
                "tcp-request content accept if good", "tcp-request content reject",
            ],
            [
                "tcp-request connection accept if { src 127.0.0.2 } || { src 127.0.0.3 }",
                "tcp-request connection reject unless { src 127.0.0.4 }",
                "tcp-request content reject if { src 127.0.0.3 }",
            ],
        ]) func `who is kept out is kept out in the same way, and counted`(_ rules: [String]) throws
        {
            let server = try database("one")
            defer { server.stop() }
            let both = try SideBySide(
                ["option tcplog", "log stdout format raw local0"] + rules
                    + ["server s \(server.endpoint)"]
            )
            let (balancer, haproxy, front) = (both.balancer, both.haproxy, both.haproxyFront)
            for client in UInt32(2)...12 {
                let ours = try end(at: balancer.front, from: client)
                #expect(try ours == end(at: front, from: client), "\(client)")
            }
            func counts(_ ask: (String...) throws -> String) throws -> [String?] {
                let table = StatTable(try ask("show", "stat"))
                return ["stot", "dreq", "dcon", "conn_tot"].map {
                    table.field("db", "FRONTEND", $0)
                } + [table.field("db", "BACKEND", "stot")]
            }
            #expect(try counts(balancer.ask) == counts(haproxy.ask))
            // The lines of those who were turned away, but for ports, times and counts.
            func denials(_ log: String) -> [[Substring]] {
                log.split(separator: "\n").filter { $0.contains("<NOSRV>") }.map { line in
                    let fields = line.split(separator: " ")
                    return [fields[0].prefix { $0 != ":" }] + fields[2...6]
                }
            }
            let isLogged = Patience.wait(.seconds(3)) {
                denials(balancer.log) == denials(haproxy.log)
            }
            #expect(isLogged, "\(denials(balancer.log)) \(denials(haproxy.log))")
        }

        private enum End: Equatable {
            case answer
            case closed
            case reset
        }

        private func end(at front: Endpoint, from client: UInt32) throws -> End {
            let socket = try Socket(.stream, for: front.address)
            try socket.bind(to: Endpoint(.v4(0x7F00_0000 + client), 0))
            try socket.connect(to: front)
            let raw = [socket.descriptor.raw]
            let deadline = Instant.now + .seconds(5)
            while Poll.wait(of: raw, until: deadline) {
                do throws(SystemError) {
                    guard let bytes = try socket.receive(limit: 4096) else { continue }
                    return bytes.isEmpty ? .closed : .answer
                } catch {
                    return .reset
                }
            }
            throw LabError("neither an answer nor an end from \(front)")
        }
    }
}
