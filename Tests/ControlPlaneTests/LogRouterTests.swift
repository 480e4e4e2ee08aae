import CLinux
import ControlPlane
import Glibc
import LinuxIO
import Primitives
import Testing

/// Lines as a syslog daemon receives them, on real sockets.
struct LogRouterTests {
    /// 2026-11-02 13:49:14.378 UTC
    private static let time = WallTime(nanosecondsSinceEpoch: 1_793_627_354_378_000_000)
    private static let loopback = IPAddress.v4(0x7F00_0001)

    /// A UDP socket on a free port that shows what arrives.
    private struct Receiver: ~Copyable {
        let socket: Socket
        let endpoint: Endpoint

        init() throws {
            let socket = try Socket(.datagram, for: loopback)
            try socket.bind(to: Endpoint(loopback, 0))
            let bound = socket.localEndpoint
            endpoint = try #require(bound)
            self.socket = socket
        }

        /// The next datagram; nil when none is there: loopback delivers within the send call.
        func next() -> String? { LogRouterTests.next(socket.descriptor.raw) }
    }

    private static func next(_ raw: Int32) -> String? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe recv(raw, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    private static func router(_ targets: [LogTarget]) throws -> LogRouter {
        try LogRouter(targets, pid: 11_646)
    }

    @Test
    func `a line is HAProxy's but for the name`() throws {
        let receiver = try Receiver()
        let router = try Self.router([LogTarget(.udp(receiver.endpoint), facility: .local0)])
        router.log(.info, "127.0.0.1:44392 galera/galera-node01", time: Self.time)
        let stamp = Self.time.local.syslog
        #expect(
            receiver.next()
                == "<134>\(stamp) ha-balancer[11646]: 127.0.0.1:44392 galera/galera-node01\n"
        )
        #expect(router.droppedCount == 0)
    }

    @Test(arguments: [
        (LogFormat.local, "<129>TIME ha-balancer[11646]: text\n"),
        (
            .rfc3164(hostName: "haproxy-node01"),
            "<129>TIME haproxy-node01 ha-balancer[11646]: text\n"
        ),
        (.short, "<1>text\n"),
        (.raw, "text\n"),
    ])
    func `each format has its own dress`(format: LogFormat, line: String) throws {
        let receiver = try Receiver()
        let target = LogTarget(.udp(receiver.endpoint), facility: .local0, format: format)
        try Self.router([target]).log(.alert, "text", time: Self.time)
        #expect(receiver.next() == line.replacing("TIME", with: Self.time.local.syslog))
    }

    @Test(arguments: Severity.allCases)
    func `what is less serious than the target's level is left out`(_ severity: Severity) throws {
        let receiver = try Receiver()
        let target = LogTarget(
            .udp(receiver.endpoint),
            facility: .daemon,
            format: .raw,
            maximumLevel: .notice
        )
        try Self.router([target]).log(severity, "text")
        #expect((receiver.next() != nil) == (severity.rawValue <= 5))
    }

    @Test
    func `what is more serious than the least level is sent with that level`() throws {
        let receiver = try Receiver()
        let target = LogTarget(
            .udp(receiver.endpoint),
            facility: .local0,
            format: .short,
            minimumLevel: .error
        )
        let router = try Self.router([target])
        router.log(.emergency, "no server left")
        router.log(.info, "session")
        #expect(receiver.next() == "<3>no server left\n")
        #expect(receiver.next() == "<6>session\n")
    }

    @Test
    func `only the chosen targets get a line`() throws {
        let first = try Receiver()
        let second = try Receiver()
        let router = try Self.router(
            [first.endpoint, second.endpoint].map {
                LogTarget(.udp($0), facility: .local0, format: .raw)
            }
        )
        router.log(.info, "for the second", targets: LogTargets(position: 1))
        router.log(.info, "for both")
        router.log(.info, "for nobody", targets: [])
        #expect(first.next() == "for both\n")
        #expect(second.next() == "for the second\n")
        #expect(second.next() == "for both\n")
        #expect(first.next() == nil && second.next() == nil)
    }

    @Test
    func `a line break in a text cannot forge a second line`() throws {
        let receiver = try Receiver()
        let target = LogTarget(.udp(receiver.endpoint), facility: .local0, format: .raw)
        try Self.router([target]).log(.info, "one\n<128>Nov 22 two\r\u{1B}[31m\u{0}")
        #expect(receiver.next() == "one <128>Nov 22 two  [31m \n")
    }

