import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

/// A client of a `glb-control` port, which stays connected.
final class GLBClient {
    private let socket: Socket

    init(_ port: Endpoint) throws {
        socket = try Socket(.stream, for: port.address)
        try socket.connect(to: port)
        let isConnected = Patience.wait(.seconds(5)) { socket.peerEndpoint != nil }
        try #require(isConnected)
    }

    /// Sends it in one piece, and waits for what comes back; empty when the connection ends.
    func ask(_ text: String) throws -> String {
        try send(text)
        return try answer()
    }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        let count = unsafe Glibc.send(
            socket.descriptor.raw,
            bytes,
            bytes.count,
            Int32(MSG_NOSIGNAL)
        )
        #expect(count == bytes.count)
    }

    func answer(within limit: Duration = .seconds(5)) throws -> String {
        guard Poll.wait(of: [socket.descriptor.raw], until: .now + limit),
            let bytes = try socket.receive(limit: 65_536)
        else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    func isSilent(for time: Duration) -> Bool {
        !Poll.wait(of: [socket.descriptor.raw], until: .now + time)
    }

    func endInput() { shutdown(socket.descriptor.raw, Int32(SHUT_WR)) }
}

extension BalancerSuites {
    /// `glb-control` and `glb-fifo` of a running balancer.
    @Suite struct GLBControlTests {
        private struct Scene {
            let balancer: Balancer
            let control: Endpoint
            let databases: [MySQLStandIn]

            func destinations() throws -> [[Substring]] {
                let lines = try GLBClient(control).ask("getinfo\n").split(separator: "\n")
                #expect(lines.first == "Router:", "\(lines)")
                return lines.dropFirst(3).dropLast(2).map { $0.split(separator: " ") }
            }
        }

        private func play(_ lines: [String] = [], _ body: (Scene) throws -> Void) throws {
            let databases = try (1...3).map { try database("galera\($0)") }
            defer { for database in databases { database.stop() } }
            let balancer = try Balancer()
            let control = try Balancer().front
            try balancer.configure(
                "glb-control \(control)",
                "balance glb-least",
                more: (["server s1 \(databases[0].endpoint)"] + lines).map { "    " + $0 }
            )
            try balancer.start()
            try body(Scene(balancer: balancer, control: control, databases: databases))
        }

        @Test func `destinations come, weigh, drain and go, and the replies are glbd's`() throws {
            try play { scene in
                let client = try GLBClient(scene.control)
                let places = scene.databases.map { "\($0.endpoint)" }
                #expect(try client.ask("getstats\n").hasPrefix("in: 0 out: 0 recv: 0 / 0 "))
                #expect(try client.ask("\(places[1]):0.75\n") == "Ok\n")
                #expect(try client.ask("\(places[2])") == "Ok\n")
                #expect(
                    try scene.destinations().map { $0.filter { $0 != ":" } } == [
                        [places[0][...], "1.000", "0.000", "N/A", "0"],
                        [places[1][...], "0.750", "0.000", "N/A", "0"],
                        [places[2][...], "1.000", "0.000", "N/A", "0"],
                    ]
                )
                #expect(try scene.balancer.stat(places[1], "status") == "no check")
                #expect(try scene.balancer.report().servers.count == 3)
                let sessions = try (0..<11).map { _ in try TestClient(scene.balancer.front) }
                for session in sessions { #expect(try session.isServed()) }
                // 4 of 1, 3 of 0.75, 4 of 1.
                #expect(try scene.destinations().map { $0.last } == ["4", "3", "4"])
                let statistics = try client.ask("getstat\n").split(separator: " ")
                #expect(statistics[13] == "11" && statistics[15] == "11", "\(statistics)")
                #expect(try client.ask("getstat\n").contains("conns: 0 / 11 "))

                #expect(try client.ask("\(places[0]):0\n") == "Ok\n")
                #expect(try client.ask("\(places[2]):-1\n") == "Ok\n")
                #expect(try client.ask("\(places[2]):-1\n") == "Error\n")
                let last = try TestClient(scene.balancer.front)
                #expect(try last.isServed())
                #expect(try scene.destinations().map { $0.last } == ["4", "4"])
                #expect(try scene.destinations()[0].contains("-nan"))
                let info = try client.ask("GETINFO")
                #expect(info.contains("Destinations: 2, total connections: 8 "), "\(info)")
                // Neither draining nor removing ends a session, as with glbd.
                for session in sessions + [last] { #expect(session.isSilent(for: .zero)) }
            }
        }

        @Test func `the file's servers are the truth again after a reload, and that is said`()
            throws
        {
            try play { scene in
                let client = try GLBClient(scene.control)
                let places = scene.databases.map { "\($0.endpoint)" }
                #expect(try client.ask("\(places[0]):-1\n") == "Ok\n")
                #expect(try client.ask("\(places[1])\n") == "Ok\n")
                #expect(try serves(scene.balancer.front))
                #expect(scene.databases[1].statistics.accepted == 1)
                #expect(try scene.balancer.command("reload").status == .exited(0))
                #expect(try scene.destinations().map(\.first) == [places[0][...]])
                let log = scene.balancer.log
                #expect(log.contains("forgotten is that db/\(places[1]) was added"), "\(log)")
                #expect(log.contains("db/s1 was removed"))
                // The connection has outlived the reload.
                #expect(try client.ask("getinfo").contains("Destinations: 1,"))
            }
        }

        @Test func `a server of the file that was removed comes back as it was`() throws {
            try play(["default-server check inter 20ms"]) { scene in
                let client = try GLBClient(scene.control)
                let places = scene.databases.map { "\($0.endpoint)" }
                #expect(try client.ask("\(places[0]):-1\n") == "Ok\n")
                #expect(try scene.balancer.stat("s1", "status") == nil)
                #expect(try client.ask("\(places[0]):2\n") == "Ok\n")
                #expect(try scene.balancer.stat("s1", "weight") == "2")
                // What is new is checked as `default-server` says.
                #expect(try client.ask("\(places[1])\n") == "Ok\n")
                #expect(
                    try Patience.wait(.seconds(5)) {
                        try scene.balancer.stat(places[1], "status") == "UP"
                    }
                )
            }
        }

