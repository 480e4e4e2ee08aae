import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

/// Where connections come from and how they are kept alive, and what is told of them.
extension BalancerSuites {
    @Suite struct ConnectComparisonTests {
        /// Who connects to a listener, in the order of the connects.
        private func peers(_ listener: borrowing Socket, until deadline: Instant) -> [IPAddress] {
            var found: [IPAddress] = []
            while Poll.wait(of: [listener.descriptor.raw], until: deadline) {
                let raw = accept(listener.descriptor.raw, nil, nil)
                guard raw >= 0 else { continue }
                let connection = OwnedDescriptor(adopting: raw)
                if let peer = Socket.peerEndpoint(of: connection.raw) { found.append(peer.address) }
            }
            return found
        }

        @Test(arguments: ["127.0.0.9", "127.0.0.9:0 interface lo", "* interface lo"])
        func `sessions and checks come from the source`(_ source: String) throws {
            let listener = try Socket.listener(
                on: Endpoint(.v4(0x7F00_0001), 0),
                backlog: 64
            )
            let local = listener.localEndpoint
            let place = try #require(local)
            let expected: Set<String> = [source.hasPrefix("*") ? "127.0.0.1" : "127.0.0.9"]
            for lines in [
                ["source \(source)", "server s \(place) check inter 50ms"],
                ["source 127.0.0.8", "server s \(place) check inter 50ms source \(source)"],
            ] {
                let both = try SideBySide(lines)
                let isUp = try Patience.wait(.seconds(5)) {
                    try both.statistics { $0.field("db", "s", "status") } == ("UP", "UP")
                }
                #expect(isUp)
                _ = try both.fronts.map { try TestClient($0) }
                let seen = peers(listener, until: .now + .milliseconds(500))
                #expect(Set(seen.map { "\($0)" }) == expected)
            }
        }

        @Test func `a source that is not there is told of by the check`() throws {
            let server = try database("one")
            defer { server.stop() }
            let balancer = try Balancer()
            try balancer.configure(
                "server a \(server.endpoint) check inter 50ms source * interface nothere0",
                "server b \(server.endpoint) check inter 50ms source 192.0.2.77"
            )
            try balancer.start()
            let isTold = try Patience.wait(.seconds(5)) {
                try balancer.stat("a", "last_chk") == "there is no interface nothere0"
                    && balancer.stat("b", "last_chk") == "Cannot assign requested address"
            }
            #expect(isTold)
            #expect(try balancer.stat("a", "check_status")?.hasSuffix("SOCKERR") == true)
            #expect(try !serves(balancer.front, within: .seconds(1)))
        }

        @Test func `keep-alive is as the lines say, and a reload changes it`() throws {
            try withSession { balancer, _ in
                let server = try #require(try balancer.stat("s1", "addr"))
                func configure(_ lines: [String]) throws {
                    try balancer.configure(
                        more: (lines + ["server s1 \(server)"]).map { "    " + $0 }
                    )
                    #expect(try balancer.ask("reload").contains("configuration loaded"))
                }
                func clientTimer() throws -> String {
                    let client = try TestClient(balancer.front)
                    #expect(try client.isServed())
                    let filter = "sport = :\(balancer.front.port)"
                    let words = ["-tnoH", "state", "established", filter]
                    // The newest alone is of this configuration.
                    let local = try #require(client.localPort)
                    return try Command.run("ss", words).standardOutput.split(separator: "\n")
                        .first { $0.contains(":\(local) ") }.map(String.init) ?? ""
                }
                #expect(try !clientTimer().contains("keepalive"))
                try configure(["option clitcpka", "clitcpka-idle 7m", "clitcpka-cnt 3"])
                #expect(try clientTimer().contains(#/timer:\(keepalive,(6min5\dsec|7min)/#))
                try configure(["option clitcpka", "clitcpka-idle 9m", "clitcpka-intvl 5"])
                #expect(try clientTimer().contains(#/timer:\(keepalive,(8min5\dsec|9min)/#))
                try configure(["option clitcpka"])
                #expect(try clientTimer().contains(#/timer:\(keepalive,(119min|120min)/#))
                try configure(["clitcpka-idle 7m"])
                #expect(try !clientTimer().contains("keepalive"))
            }
        }

        @Test func `a frontend without a format tells of connects`() throws {
            let server = try database("one")
            defer { server.stop() }
            func lines(_ log: String, _ front: Endpoint) -> [String] {
                log.split(separator: "\n").filter { $0.contains("Connect from") }.map { line in
                    String(line).replacing(":\(front.port) ", with: ":FRONT ")
                        .replacing(#/from 127\.0\.0\.1:\d+/#, with: "from CLIENT")
                }
            }
            let both = try SideBySide(
                [
                    "log stdout format raw local0", "acl other src 127.0.0.77",
                    "tcp-request content reject if other", "option dontlognull",
                    "server s \(server.endpoint)",
                ]
            )
            for front in both.fronts {
                #expect(try serves(front))
                let socket = try Socket(.stream, for: front.address)
                try socket.bind(to: Endpoint(.v4(0x7F00_004D), 0))
                try socket.connect(to: front)
                _ = Poll.wait(of: [socket.descriptor.raw], until: .now + .seconds(2))
            }
            var last: ([String], [String]) = ([], [])
            let isSame = Patience.wait(.seconds(3)) {
                last.0 = lines(both.balancer.log, both.balancer.front)
                last.1 = lines(both.haproxy.log, both.haproxyFront)
                return last.0.count == 2 && last.1.count == 2
            }
            func masked(_ lines: [String]) -> [String] {
                lines.map { $0.replacing(#/127\.0\.0\.77:\d+/#, with: "OTHER") }
            }
            #expect(isSame && masked(last.0) == masked(last.1), "\(last.0) \(last.1)")
        }

        @Test(arguments: ["", "stick-table type ip size 10|stick on src"])
        func `the places in the queue are those of HAProxy's lines`(_ more: String) throws {
            let server = try database("one")
            defer { server.stop() }
            let both = try SideBySide(
                [
                    "log stdout format raw local0", "log-format \"N %sq/%bq %ts\"",
                    "timeout queue 1500ms",
                ] + more.split(separator: "|").map(String.init)
                    + ["server s \(server.endpoint) maxconn 1"]
            )
            for front in both.fronts {
                var clients: [TestClient?] = []
                for _ in 0..<6 {
                    clients.append(try TestClient(front))
                    Patience.pause(.milliseconds(30))
                }
                // One leaves the queue; three are served, one after the other; one waits in vain.
                for leaver in [3, 0, 1, 2] {
                    clients[leaver] = nil
                    Patience.pause(.milliseconds(60))
                }
                Patience.pause(.milliseconds(1600))
                clients[4] = nil
            }
            func lines(_ log: String) -> [String] {
                log.split(separator: "\n").map(String.init).filter { $0.hasPrefix("N ") }
            }
            let isDone = Patience.wait(.seconds(3)) {
                lines(both.balancer.log).count == 6 && lines(both.haproxy.log).count == 6
            }
            let (ours, theirs) = (lines(both.balancer.log), lines(both.haproxy.log))
            #expect(isDone && ours == theirs, "\(ours) \(theirs)")
            #expect(ours.contains(more.isEmpty ? "N 0/4 sQ" : "N 4/0 sQ"))
        }
    }
}
