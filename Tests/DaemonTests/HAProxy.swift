import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

/// Debian's HAProxy on loopback, in a directory of its own: what this program is compared with.
///
/// Letting go of the object kills it.
final class HAProxy {
    private let directory: TemporaryDirectory
    let configurationPath: String
    private var process: ChildProcess?

    /// Writes the configuration and starts it; it answers when this returns.
    /// - Parameters:
    ///   - sections: all but `global`
    ///   - global: more lines of that
    ///   - arguments: of its command line
    init(_ sections: [String], global: [String] = [], arguments: [String] = ["-db"]) throws {
        directory = try TemporaryDirectory("haproxy")
        let text =
            ["global", "    stats socket \(directory.path)/admin.sock mode 600 level admin"]
            + global.map { "    " + $0 } + sections
        configurationPath = directory.path + "/t.cfg"
        try TextFile.write(text.joined(separator: "\n") + "\n", to: configurationPath)
        let raw = try SystemCall.run("open", directory.path) {
            unsafe open(directory.path + "/log", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        }
        let log = OwnedDescriptor(adopting: raw)
        let process = try ChildProcess.spawn(
            "haproxy",
            arguments + ["-f", configurationPath],
            descriptors: [1: log.raw, 2: log.raw],
            newProcessGroup: true
        )
        self.process = process
        let isUp = Patience.wait(.seconds(10)) {
            process.tryWait() != nil || (try? ask("show", "version")) != nil
        }
        try #require(isUp && process.tryWait() == nil, "HAProxy does not run:\n\(self.log)")
    }

    deinit {
        // A master has a worker.
        process?.killGroup(SIGKILL)
        process?.wait()
    }

    var pid: Int32 { process?.pid ?? -1 }

    var log: String { (try? TextFile.read(directory.path + "/log")) ?? "" }

    /// The answer of the runtime API.
    func ask(_ words: String...) throws -> String { try ask(words) }

    func ask(_ words: [String]) throws -> String {
        try RuntimeAPIClient(path: directory.path + "/admin.sock").request(words)
    }
}

/// `show stat` by the names of its columns.
struct StatTable {
    private let header: [String]
    private let rows: [[String]]

    init(_ text: String) {
        let lines = text.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        header = lines.first ?? []
        rows = Array(lines.dropFirst())
    }

    /// A star before it tells that a check is running: left out.
    func field(_ proxy: String, _ service: String, _ column: String) -> String? {
        guard let index = header.firstIndex(of: column),
            let row = rows.first(where: { $0.count > index && $0[0] == proxy && $0[1] == service })
        else { return nil }
        return row[index].hasPrefix("* ") ? String(row[index].dropFirst(2)) : row[index]
    }
}
