internal import Primitives

// Typed values.
extension Arguments {
    /// A whole number within `range`.
    mutating func integer(
        _ range: ClosedRange<Int>,
        _ what: String = "a number"
    ) throws(Complaint) -> Int {
        let word = try word("\(what) (\(Self.describe(range)))")
        return try Self.integer(word, range, what)
    }

    static func integer(
        _ word: Word,
        _ range: ClosedRange<Int>,
        _ what: String
    ) throws(Complaint) -> Int {
        let problem: String
        do throws(Quantity.Failure) {
            let value = try Quantity.integer(word.text)
            if range.contains(value) { return value }
            problem = "is out of range"
        } catch .overflow {
            problem = "is out of range"
        } catch {
            problem = "is not a whole number"
        }
        throw Complaint(
            "'\(word.text)' \(problem): expected \(what) (\(describe(range)))",
            at: word.location
        )
    }

    /// A time within `range`.
    mutating func duration(
        _ range: ClosedRange<Duration> = .zero...ConfigurationLimits.longestTime,
        _ what: String = "a time such as 500ms, 5s or 1m",
        bareUnit: String = "ms"
    ) throws(Complaint) -> Duration {
        let word = try word(what)
        let time: Duration
        do throws(Quantity.Failure) {
            time = try Quantity.time(word.text, bareUnit: bareUnit)
        } catch {
            throw Self.complaint(word, error, what, units: "us, ms, s, m, h or d")
        }
        guard range.contains(time) else {
            throw Complaint(
                "'\(word.text)' is out of range: expected a time from"
                    + " \(Self.describe(range.lowerBound)) to \(Self.describe(range.upperBound))",
                at: word.location
            )
        }
        return time
    }

    /// A time of a `timeout`, where 0 is none.
    mutating func timeout() throws(Complaint) -> Duration {
        let time = try duration()
        guard time == .zero || time >= .milliseconds(1) else {
            throw Complaint(
                "'\(previous.text)' is too short: the shortest time is 1ms, 0 is none",
                at: previous.location
            )
        }
        return time
    }

    /// A size in bytes.
    mutating func size() throws(Complaint) -> Int {
        let what = "a size such as 16384 or 16k"
        let word = try word(what)
        do throws(Quantity.Failure) {
            return try Quantity.size(word.text)
        } catch {
            throw Self.complaint(word, error, what, units: "k, m or g")
        }
    }

    private static func complaint(
        _ word: Word,
        _ failure: Quantity.Failure,
        _ what: String,
        units: String
    ) -> Complaint {
        let problem =
            switch failure {
            case .notANumber: "'\(word.text)' is not a number"
            case .decimals: "'\(word.text)' has decimals: write a whole number of a smaller unit"
            case .unknownUnit(let unit): "unknown unit '\(unit)' (\(units))"
            case .overflow: "'\(word.text)' is too large"
            }
        return Complaint("\(problem): expected \(what)", at: word.location)
    }

    /// `[comment <text>] [!] <what>`: how an `expect` line of a check begins.
    mutating func expectation(
        _ what: String
    ) throws(Complaint) -> (comment: String?, isNegated: Bool, word: Word) {
        var comment: String?
        while take("comment") { comment = try word("a comment").text }
        if take("!") { return (comment, true, try word(what)) }
        var word = try word(what)
        let isNegated = word.text.hasPrefix("!")
        if isNegated { word.text.removeFirst() }
        return (comment, isNegated, word)
    }

    mutating func regex() throws(Complaint) -> CheckRegex {
        let word = try word("a regular expression")
        return CheckRegex(text: word.text, location: word.location)
    }

    /// One of a few words.
    mutating func choice<Value>(
        _ what: String,
        _ known: [(name: String, value: Value)]
    ) throws(Complaint) -> Value {
        let names = known.map(\.name)
        let list = names.count > 6 ? "" : " (\(names.joined(separator: ", ")))"
        let word = try word("\(what)\(list)")
        if let match = known.first(where: { $0.name == word.text }) { return match.value }
        throw Complaint(
            "unknown \(what) '\(word.text)'\(list)",
            at: word.location,
            suggestion: Spelling.nearest(to: word.text, among: names)
        )
    }

    /// An absolute path of at most `limit` bytes.
    mutating func path(limit: Int = ConfigurationLimits.pathBytes) throws(Complaint) -> String {
        let word = try word("an absolute path")
        guard word.text.hasPrefix("/") else {
            throw Complaint(
                "'\(word.text)' is not an absolute path: it must begin with '/'",
                at: word.location
            )
        }
        guard word.text.utf8.count <= limit else {
            throw Complaint("the path is longer than \(limit) bytes", at: word.location)
        }
        return word.text
    }

    /// The name of a section, server or node: letters, digits and `_ : . -`, as in HAProxy.
    mutating func name(_ what: String) throws(Complaint) -> String {
        let word = try word(what)
        let isAllowed: (UInt8) -> Bool = {
            switch $0 {
            case 45, 46, 48...58, 65...90, 95, 97...122: true
            default: false
            }
        }
        guard word.text.utf8.allSatisfy(isAllowed) else {
            throw Complaint(
                "'\(word.text)' is not \(what): only letters, digits, '_', ':', '.' and '-' may be"
                    + " in it",
                at: word.location
            )
        }
        guard word.text.utf8.count <= ConfigurationLimits.nameBytes else {
            let limit = ConfigurationLimits.nameBytes
            throw Complaint("the name is longer than \(limit) bytes", at: word.location)
        }
        return word.text
    }

    /// All words that are left, at least one, with single blanks between them.
    mutating func sentence(_ what: String) throws(Complaint) -> String {
        var text = try word(what).text
        while let word = optional() { text += " " + word.text }
        return text
    }

    private static func describe(_ range: ClosedRange<Int>) -> String {
        range.upperBound == .max
            ? "\(range.lowerBound) or more"
            : "\(range.lowerBound) to \(range.upperBound)"
    }

    static func describe(_ time: Duration) -> String {
        let (seconds, attoseconds) = time.components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        return milliseconds == 0 ? "\(seconds)s" : "\(seconds * 1000 + milliseconds)ms"
    }
}
