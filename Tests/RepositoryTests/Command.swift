import Glibc

/// A program of this machine, run to its end.
struct Command {
    struct Result {
        /// As a shell has it: 0 is success, 127 is "no such program".
        let status: Int32
        /// What it wrote to standard output and standard error.
        let output: String
    }

    private let words: [String]

    init(_ words: String..., also: () -> [String] = { [] }) {
        self.words = words + also()
    }

    func run() -> Result {
        let line = words.map(Self.quoted).joined(separator: " ") + " 2>&1 </dev/null"
        guard let stream = unsafe popen(line, "r") else { return Result(status: -1, output: "") }
        let output = unsafe text(of: stream)
        let waited = unsafe pclose(stream)
        let status = waited & 0x7F == 0 ? (waited >> 8) & 0xFF : 128 + (waited & 0x7F)
        return Result(status: status, output: output)
    }

    private static func quoted(_ word: String) -> String {
        "'"
            + word.split(separator: "'", omittingEmptySubsequences: false).joined(
                separator: "'\\''"
            )
            + "'"
    }
}

/// All that is left to read of an open stream.
@unsafe func text(of stream: UnsafeMutablePointer<FILE>) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
        // `fread` writes at most `chunk.count` bytes, into memory that lives through the call.
        let count = unsafe fread(&chunk, 1, chunk.count, stream)
        guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
        bytes += chunk[..<count]
    }
}
