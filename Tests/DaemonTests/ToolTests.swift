import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

/// Programs that people have around HAProxy, unchanged.
extension BalancerSuites {
    @Suite struct ToolTests {
        private func balancer(_ servers: [MySQLStandIn]) throws -> Balancer {
            let balancer = try Balancer()
            try balancer.configure(
                "option mysql-check",
                "server one \(servers[0].endpoint) check inter 200ms weight 3",
                "server two \(servers[1].endpoint) check inter 200ms",
                "server gone 127.0.0.1:9 check inter 200ms fall 1"
            )
            try balancer.start()
            let isSettled = try Patience.wait(.seconds(5)) {
                try ["one", "two"].allSatisfy { try balancer.stat($0, "status") == "UP" }
                    && balancer.stat("gone", "status") == "DOWN"
            }
            #expect(isSettled)
            return balancer
        }

        @Test func `hatop shows the servers, takes one out and puts it back`() throws {
            let servers = try ["one", "two"].map { try database($0) }
            defer { for server in servers { server.stop() } }
            let balancer = try balancer(servers)
            // Three rows down: below the title and the frontend to the second server.
            #expect(try hatop(balancer, keys: ["\\033OB", "\\033OB", "\\033OB", "\\033[21~"]))
            #expect(try balancer.stat("two", "status") == "MAINT")
            let screen = try TextFile.read(balancer.directory.path + "/screen")
            for text in ["HATop", "ha-balancer", "one", "two", "gone", "BACKEND"] {
                #expect(screen.contains(text), "\(text)")
            }
            #expect(try hatop(balancer, keys: ["\\033OB", "\\033OB", "\\033OB", "\\033[20~"]))
            let isBack = try Patience.wait(.seconds(5)) {
                try balancer.stat("two", "status") == "UP"
            }
            #expect(isBack)
        }

        /// In a terminal of its own. Each key waits until the screen has been drawn anew.
        private func hatop(_ balancer: Balancer, keys: [String]) throws -> Bool {
            let typed = keys.map { "printf '\($0)'; sleep 0.7; " }.joined()
            let line =
                "(sleep 2; \(typed)sleep 1; printf q; sleep 1) | timeout 20 script -qec"
                + " 'stty rows 40 cols 120; exec hatop -s \(balancer.socketPath)'"
                + " \(balancer.directory.path)/screen >/dev/null"
            let process = try ChildProcess.spawn(
                "sh",
                ["-c", line],
                environment: ["TERM": "xterm"],
                newProcessGroup: true
            )
            defer { process.killGroup(SIGKILL) }
            return process.wait(timeout: .seconds(25))?.isSuccess == true
        }

        @Test func `prometheus-haproxy-exporter reads every row`() throws {
            let servers = try ["one", "two"].map { try database($0) }
            defer { for server in servers { server.stop() } }
            let balancer = try balancer(servers)
            let place = try Balancer().front
            let exporter = try ChildProcess.spawn(
                "prometheus-haproxy-exporter",
                [
                    "--haproxy.scrape-uri=unix:\(balancer.socketPath)",
                    "--web.listen-address=\(place)",
                ],
                newProcessGroup: true
            )
            defer {
                exporter.kill(SIGKILL)
                exporter.wait()
            }
            var metrics = ""
            let isAnswering = Patience.wait(.seconds(10)) {
                metrics = (try? get("/metrics", from: place)) ?? ""
                return metrics.contains("haproxy_up")
            }
            #expect(isAnswering)
            let lines = Set(metrics.split(separator: "\n").map(String.init))
            for line in [
                "haproxy_up 1", "haproxy_exporter_csv_parse_failures_total 0",
                "haproxy_backend_up{backend=\"db\"} 1",
                "haproxy_server_up{backend=\"db\",server=\"one\"} 1",
                "haproxy_server_up{backend=\"db\",server=\"gone\"} 0",
                "haproxy_server_weight{backend=\"db\",server=\"one\"} 3",
            ] {
                #expect(lines.contains(line), "\(line)")
            }
        }

        private func get(_ path: String, from place: Endpoint) throws -> String {
            let socket = try Socket(.stream, for: place.address)
            try socket.connect(to: place)
            let raw = [socket.descriptor.raw]
            let deadline = Instant.now + .seconds(5)
            guard Poll.wait(for: .writable, of: raw, until: deadline) else { return "" }
            try socket.send(Array("GET \(path) HTTP/1.0\r\n\r\n".utf8))
            var bytes: [UInt8] = []
            while Poll.wait(of: raw, until: deadline) {
                guard let more = try socket.receive(limit: 65_536) else { continue }
                guard !more.isEmpty else { break }
                bytes += more
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
