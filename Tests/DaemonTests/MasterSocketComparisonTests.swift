import CLinux
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

/// `-S` beside `haproxy -W -S`: what scripts say there, and what they are told.
extension BalancerSuites {
    @Suite struct MasterSocketComparisonTests {
        /// All that comes back for these lines.
        private func exchange(_ path: String, _ lines: String) throws -> String {
            let raw = try SystemCall.run("socket") {
                socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            }
            let descriptor = OwnedDescriptor(adopting: raw)
            try SystemCall.run("connect", path) { unsafe hb_unix_connect(raw, path) }
            return try exchange(Socket(adopting: descriptor), lines)
        }

        private func exchange(_ socket: consuming Socket, _ lines: String) throws -> String {
            let raw = socket.descriptor.raw
            _ = hb_set_nonblocking(raw, 1)
            try socket.send(Array(lines.utf8))
            try SystemCall.run("shutdown") { shutdown(raw, Int32(SHUT_WR)) }
            var bytes: [UInt8] = []
            while Poll.wait(of: [raw], until: .now + .seconds(5)) {
                guard let more = try socket.receive(limit: 65_536) else { continue }
                if more.isEmpty { break }
                bytes += more
            }
            return String(decoding: bytes, as: UTF8.self)
        }

        /// Without what differs from process to process, and with single blanks.
        private func plain(_ text: String, _ pids: [Int32], _ version: String) -> String {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                line.split(separator: " ").map { word in
                    if let index = pids.firstIndex(where: { ["\($0)", "\($0)>"].contains(word) }) {
                        return "pid\(index)\(word.hasSuffix(">") ? ">" : "")"
                    }
                    if word == version { return "version" }
                    return word.hasPrefix("0d00h00m") ? "uptime" : String(word)
                }.joined(separator: " ")
            }
            return lines.joined(separator: "\n")
        }

        private func workers(of master: Int32) throws -> [Int32] {
            try TextFile.read("/proc/\(master)/task/\(master)/children").split(separator: " ")
                .compactMap { Int32($0) }
        }

        @Test func `what is said and told is as there`() throws {
            let server = try database("one")
            defer { server.stop() }
            let directory = try TemporaryDirectory("master")
            let (ours, theirs) = (directory.path + "/ours", directory.path + "/theirs")
            let line = "server s1 \(server.endpoint)"
            let balancer = try Balancer()
            try balancer.configure(line)
            try balancer.start(arguments: ["-S", ours + ",mode,600,level,admin"])
            let haproxy = try HAProxy(
                [
                    "defaults", "    timeout connect 2s", "    timeout client 8h",
                    "    timeout server 8h", "listen db", "    bind \(Balancer().front)",
                    "    " + line,
                ],
                arguments: ["-W", "-S", theirs]
            )
            let guardian = try #require(balancer.process?.pid)
            let ourVersion = try balancer.ask("show", "version").dropLast()
            let theirVersion = try haproxy.ask("show", "version").dropLast()
            func compare(_ lines: String) throws {
                let our = try plain(
                    exchange(ours, lines),
                    [guardian] + workers(of: guardian),
                    String(ourVersion)
                )
                let their = try plain(
                    exchange(theirs, lines),
                    [haproxy.pid] + workers(of: haproxy.pid),
                    String(theirVersion)
                )
                #expect(our == their, "\(lines)")
            }
            let all = [
                "show proc", "@master show proc", "@0 show proc", "@ show version",
                "show version; show proc", "@1 get weight db/s1", "@1 set weight db/s1 7",
                "@1 get weight db/s1; show version", "@1; get weight db/s1; show version",
                "@1\nget weight db/s1\nget weight db/x", "@2 show version", "@foo show version",
                "@!1 show version", "show cli level", "@1 show cli level", "quit",
                "operator; show cli level; @1 show cli level", "user; reload", "@master",
                "user; @1 disable server db/s1", "@1 disable server db/s1; @1 enable server db/s1",
                "show version\nshow version", "prompt\nshow version\n@1\nget weight db/s1\n@\nquit",
            ]
            // Theirs starts itself anew once its worker runs.
            let isThere = Patience.wait(.seconds(5)) {
                (try? exchange(theirs, "show proc\n"))?.contains("worker") == true
            }
            #expect(isThere)
            for lines in all { try compare(lines + "\n") }
            for (path, version, master) in [
                (ours, ourVersion, guardian), (theirs, theirVersion, haproxy.pid),
            ] {
                let worker = try #require(try workers(of: master).first)
                #expect(try exchange(path, "@!\(worker) show version\n") == version + "\n\n")
                #expect(try exchange(path, "@!\(master) show version\n").hasPrefix("Can't find"))
            }
            // Reloads: none that fails, one that fails, and none again.
            let session = try TestClient(balancer.front)
            #expect(try session.isServed())
            let path = haproxy.configurationPath
            let good = try (TextFile.read(balancer.configurationPath), TextFile.read(path))
            for end in ["", "nonsense\n", ""] {
                try TextFile.write(good.0 + end, to: balancer.configurationPath)
                try TextFile.write(good.1 + end, to: path)
                #expect(try exchange(ours, "reload\n") == "")
                #expect(try exchange(theirs, "reload\n") == "")
                // Theirs answers before it has begun, and a new worker is under way for a moment.
                let isLoaded = Patience.wait(.seconds(5)) {
                    guard let text = try? exchange(theirs, "show proc\n"),
                        (try? workers(of: haproxy.pid).count) == 1
                    else { return false }
                    return !text.contains("old workers") && text.contains("# workers")
                }
                #expect(isLoaded)
                try compare("show proc\n")
                try compare("prompt\nquit\n")
            }
            #expect(session.isSilent(for: .zero))
            #expect(balancer.log.contains("reload refused"))
        }

