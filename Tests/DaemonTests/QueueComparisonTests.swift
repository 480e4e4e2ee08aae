import Lab
import LinuxIO
import Primitives
import Testing

/// Server `maxconn` beside Debian's HAProxy: who waits, who comes, who is turned away, and what is
/// told of it.
extension BalancerSuites {
    @Suite struct QueueComparisonTests {
        private final class Client {
            let socket: Socket
            private var bytes: [UInt8] = []
            private var answer: String?

            init(_ front: Endpoint) throws {
                socket = try Socket(.stream, for: front.address)
                try socket.connect(to: front)
            }

            /// The server's name; nil while it waits, empty when it was turned away.
            func node(within limit: Duration = .milliseconds(20)) throws -> String? {
                if answer == nil { answer = try read(limit) }
                return answer
            }

            private func read(_ limit: Duration) throws -> String? {
                while Poll.wait(of: [socket.descriptor.raw], until: .now + limit) {
                    guard let more = try socket.receive(limit: 4096) else { continue }
                    guard !more.isEmpty else { return "" }
                    bytes += more
                    let text = String(decoding: bytes, as: UTF8.self)
                    if let name = ["one", "two"].first(where: { text.contains("-\($0)") }) {
                        return name
                    }
                }
                return nil
            }
        }

        private func counts(_ ask: (String...) throws -> String) throws -> [String?] {
            let table = StatTable(try ask("show", "stat"))
            return ["s1", "s2", "BACKEND"].flatMap { row in
                ["qcur", "qmax", "scur", "stot", "econ", "slim", "qlimit"].filter {
                    row != "BACKEND" || !["slim", "qlimit"].contains($0)
                }.map { table.field("db", row, $0) }
            }
        }

        @Test func `sessions wait, come and are turned away as behind HAProxy`() throws {
            let servers = try ["one", "two"].map { try database($0) }
            defer { for server in servers { server.stop() } }
            let lines = [
                "timeout queue 700ms", "option tcplog", "log stdout format raw local0",
                "server s1 \(servers[0].endpoint) maxconn 1 maxqueue 9",
                "server s2 \(servers[1].endpoint) maxconn 2",
            ]
            let both = try SideBySide(lines)
            let (balancer, haproxy, front) = (both.balancer, both.haproxy, both.haproxyFront)
            var ours: [Client] = []
            var theirs: [Client] = []
            func compare(_ step: String) throws {
                let isSame = try Patience.wait(.seconds(3)) {
                    try counts(balancer.ask) == counts(haproxy.ask)
                }
                let (our, their) = (try counts(balancer.ask), try counts(haproxy.ask))
                #expect(isSame, "\(step): \(our) \(their)")
                let names = try (ours.map { try $0.node() }, theirs.map { try $0.node() })
                #expect(names.0 == names.1, "\(step)")
            }
            func come(_ count: Int) throws {
                for _ in 0..<count {
                    ours.append(try Client(balancer.front))
                    theirs.append(try Client(front))
                    // One after the other, on both.
                    _ = (try ours.last?.node(), try theirs.last?.node())
                }
            }
            try come(3)
            try compare("full")
            try come(2)
            try compare("two wait")
            // The first session ends: the first who waits comes in its place.
            ours.removeFirst()
            theirs.removeFirst()
            try compare("one came")
            // The other one has waited for too long.
            Patience.pause(.milliseconds(800))
            try compare("one was turned away")
            #expect(try ours.last?.node() == "" && theirs.last?.node() == "")
            func endings(_ log: String) -> [String] {
                log.split(separator: "\n").filter { $0.contains(" sQ ") }.map { line in
                    let fields = line.split(separator: " ")
                    // The times end in the time-out, give or take some: HAProxy's now and then in
                    // the millisecond before it.
                    let times = fields[4].split(separator: "/").map { Int($0) ?? -9 }
                    let rounded = times.map { (690..<900).contains($0) ? "700" : "\($0)" }
                    return "\(fields[3]) \(rounded) \(fields[5]) \(fields[6])"
                }
            }
            #expect(Patience.wait(.seconds(3)) { !endings(balancer.log).isEmpty })
            #expect(endings(balancer.log) == endings(haproxy.log))
        }

