/// Splits one line into words by HAProxy's rules (configuration manual §2.2, §2.3).
///
/// Outside quotes and inside weak ones (`"`), a backslash escapes space, `\`, `#`, `"`, `'` and
/// writes `\n \r \t \xNN`; before anything else it stands for itself. Inside strong quotes (`'`)
/// nothing is special. A `$` names an environment variable inside weak quotes only.
struct LineLexer {
    private let bytes: ArraySlice<UInt8>
    private let file: String
    private let line: Int
    private let environment: [String: String]
    private var index: Int
    private var column = 1
    private var words: [Word] = []
    private var word: [UInt8] = []
    /// Where the word began, while there is one: `""` is a word too.
    private var wordStart: Int?
    private var openQuote: (byte: UInt8, column: Int)?
    private var expandedBytes = 0

    /// `bytes` is one line without its line feed, valid UTF-8 and free of NUL.
    init(_ bytes: ArraySlice<UInt8>, file: String, line: Int, environment: [String: String]) {
        self.bytes = bytes
        self.file = file
        self.line = line
        self.environment = environment
        index = bytes.startIndex
    }

    /// The words of the line; none for a blank or comment line.
    mutating func split() throws(Complaint) -> [Word] {
        scan: while let byte = peek(0) {
            switch byte {
            case UInt8(ascii: "#") where openQuote == nil:
                break scan
            case UInt8(ascii: " "), UInt8(ascii: "\t"):
                guard openQuote == nil else { emitNext(); continue }
                try finishWord()
                advance()
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                quote(byte)
            case UInt8(ascii: "\\") where openQuote?.byte != UInt8(ascii: "'"):
                try escape()
            case UInt8(ascii: "$") where openQuote?.byte == UInt8(ascii: "\""):
                try variable()
            default:
                emitNext()
            }
        }
        if let openQuote {
            throw complaint("this quote is never closed", at: openQuote.column)
        }
        try finishWord()
        return words
    }

    private func peek(_ ahead: Int) -> UInt8? {
        let position = index + ahead
        return position < bytes.endIndex ? bytes[position] : nil
    }

    private func complaint(_ message: String, at column: Int) -> Complaint {
        Complaint(message, at: SourceLocation(file: file, line: line, column: column))
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count {
            // Continuation bytes of UTF-8 belong to the character before them.
            if bytes[index] & 0xC0 != 0x80 { column += 1 }
            index += 1
        }
    }

    private mutating func emit(_ byte: UInt8) {
        if wordStart == nil { wordStart = column }
        word.append(byte)
    }

    private mutating func emitNext() {
        emit(bytes[index])
        advance()
    }

    private mutating func finishWord() throws(Complaint) {
        guard let start = wordStart else { return }
        guard words.count < ConfigurationLimits.wordsPerLine else {
            let limit = ConfigurationLimits.wordsPerLine
            throw complaint("more than \(limit) words in one line", at: start)
        }
        guard !word.contains(0), let text = String(validating: word, as: UTF8.self) else {
            throw complaint("the escapes of this word make NUL or invalid UTF-8", at: start)
        }
        let location = SourceLocation(file: file, line: line, column: start)
        words.append(Word(text: text, location: location, endColumn: column))
        word.removeAll(keepingCapacity: true)
        wordStart = nil
    }

    private mutating func quote(_ byte: UInt8) {
        if wordStart == nil { wordStart = column }
        if openQuote?.byte == byte {
            openQuote = nil
            advance()
        } else if openQuote == nil {
            openQuote = (byte, column)
            advance()
        } else {
            emitNext()
        }
    }
}

// Escapes and environment variables.
extension LineLexer {
    private mutating func escape() throws(Complaint) {
        let literal: UInt8
        var length = 2
        switch peek(1) {
        case .some(let byte) where [0x20, 0x22, 0x23, 0x27, 0x5C].contains(byte): literal = byte
        case UInt8(ascii: "$") where openQuote != nil: literal = UInt8(ascii: "$")
        case UInt8(ascii: "n"): literal = UInt8(ascii: "\n")
        case UInt8(ascii: "r"): literal = UInt8(ascii: "\r")
        case UInt8(ascii: "t"): literal = UInt8(ascii: "\t")
        case UInt8(ascii: "x"):
            guard let high = peek(2).flatMap(Self.hexDigit),
                let low = peek(3).flatMap(Self.hexDigit)
            else { throw complaint("expected two hexadecimal digits after '\\x'", at: column) }
            literal = high << 4 | low
            length = 4
        default:
            // `\1` and the like stand for themselves, as in HAProxy.
            return emitNext()
        }
        emit(literal)
        advance(length)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }

    private static func isNameByte(_ byte: UInt8?, first: Bool) -> Bool {
        guard let byte else { return false }
        return switch byte {
        case 65...90, 97...122, 95: true
        case 48...57: !first
        default: false
        }
    }

    /// `$NAME`, `${NAME}`, `${NAME-default}` or `${NAME[*]}`; the last one splits at spaces.
    private mutating func variable() throws(Complaint) {
        let start = column
        advance()
        let braced = peek(0) == UInt8(ascii: "{")
        if braced { advance() }
        guard Self.isNameByte(peek(0), first: true) else {
            throw complaint("expected the name of an environment variable after '$'", at: start)
        }
        var name: [UInt8] = []
        while let byte = peek(0), Self.isNameByte(byte, first: false) {
            name.append(byte)
            advance()
        }
        var value = environment[String(decoding: name, as: UTF8.self)]
        var splits = false
        if braced {
            splits = takeSplitMark()
            if peek(0) == UInt8(ascii: "-") {
                let fallback = takeDefault()
                value = value ?? fallback
            }
            guard peek(0) == UInt8(ascii: "}") else {
                throw complaint("expected '}' after the environment variable's name", at: start)
            }
            advance()
        }
        try insert(value ?? "", splits: splits, at: start)
    }

    private mutating func takeSplitMark() -> Bool {
        guard peek(0) == UInt8(ascii: "["), peek(1) == UInt8(ascii: "*"),
            peek(2) == UInt8(ascii: "]")
        else { return false }
        advance(3)
        return true
    }

    /// Everything up to the brace, literally: quotes and escapes mean nothing here, as in HAProxy.
    private mutating func takeDefault() -> String {
        advance()
        let first = index
        while let byte = peek(0), byte != UInt8(ascii: "}") { advance() }
        return String(decoding: bytes[first..<index], as: UTF8.self)
    }

    private mutating func insert(_ value: String, splits: Bool, at start: Int) throws(Complaint) {
        expandedBytes += value.utf8.count
        guard bytes.count + expandedBytes <= ConfigurationLimits.lineBytes else {
            let limit = ConfigurationLimits.lineBytes
            throw complaint(
                "the line is longer than \(limit) bytes once this is expanded",
                at: start
            )
        }
        for byte in value.utf8 {
            if splits, byte == UInt8(ascii: " ") {
                try finishWord()
            } else {
                if wordStart == nil { wordStart = start }
                word.append(byte)
            }
        }
    }
}
