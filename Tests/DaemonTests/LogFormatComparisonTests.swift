import Glibc
import Lab
import LinuxIO
import NIOCore
import NIOPosix
import Primitives
import Testing

/// `log-format` and `accept-proxy` beside Debian's HAProxy: the same clients, the same lines.
extension BalancerSuites {
    @Suite struct LogFormatComparisonTests {
        private static let logging = ["log stdout format raw local0"]

        private static let formats = [
            "%ci:%cp fi=%fi fp=%fp si=%si sp=%sp B=%B U=%U b=%b s=%s f=%f ft=%ft ts=%ts rc=%rc",
            "%{+X}o ci=%ci cp=%cp fi=%fi fp=%fp si=%si sp=%sp B=%B s=%s rc=%rc lc=%lc",
            "%{+Q}o ci=%ci cp=%cp s=%s b=%b ts=%ts ID=%ID %{-Q}s 100%% %{+Q,+X}ci [%{-Q}b]  x",
            "  %{+E}o %hr%s b]   two %[src] %[dst_port] %sslv %ST ac=%ac/%fc/%bc/%sc %sq/%bq",
            "N:%ms Ts=%Ts t=%t T=%T Tl=%Tl H=%H pid=%pid bi=%bi bp=%bp",
            "N:Th=%Th Tw=%Tw Tc=%Tc Td=%Td Tt=%Tt Tu=%Tu",
        ]

        private static let version2: [UInt8] =
            Array("\r\n\r\n\0\r\nQUIT\n".utf8) + [0x21, 0x11, 0, 12]

        private static let headers: [[UInt8]] = [
            Array("PROXY TCP4 1.2.3.4 5.6.7.8 1111 3306\r\n".utf8),
            Array("PROXY UNKNOWN\r\n".utf8),
            Array("PROXY TCP6 ::1 fe80::2 1111 3306\r\n".utf8),
            version2 + [9, 8, 7, 6, 5, 4, 3, 2, 1, 2, 3, 4],
        ]

        @Test(arguments: formats) func `a line is HAProxy's`(_ format: String) throws {
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            defer { try? group.syncShutdownGracefully() }
            let server = try AnswerServer(.text("answer"), on: group)
            defer { server.close() }
            let both = try SideBySide(
                Self.logging + [
                    "log-format \"\(format)\"", "server s \(server.endpoint)",
                    "server gone 127.0.0.1:9 backup",
                ],
                bind: "accept-proxy"
            )
            for (index, header) in Self.headers.enumerated() {
                for front in both.fronts {
                    let question = header + Array("question\r\n\r\n".utf8)
                    // The same end for both.
                    let end = try talk(to: front, question, from: 0x2A2A + UInt16(index))
                    #expect(end == .closed)
                }
            }
            try compare(both, count: Self.headers.count)
        }

        @Test func `what is not there is a dash, or nothing between quotes`() throws {
            let both = try SideBySide(
                Self.logging + [
                    "log-format \"%si %sp %bi %bp %s %b %{+Q}si %{+Q}bi %{+Q}s %Tw %Tc %Td %ts\""
                ]
            )
            for front in both.fronts { _ = try talk(to: front, []) }
            try compare(both, count: 1)
        }

        private static let faulty: [(name: String, bytes: [UInt8])] = [
            ("nothing", []), ("three letters", Array("PRO".utf8)),
            ("garbage", Array("GET / HTTP/1.0\r\n\r\n".utf8)),
            ("another protocol", Array("PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\nabc".utf8)),
            ("IPv4 as IPv6", Array("PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\nabc".utf8)),
            ("bare line end", Array("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\nabc".utf8)),
            ("two spaces", Array("PROXY TCP4  1.2.3.4 5.6.7.8 1 2\r\nabc".utf8)),
            ("a space at the end", Array("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 \r\nabc".utf8)),
            ("half of version 2", version2 + [1, 2]),
            (
                "another family",
                version2.dropLast(3) + [0x12, 0, 12] + [UInt8](repeating: 1, count: 12)
            ),
            ("too short", version2.dropLast() + [3, 1, 2, 3]),
        ]

