import ControlPlane
import Glibc
import LinuxIO
import Testing

struct StatusWatchTests {
    @Test
    func `a frame paints from the corner and erases what was there`() {
        let frame = StatusWatch.frame("one\n\ntwo\n", rows: 0)
        #expect(frame == "\u{1B}[Hone\u{1B}[K\r\n\u{1B}[K\r\ntwo\u{1B}[K\u{1B}[J")
    }

    @Test
    func `a text higher than the terminal is cut and says so`() {
        let frame = StatusWatch.frame("1\n2\n3\n4\n5\n", rows: 3)
        #expect(frame.contains("\u{1B}[H1\u{1B}[K\r\n2\u{1B}[K\r\n… 3 more lines\u{1B}[K"))
        #expect(StatusWatch.frame("1\n2\n3\n", rows: 3).contains("3\u{1B}[K\u{1B}[J"))
    }

    /// Runs a watch over a pipe until the signal that its third text raises; what it wrote.
    private static func run(isTerminal: Bool, signal: Int32) async throws -> (String, Int) {
        try await offPool {
            var ends: [Int32] = [0, 0]
            try SystemCall.run("pipe") { unsafe pipe(&ends) }
            defer { close(ends[0]) }
            var painted = 0
            StatusWatch(descriptor: ends[1], isTerminal: isTerminal).run(each: .milliseconds(5)) {
                painted += 1
                // To this thread, which blocks it until it waits.
                if painted == 3 { raise(signal) }
                return "text \(painted)\n"
            }
            close(ends[1])
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = unsafe read(ends[0], &bytes, bytes.count)
            return (String(decoding: bytes.prefix(count), as: UTF8.self), painted)
        }
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func `a signal ends it and the terminal is as it was`(_ signal: Int32) async throws {
        let (output, painted) = try await Self.run(isTerminal: true, signal: signal)
        #expect(painted == 3)
        #expect(output.hasPrefix(StatusWatch.enter + "\u{1B}[Htext 1\u{1B}[K\u{1B}[J"))
        #expect(output.hasSuffix("text 3\u{1B}[K\u{1B}[J" + StatusWatch.leave))
    }

    @Test
    func `without a terminal there is no control sequence`() async throws {
        let (output, _) = try await Self.run(isTerminal: false, signal: SIGTERM)
        #expect(output == "text 1\n\ntext 2\n\ntext 3\n\n")
    }

    @Test
    func `it ends when nobody reads any more`() async throws {
        let painted = try await offPool {
            signal(SIGPIPE, SIG_IGN)
            var ends: [Int32] = [0, 0]
            try SystemCall.run("pipe") { unsafe pipe(&ends) }
            close(ends[0])
            defer { close(ends[1]) }
            var painted = 0
            StatusWatch(descriptor: ends[1], isTerminal: false).run(each: .milliseconds(5)) {
                painted += 1
                return "text\n"
            }
            return painted
        }
        #expect(painted == 1)
    }
}