        @Test(arguments: [
            "", "foo bar", "nosuch.invalid:3306", "127.0.0.1:0", "127.0.0.1:3306:9999",
            "127.0.0.1:1:-1", "show info", "getinf", String(repeating: "x", count: 900),
        ])
        func `what cannot be done is an error, and changes nothing`(_ text: String) throws {
            try play { scene in
                let client = try GLBClient(scene.control)
                #expect(try client.ask(text + "\n") == "Error\n")
                #expect(try client.ask("getinfo\n").contains("Destinations: 1,"))
                #expect(try serves(scene.balancer.front))
            }
        }

        @Test func `one command for each read, and the server ends no connection`() throws {
            try play { scene in
                let client = try GLBClient(scene.control)
                let text = try client.ask("getinfo\ngetinfo\n")
                #expect(text.hasSuffix(" max\n") && text.split(separator: "\n").count == 6)
                #expect(client.isSilent(for: .milliseconds(300)))
                #expect(try client.ask("getinfo\n") == text)
                // Who says that nothing follows is let go, as by glbd.
                client.endInput()
                #expect(try client.answer() == "")
            }
        }

        @Test func `32 clients are served, the next one is not until another has left`() throws {
            try play { scene in
                var clients = try (0..<GLBControlServer.clientLimit).map { _ in
                    try GLBClient(scene.control)
                }
                for client in clients { #expect(try client.ask("getinfo\n").hasPrefix("Router:")) }
                let extra = try GLBClient(scene.control)
                #expect(try extra.answer() == "")
                clients.removeLast()
                let isServed = try Patience.wait(.seconds(5)) {
                    try GLBClient(scene.control).ask("getinfo\n").hasPrefix("Router:")
                }
                #expect(isServed)
            }
        }

        @Test func `a dead destination is left alone, and the session goes on to the next`() throws
        {
            try play(["default-server blacklist 30s"]) { scene in
                let client = try GLBClient(scene.control)
                // The heaviest, where nobody listens.
                #expect(try client.ask("127.0.0.1:9:9\n") == "Ok\n")
                for _ in 0..<5 { #expect(try serves(scene.balancer.front)) }
                #expect(try scene.balancer.stat("127.0.0.1:9", "wredis") == "1")
                let status = try scene.balancer.report().servers.last
                #expect(status?.check.hasPrefix("a connect failed: no sessions for ") == true)
            }
        }

        @Test func `a FIFO takes commands, answers none, and is gone after the end`() throws {
            let folder = try TemporaryDirectory("fifo")
            let path = folder.path + "/glbd.fifo"
            try play(["glb-fifo \(path)"]) { scene in
                let place = "\(scene.databases[1].endpoint)"
                for text in ["getinfo", "\(place):0.5", "nonsense"] {
                    #expect(
                        try Command.run("sh", ["-c", "echo \(text) >\(path)"]).status == .exited(0)
                    )
                    Patience.pause(.milliseconds(100))
                }
                let isThere = try Patience.wait(.seconds(5)) {
                    try scene.destinations().last?.first == place[...]
                }
                #expect(isThere)
                let mode = try Command.check("stat", ["-c", "%A", path])
                #expect(mode == "prw-------\n")
                scene.balancer.signal(SIGTERM)
                #expect(try scene.balancer.end() == .exited(0))
                #expect(try Command.run("test", ["-e", path]).status == .exited(1))
            }
        }

        @Test func `a port that is taken refuses the start, and a reload that would need it`()
            throws
        {
            try play { scene in
                let taken = try Socket.listener(on: Balancer().front, backlog: 1)
                let place = taken.localEndpoint
                let other = try #require(place)
                try scene.balancer.configure("glb-control \(other)", "server s1 127.0.0.1:9")
                let reload = try scene.balancer.command("reload")
                #expect(reload.status == .exited(1))
                #expect(reload.standardError.contains("glb-control"), "\(reload.standardError)")
                #expect(try scene.destinations().count == 1)
            }
        }
    }
}