    @Test
    func `a long line is cut to the target's length`() throws {
        let receiver = try Receiver()
        let target = LogTarget(
            .udp(receiver.endpoint),
            facility: .local0,
            format: .raw,
            maximumLength: 100
        )
        try Self.router([target]).log(.info, String(repeating: "x", count: 5000))
        #expect(receiver.next() == String(repeating: "x", count: 99) + "\n")
    }

    @Test
    func `a local syslog daemon gets datagrams, also after it was restarted`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/log"
        let target = LogTarget(.unixDatagram(path: path), facility: .local0, format: .raw)
        let router = try Self.router([target])
        router.log(.info, "lost: it is not there yet")
        for life in 1...2 {
            let raw = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            defer {
                close(raw)
                unsafe unlink(path)
            }
            try SystemCall.run("bind", path) { unsafe hb_unix_bind(raw, path) }
            router.log(.info, "life \(life)")
            #expect(Self.next(raw) == "life \(life)\n")
        }
        #expect(router.droppedCount == 1)
    }

    @Test
    func `a syslog daemon that does not read loses lines, never stalls us`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/log"
        let raw = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(raw) }
        try SystemCall.run("bind", path) { unsafe hb_unix_bind(raw, path) }
        let router = try Self.router([LogTarget(.unixDatagram(path: path), facility: .local0)])
        let start = Instant.now
        for number in 0..<5000 { router.log(.info, "line \(number)") }
        #expect(router.droppedCount > 0 && router.droppedCount < 5000)
        #expect(Instant.now - start < .seconds(5))
    }

    @Test
    func `a pipe that nobody empties loses lines, never stalls us, and keeps its flags`() throws {
        var ends: [Int32] = [0, 0]
        try SystemCall.run("pipe") { unsafe pipe(&ends) }
        defer { ends.forEach { close($0) } }
        let sink = try LogSink(stream: ends[1], "pipe")
        var sent = 0
        while sink.send(Array("line\n".utf8)) { sent += 1 }
        // A pipe holds 64 KiB in pages; a line does not cross them.
        #expect((10_000...65_536 / 5).contains(sent))
        var bytes = [UInt8](repeating: 0, count: 10)
        #expect(unsafe read(ends[0], &bytes, 10) == 10)
        #expect(String(decoding: bytes, as: UTF8.self) == "line\nline\n")
        // The other users of the pipe must not find it non-blocking.
        var pollable = pollfd(fd: ends[1], events: Int16(POLLOUT), revents: 0)
        #expect(unsafe poll(&pollable, 1, 0) == 0)
    }

    @Test
    func `a file that others write too keeps everybody's lines`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/out"
        let file = try SystemCall.run("creat", path) { unsafe creat(path, 0o600) }
        defer { close(file) }
        let sink = try LogSink(stream: file, path)
        #expect(sink.send(Array("one\n".utf8)))
        #expect(unsafe write(file, "two\n", 4) == 4)
        #expect(sink.send(Array("three\n".utf8)))
        let reader = try SystemCall.run("open", path) { unsafe open(path, O_RDONLY) }
        defer { close(reader) }
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = unsafe read(reader, &bytes, bytes.count)
        #expect(String(decoding: bytes.prefix(count), as: UTF8.self) == "one\ntwo\nthree\n")
    }

    @Test
    func `a socket as standard output, as under systemd, works too`() throws {
        var ends: [Int32] = [0, 0]
        try SystemCall.run("socketpair") {
            unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
        }
        defer { ends.forEach { close($0) } }
        let sink = try LogSink(stream: ends[1], "journal")
        #expect(sink.send(Array("line\n".utf8)))
        #expect(Self.next(ends[0]) == "line\n")
        var count = 0
        while sink.send(Array("line\n".utf8)) { count += 1 }
        #expect(count > 0)
    }

    @Test(arguments: Facility.allCases)
    func `every facility has its word and number`(_ facility: Facility) {
        #expect(Facility(keyword: "\(facility)") == facility)
        #expect(facility.priority(.debug) == facility.rawValue * 8 + 7)
    }

    @Test(arguments: Severity.allCases)
    func `every level has HAProxy's word`(_ severity: Severity) {
        #expect(Severity(keyword: severity.keyword) == severity)
    }
}
