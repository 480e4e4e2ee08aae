internal import Primitives

/// The words behind a keyword, read one after the other by its handler.
struct Arguments {
    private let words: ArraySlice<Word>
    private var next: Int
    /// The last word that was read; at first the keyword itself.
    private(set) var previous: Word
    /// `timeout client <time>`: what should stand here, for messages.
    var usage: String
    /// Where the keyword stands.
    var keyword: SourceLocation
    /// Set by a handler that does not look at the words behind it.
    var ignoresRest = false
    /// Notes and warnings of the handler, and errors that it read on after.
    private(set) var findings: [Diagnostic] = []

    init(_ words: ArraySlice<Word>, after keyword: Word, usage: String) {
        self.words = words
        next = words.startIndex
        previous = keyword
        self.keyword = keyword.location
        self.usage = usage
    }

    var isAtEnd: Bool { next == words.endIndex }

    func peek() -> Word? { isAtEnd ? nil : words[next] }

    /// The next word if it is there, else nothing.
    mutating func optional() -> Word? {
        guard let word = peek() else { return nil }
        previous = word
        next += 1
        return word
    }

    /// The next word; `what` says what it is, as in "a time".
    mutating func word(_ what: String) throws(Complaint) -> Word {
        guard let word = optional() else {
            throw Complaint("expected \(what); usage: \(usage)", at: previous.end)
        }
        guard !word.text.isEmpty else {
            throw Complaint(
                "expected \(what), found an empty word: is an environment variable unset?",
                at: word.location
            )
        }
        return word
    }

    /// Reads `literal` if it comes next.
    mutating func take(_ literal: String) -> Bool {
        guard peek()?.text == literal else { return false }
        _ = optional()
        return true
    }

    mutating func expect(_ literal: String) throws(Complaint) {
        let word = try word("'\(literal)'")
        guard word.text == literal else {
            throw Complaint(
                "expected '\(literal)', found '\(word.text)'; usage: \(usage)",
                at: word.location,
                suggestion: Spelling.nearest(to: word.text, among: [literal])
            )
        }
    }

    /// Reports what is left over, empty words aside.
    mutating func finish() throws(Complaint) {
        while let word = optional() {
            guard word.text.isEmpty else {
                throw Complaint("unexpected '\(word.text)'; usage: \(usage)", at: word.location)
            }
        }
    }

    mutating func report(_ finding: Diagnostic) {
        findings.append(finding)
    }

    mutating func note(_ message: String, at location: SourceLocation) {
        report(Diagnostic(.note, at: location, message))
    }

    mutating func warn(_ message: String, at location: SourceLocation) {
        report(Diagnostic(.warning, at: location, message))
    }
}
