/// Reads a file line by line and hands out the words of each line that has some.
struct Lexer {
    private let file: SourceFile
    private let environment: [String: String]
    private var next = 0
    private var line = 0

    init(_ file: SourceFile, environment: [String: String]) {
        self.file = file
        self.environment = environment
        // A byte order mark, as some editors write it, is no word.
        if file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { next = 3 }
    }

    /// What became of one line.
    enum Outcome: Equatable {
        case words([Word])
        case complaint(Complaint)
    }

    /// A finding about the whole file, before its lines are read.
    func inspect() -> Diagnostic? {
        let start = SourceLocation(file: file.name, line: 1, column: 1)
        if file.bytes.count > ConfigurationLimits.fileBytes {
            let limit = ConfigurationLimits.fileBytes
            return Diagnostic(.error, at: start, "the file is larger than \(limit) bytes")
        }
        guard let last = file.bytes.last, last != UInt8(ascii: "\n") else { return nil }
        let lines = file.bytes.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
        return Diagnostic(
            .warning,
            at: SourceLocation(file: file.name, line: lines, column: 1),
            "the last line has no line feed: the file might have been truncated"
        )
    }

    /// The next line that is not blank, or `nil` at the end of the file.
    mutating func nextLine() -> Outcome? {
        while next < file.bytes.count {
            let end = file.bytes[next...].firstIndex(of: UInt8(ascii: "\n")) ?? file.bytes.endIndex
            var bytes = file.bytes[next..<end]
            next = end + 1
            line += 1
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
            do throws(Complaint) {
                try inspect(bytes)
                var lexer = LineLexer(bytes, file: file.name, line: line, environment: environment)
                let words = try lexer.split()
                if !words.isEmpty { return .words(words) }
            } catch {
                return .complaint(error)
            }
        }
        return nil
    }

    private func inspect(_ bytes: ArraySlice<UInt8>) throws(Complaint) {
        guard bytes.count <= ConfigurationLimits.lineBytes else {
            let limit = ConfigurationLimits.lineBytes
            throw complaint("the line is longer than \(limit) bytes", at: 1)
        }
        var isASCII = true
        for (offset, byte) in bytes.enumerated() {
            if byte >= 0x80 { isASCII = false }
            guard byte != 0, byte != UInt8(ascii: "\r") else {
                let name = byte == 0 ? "NUL byte" : "carriage return"
                let before = bytes.prefix(offset).count { $0 & 0xC0 != 0x80 }
                throw complaint("\(name) inside a line", at: before + 1)
            }
        }
        guard !isASCII else { return }
        var iterator = bytes.makeIterator()
        var decoder = UTF8()
        var column = 1
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue: column += 1
            case .emptyInput: return
            case .error: throw complaint("invalid UTF-8", at: column)
            }
        }
    }

    private func complaint(_ message: String, at column: Int) -> Complaint {
        Complaint(message, at: SourceLocation(file: file.name, line: line, column: column))
    }
}