        @Test func `it may be an internet address, for users that may only look`() throws {
            try withBalancer { balancer in
                balancer.signal(SIGTERM)
                #expect(try balancer.end() == .exited(0))
                let place = try Balancer().front
                try balancer.start(arguments: ["-S", "\(place),level,user"])
                func ask(_ line: String) throws -> String {
                    let socket = try Socket(.stream, for: place.address)
                    try socket.connect(to: place)
                    _ = Poll.wait(
                        for: .writable,
                        of: [socket.descriptor.raw],
                        until: .now + .seconds(1)
                    )
                    return try exchange(socket, line + "\n")
                }
                // The sockets are opened one after the other.
                func isThere() -> Bool {
                    Patience.wait(.seconds(5)) { (try? ask("show version")) != nil }
                }
                #expect(isThere())
                #expect(try ask("@1 show cli level") == "user\n\n")
                #expect(try ask("reload") == "Permission denied\n\n")
                #expect(try ask("show proc").contains("# workers\n"))
                // As a 'stats socket' may.
                balancer.signal(SIGTERM)
                #expect(try balancer.end() == .exited(0))
                let line = "stats socket \(place) level user"
                try balancer.configure("server s1 127.0.0.1:9", global: [line])
                try balancer.start()
                #expect(isThere())
                #expect(try ask("show cli level") == "user\n\n")
            }
        }

        @Test func `HAProxy's form knows it, and what it cannot be is told`() throws {
            try withBalancer { balancer in
                let path = balancer.configurationPath
                for (option, text) in [
                    ("/run/x.sock,bogus", "-S: unknown option 'bogus'"),
                    ("/run/x.sock,mode,999", "-S: '999' is not an octal mode"),
                    ("x.sock", "-S: "),
                ] {
                    let result = try Command.run(
                        BinaryLocator.path,
                        ["-Ws", "-f", path, "-S", option]
                    )
                    #expect(result.status == .exited(2))
                    #expect(result.standardError.contains(text), "\(result.standardError)")
                }
                let good = try Command.run(
                    BinaryLocator.path,
                    ["-c", "-Ws", "-f", path, "-S", "/run/x.sock,mode,600"]
                )
                #expect(good.status == .exited(0), "\(good.standardError)")
            }
        }
    }
}
