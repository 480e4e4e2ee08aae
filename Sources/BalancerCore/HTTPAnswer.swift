/// The answer of an HTTP server as far as it has arrived.
///
/// More tolerant than a client library may be: scripts behind inetd answer these checks, and end
/// their lines with LF or their headers with CR LF LF.
struct HTTPAnswer {
    let status: Int
    /// The words behind the status.
    let reason: String
    private(set) var body: ArraySlice<UInt8>
    /// No more of the body will come.
    private(set) var isComplete: Bool

    enum Failure: Error {
        /// The empty line behind the headers has not arrived.
        case incomplete
        case malformed
    }

    /// - Parameters:
    ///   - hasBody: whether a body follows at all, as far as the request decides that
    ///   - isLast: nothing more will arrive
    init(_ bytes: [UInt8], hasBody: Bool, isLast: Bool) throws(Failure) {
        guard zip(bytes, "HTTP/".utf8).allSatisfy(==) else { throw .malformed }
        var rest = bytes[...]
        guard let first = Self.takeLine(&rest) else { throw .incomplete }
        (status, reason) = try Self.statusLine(first)
        var length: Int?
        var isChunked = false
        while true {
            guard let line = Self.takeLine(&rest) else { throw .incomplete }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
                if line.isEmpty { break }
                throw .malformed
            }
            let value = Self.text(line[(colon + 1)...]).lowercased()
            switch Self.text(line[..<colon]).lowercased() {
            case "content-length": length = Int(value)
            case "transfer-encoding": isChunked = value.hasSuffix("chunked")
            default: break
            }
        }
        if !hasBody || status < 200 || status == 204 || status == 304 {
            (body, isComplete) = ([], true)
        } else if isChunked {
            (body, isComplete) = Self.dechunk(rest)
        } else {
            body = rest.prefix(length.map { max(0, $0) } ?? Int.max)
            isComplete = body.count == length
        }
        if isLast { isComplete = true }
    }

    /// `HTTP/1.1 503 Service Unavailable`
    private static func statusLine(
        _ line: ArraySlice<UInt8>
    ) throws(Failure) -> (Int, String) {
        let words = line.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: true)
        guard words.count >= 2, words[0].count == 8, words[1].count == 3,
            let status = Int(text(words[1])), status >= 100
        else { throw .malformed }
        return (status, words.count == 3 ? text(words[2]) : "")
    }

    /// The next line without its end.
    private static func takeLine(_ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let end = bytes.firstIndex(of: 0x0A) else { return nil }
        var line = bytes[..<end]
        bytes = bytes[(end + 1)...]
        if line.last == 0x0D { line.removeLast() }
        return line
    }

    /// Without the white space around it.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        let kept = bytes.drop(while: isBlank)
        let blanks = kept.reversed().prefix(while: isBlank).count
        return String(decoding: kept.dropLast(blanks), as: UTF8.self)
    }

    /// RFC 9112 §7.1. A chunk that is malformed ends the body.
    private static func dechunk(_ bytes: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, Bool) {
        var rest = bytes
        var body: [UInt8] = []
        while let line = takeLine(&rest) {
            let digits = text(line.prefix { $0 != UInt8(ascii: ";") })
            guard let size = Int(digits, radix: 16), size > 0 else { return (body[...], true) }
            body += rest.prefix(size)
            rest = rest.dropFirst(size)
            guard takeLine(&rest) != nil else { break }
        }
        return (body[...], false)
    }
}
