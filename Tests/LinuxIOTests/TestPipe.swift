import CLinux
import Glibc
import LinuxIO
import Testing

/// A close-on-exec pipe of a test.
final class TestPipe {
    let read: OwnedDescriptor
    private var write: OwnedDescriptor?

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(unsafe hb_pipe2(&ends, O_CLOEXEC) == 0)
        read = OwnedDescriptor(adopting: ends[0])
        write = OwnedDescriptor(adopting: ends[1])
    }

    var writeEnd: Int32 { write?.raw ?? -1 }

    func closeWriteEnd() { write = nil }

    /// What arrives up to the first newline or the end; gives up after 10 s of silence.
    func line() -> String {
        var bytes: [UInt8] = []
        while bytes.last != UInt8(ascii: "\n") {
            var entry = pollfd(fd: read.raw, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&entry, 1, 10_000) == 1 else { return "nothing for 10 s" }
            var byte: UInt8 = 0
            guard unsafe Glibc.read(read.raw, &byte, 1) == 1 else { break }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
