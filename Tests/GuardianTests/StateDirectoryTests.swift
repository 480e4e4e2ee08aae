import Glibc
import Guardian
import Lab
import LinuxIO
import Testing

@Suite struct StateDirectoryTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory("state") }

    private func path(_ name: String) -> String { directory.path + "/" + name }

    private func mode(_ path: String) throws -> UInt32 {
        var status = stat()
        try SystemCall.run("stat", path) { unsafe stat(path, &status) }
        return status.st_mode & 0o777
    }

    @Test func `a directory is made with its parents, and a second time nothing happens`() throws {
        let deep = path("a/b/c")
        try StateDirectory.make(deep)
        try StateDirectory.make(deep)
        #expect(try mode(deep) & 0o700 == 0o700)
        try StateDirectory.write("7", to: deep + "/epoch")
        #expect(StateDirectory.read(deep + "/epoch") == "7")
    }

    @Test func `a file is replaced as a whole, and no other name is left behind`() throws {
        try StateDirectory.write("a longer text", to: path("epoch"))
        try StateDirectory.write("16", to: path("epoch"))
        #expect(try TextFile.read(path("epoch")) == "16\n")
        #expect(try Command.check("ls", ["-A", directory.path]) == "epoch\n")
    }

    @Test(arguments: [("42\n", "42"), ("  42 \n", "42"), ("", ""), ("\n", ""), ("4 2", "4")])
    func `white space around a text does not count`(content: String, text: String) throws {
        try TextFile.write(content, to: path("epoch"))
        #expect(StateDirectory.read(path("epoch")) == text)
    }

    @Test func `what is not there reads as nothing, and is removed already`() throws {
        #expect(StateDirectory.read(path("epoch")) == nil)
        try StateDirectory.remove(path("epoch"))
        try StateDirectory.write("on", to: path("maintenance"))
        try StateDirectory.remove(path("maintenance"))
        #expect(StateDirectory.read(path("maintenance")) == nil)
    }

    @Test func `what cannot be written is an error with the path, and the old text stays`() throws {
        // Root may write anywhere, but not below a file, nor to the kernel's own files.
        try StateDirectory.write("1", to: path("file"))
        let below = #expect(throws: SystemError.self) {
            try StateDirectory.write("2", to: path("file/epoch"))
        }
        #expect(below?.errno == ENOTDIR)
        #expect(below?.subject.hasPrefix(path("file/epoch")) == true)
        #expect(throws: SystemError.self) { try StateDirectory.make(path("file/below")) }
        #expect(throws: SystemError.self) { try StateDirectory.make("/proc/no-such-directory") }
        #expect(StateDirectory.read(path("file")) == "1")
    }

    @Test func `of a file that is too long only the beginning is read`() throws {
        try TextFile.write(String(repeating: "9", count: 100_000), to: path("epoch"))
        #expect(StateDirectory.read(path("epoch"))?.utf8.count == 4096)
    }
}