        @Test func `with first the next server comes when the one before is full`() throws {
            let servers = try ["one", "two", "one", "two"].map { try database($0) }
            defer { for server in servers { server.stop() } }
            let both = try SideBySide(
                [
                    "balance first", "timeout queue 5s",
                    "server s1 \(servers[0].endpoint) maxconn 2 weight 9",
                    "server s2 \(servers[1].endpoint) maxconn 1",
                    "server s3 \(servers[2].endpoint) maxconn 1 weight 0",
                    "server s4 \(servers[3].endpoint) maxconn 9 backup",
                ]
            )
            var clients: [[Client]] = [[], []]
            func compare(_ step: String, _ expected: [String]) throws {
                let isSame = try Patience.wait(.seconds(3)) {
                    let (ours, theirs) = try both.statistics { table in
                        ["s1", "s2", "s3", "s4"].map { table.field("db", $0, "scur") ?? "" }
                    }
                    return ours == theirs && ours == expected
                }
                #expect(isSame, "\(step)")
            }
            func come(_ count: Int) throws {
                for _ in 0..<count {
                    for (index, front) in both.fronts.enumerated() {
                        clients[index].append(try Client(front))
                        _ = try clients[index].last?.node()
                    }
                }
            }
            try come(1)
            try compare("the first one", ["1", "0", "0", "0"])
            try come(2)
            try compare("and the next", ["2", "1", "0", "0"])
            try come(1)
            try compare("all are full: no backup", ["2", "1", "0", "0"])
            for index in clients.indices { clients[index].removeFirst() }
            try compare("who waited is here", ["2", "1", "0", "0"])
            for index in clients.indices { clients[index].removeFirst(2) }
            try compare("room in front", ["1", "0", "0", "0"])
            try come(1)
            try compare("the first one again", ["2", "0", "0", "0"])
        }

        @Test func `with minconn the limit rises with the load`() throws {
            let server = try database("one")
            defer { server.stop() }
            let both = try SideBySide(
                [
                    "timeout queue 5s", "fullconn 6",
                    "server s1 \(server.endpoint) minconn 1 maxconn 3",
                    "server s2 \(server.endpoint) minconn 2 disabled",
                ]
            )
            var clients: [[Client]] = [[], []]
            func compare(_ step: String, _ expected: [String]) throws {
                var last: ([String], [String]) = ([], [])
                let isSame = try Patience.wait(.seconds(3)) {
                    last = try both.statistics { table in
                        [table.field("db", "s1", "scur") ?? ""]
                            + ["slim", "qcur"].map { table.field("db", "s1", $0) ?? "" }
                            + ["slim", "qcur"].map { table.field("db", "BACKEND", $0) ?? "" }
                            + [table.field("db", "s2", "slim") ?? ""]
                    }
                    return last.0 == last.1 && last.0 == expected
                }
                #expect(isSame, "\(step): \(last.0) \(last.1)")
            }
            func come() throws {
                for (index, front) in both.fronts.enumerated() {
                    clients[index].append(try Client(front))
                    _ = try clients[index].last?.node()
                }
            }
            func leave() {
                for index in clients.indices { clients[index].removeFirst() }
            }
            try come()
            try compare("one", ["1", "3", "0", "6", "0", "2"])
            try come()
            try compare("a second one waits", ["1", "3", "0", "6", "1", "2"])
            for _ in 0..<4 { try come() }
            try compare("nobody overtakes", ["1", "3", "0", "6", "5", "2"])
            leave()
            try compare("the load lets more in", ["3", "3", "0", "6", "2", "2"])
        }

        @Test func `a crowd behind one server of one place is served to the last`() throws {
            let server = try database("one")
            defer { server.stop() }
            let balancer = try Balancer()
            try balancer.configure(
                "timeout queue 20s",
                "server s1 \(server.endpoint) maxconn 3",
                global: ["nbthread 2"]
            )
            try balancer.start()
            // Each is served, and leaves its place to the next.
            var left = try (0..<100).map { _ in try Client(balancer.front) }
            var served = 0
            let isDone = try Patience.wait(.seconds(20)) {
                let current = try balancer.stat("s1", "scur").flatMap { Int($0) } ?? 99
                #expect(current <= 3)
                let before = left.count
                left = try left.filter { try $0.node(within: .milliseconds(1)) != "one" }
                served += before - left.count
                return left.isEmpty
            }
            #expect(isDone && served == 100, "\(served)")
            #expect(try balancer.stat("BACKEND", "qcur") == "0")
        }
    }
}
