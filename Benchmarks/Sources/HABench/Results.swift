internal import FoundationEssentials
internal import Glibc

/// All that a run has found, as it is kept in a file.
struct Results: Codable {
    struct Entry: Codable {
        var row: Row
        /// By contender, in the order of the rounds.
        var values: [String: [Double]] = [:]
    }

    /// What has to be the same for two runs to be compared.
    struct Setting: Codable, Equatable, CustomStringConvertible {
        var kernel: String
        var cpus: Int
        var rounds: Int
        var seconds: Double
        var sessionLimit: Int

        var description: String {
            """
            Linux \(kernel), \(cpus) CPUs, maxconn \(sessionLimit), medians of \(rounds), \
            \(seconds.fixed(1)) s each
            """
        }
    }

    var version = 1
    var date: String
    var setting: Setting
    /// By program.
    var versions: [String: String]
    var contenders: [String]
    var entries: [Entry] = []
    /// Contenders that this machine does not have.
    var leftOut: [String] = []
    /// Errors of the load, contenders that did not start or died.
    var failures: [String] = []

    /// - Parameter value: `nil` when there is no such figure of this contender: the row has its
    ///   place all the same.
    mutating func add(_ row: Row, _ contender: Contender, _ value: Double?) {
        let index =
            entries.firstIndex { $0.row == row }
            ?? {
                entries.append(Entry(row: row))
                return entries.count - 1
            }()
        if let value, value.isFinite {
            entries[index].values[contender.name, default: []].append(value)
        }
    }

    mutating func leaveOut(_ contender: Contender, _ reason: String) {
        leftOut.append("\(contender.name): \(reason)")
        Console.note("\(contender.name) is left out: \(reason)")
    }

    mutating func fail(_ contender: Contender, _ reason: String) {
        failures.append("\(contender.name): \(reason)")
        Console.note("\(contender.name): \(reason)")
    }

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let text = String(decoding: try encoder.encode(self), as: UTF8.self)
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            _ = unsafe mkdir(String(path[..<slash]), 0o755)
        }
        try System.write(text + "\n", to: path)
    }

    static func read(_ path: String) throws -> Results {
        guard let text = System.read(path) else {
            throw BenchError("\(path): \(System.reason())")
        }
        do {
            return try JSONDecoder().decode(Results.self, from: Data(text.utf8))
        } catch {
            throw BenchError("\(path) is no result of ha-bench: \(error)")
        }
    }

    static func timestamp() -> String {
        var now = time(nil)
        var parts = unsafe tm()
        _ = unsafe gmtime_r(&now, &parts)
        var text = [CChar](repeating: 0, count: 32)
        let count = unsafe strftime(&text, text.count, "%Y%m%dT%H%M%SZ", &parts)
        return String(decoding: text.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
