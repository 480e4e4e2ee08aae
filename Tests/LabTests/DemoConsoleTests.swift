import CLinux
import Glibc
import Lab
import LinuxIO
import Testing

@Suite struct DemoConsoleTests {
    @Test func `events are lines with a time and a subject and stay within 80 columns`() throws {
        let lines = try printed(colour: false) { console in
            console.headline("The active node dies")
            console.event("node01", "killed", .bad)
            console.event("client", String(repeating: "word ", count: 30))
            console.result("outage", "41 ms", .good)
        }
        #expect(lines[0] == "" && lines[1] == "The active node dies")
        #expect(lines[2].hasPrefix("  +0.0") && lines[2].hasSuffix("s  node01    killed"))
        #expect(lines[3].contains("client") && lines[4].hasPrefix("                     word"))
        #expect(lines.allSatisfy { $0.count <= 80 })
        #expect(lines.last?.hasSuffix("  41 ms") == true)
    }

    @Test func `colour is there on demand and not in a pipe`() throws {
        let painted = try printed(colour: true) { $0.event("node01", "killed", .bad) }
        #expect(painted[0].hasSuffix("\u{1B}[1;31mkilled\u{1B}[0m"))
        let plain = try printed(colour: nil) { $0.event("node01", "killed", .bad) }
        #expect(plain[0].hasSuffix("node01    killed"))
    }

    private func printed(colour: Bool?, _ body: (DemoConsole) -> Void) throws -> [String] {
        var ends: [Int32] = [-1, -1]
        try #require(unsafe hb_pipe2(&ends, O_CLOEXEC) == 0)
        let (read, write) = (ends[0], ends[1])
        body(DemoConsole(descriptor: write, colour: colour))
        close(write)
        defer { close(read) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe Glibc.read(read, &buffer, buffer.count)
        let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map(String.init)
    }
}