        @Test(arguments: ["", "name told"], [[], ["option dontlognull"]])
        func `who does not say well who it is is turned away alike`(
            _ name: String,
            _ options: [String]
        ) throws {
            let server = try database("one")
            defer { server.stop() }
            let both = try SideBySide(
                Self.logging + options
                    + ["option tcplog", "timeout client 700ms", "server s \(server.endpoint)"],
                bind: "accept-proxy \(name)"
            )
            for (name, bytes) in Self.faulty {
                let ends = try both.fronts.map { try talk(to: $0, bytes) }
                #expect(ends[0] == ends[1], "\(name)")
            }
            // One of them waits for more than it gets; one goes.
            let waiting = try both.fronts.map { try talk(to: $0, [], saysEnd: false) }
            #expect(waiting == [.closed, .closed])
            for front in both.fronts {
                resetOnClose(try connected(front))
            }
            let silent = options.isEmpty ? 0 : 3
            try compare(both, count: Self.faulty.count + 2 - silent)
            let (ours, theirs) = try both.statistics { table in
                ["scur", "stot", "conn_tot", "bin", "bout"].map {
                    table.field("db", "FRONTEND", $0)
                }
            }
            #expect(ours == theirs)
            let errors = try both.statistics { $0.field("db", "FRONTEND", "ereq") }
            #expect(errors.0 == "\(Self.faulty.count + 2)")
            // Those count among the connections that were.
            _ = (
                try both.balancer.ask("shutdown", "frontend", "db"),
                try both.haproxy.ask("shutdown", "frontend", "db")
            )
            func farewell(_ log: String) -> Substring? {
                log.firstMatch(of: #/Proxy db stopped \(cumulated conns: FE: \d+, BE: \d+\)/#)?
                    .output
            }
            let isTold = Patience.wait(.seconds(3)) { farewell(both.haproxy.log) != nil }
            #expect(isTold && farewell(both.balancer.log) == farewell(both.haproxy.log))
        }

        private enum End: Equatable {
            case closed
            case reset
        }

        private func connected(_ front: Endpoint, from port: UInt16 = 0) throws -> Socket {
            let socket = try Socket(.stream, for: front.address)
            try socket.set(SOL_SOCKET, SO_REUSEADDR, 1)
            try socket.bind(to: Endpoint(.v4(0x7F00_0007), port))
            try socket.connect(to: front)
            let raw = [socket.descriptor.raw]
            #expect(Poll.wait(for: .writable, of: raw, until: .now + .seconds(5)))
            return socket
        }

        private func resetOnClose(_ socket: consuming Socket) {
            var option = linger(l_onoff: 1, l_linger: 0)
            let size = socklen_t(MemoryLayout<linger>.size)
            let raw = socket.descriptor.raw
            _ = unsafe setsockopt(raw, SOL_SOCKET, SO_LINGER, &option, size)
        }

        /// Sends, says that this was all, and waits for the end.
        private func talk(
            to front: Endpoint,
            _ bytes: [UInt8],
            from port: UInt16 = 0,
            saysEnd: Bool = true
        ) throws -> End {
            let socket = try connected(front, from: port)
            let raw = socket.descriptor.raw
            if !bytes.isEmpty { try socket.send(bytes) }
            if saysEnd { _ = shutdown(raw, Int32(SHUT_WR)) }
            let deadline = Instant.now + .seconds(5)
            while Poll.wait(of: [raw], until: deadline) {
                do throws(SystemError) {
                    if try socket.receive(limit: 4096)?.isEmpty == true { return .closed }
                } catch {
                    return .reset
                }
            }
            throw LabError("no end from \(front)")
        }

        /// The last lines of both, but for what no two runs have in common.
        private func compare(_ both: SideBySide, count: Int) throws {
            func lines(_ log: String, _ front: Endpoint) -> [String] {
                log.split(separator: "\n").map(String.init)
                    .filter { !$0.contains("NOTICE") && !$0.contains("Server db/") }
                    .map { Self.masked($0, front) }
            }
            var ours: [String] = []
            var theirs: [String] = []
            let isSame = Patience.wait(.seconds(5)) {
                ours = lines(both.balancer.log, both.balancer.front).suffix(count)
                theirs = lines(both.haproxy.log, both.haproxyFront).suffix(count)
                return ours == theirs && ours.count == count
            }
            #expect(isSame, "\(ours) \(theirs)")
        }

        private static func masked(_ line: String, _ front: Endpoint) -> String {
            let hex = String(front.port, radix: 16, uppercase: true)
            var text = line.replacing(#/(fp=| )([0-9]+|[0-9A-F]{4})\b/#) { match in
                let port = match.output.2
                return port == "\(front.port)" || port == hex
                    ? "\(match.output.1)PORT" : "\(match.output.0)"
            }
            text = text.replacing(#/ \[[^\]]*\] /#, with: " [TIME] ")
            text = text.replacing(#/127\.0\.0\.7:[0-9]+/#, with: "CLIENT")
            return text.hasPrefix("N:") ? text.replacing(#/[0-9]+/#, with: "N") : text
        }
    }
}
