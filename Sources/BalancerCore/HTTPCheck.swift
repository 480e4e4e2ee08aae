/// `option httpchk` and the `http-check` rules: one request, and what its answer has to hold.
package struct HTTPCheck: Sendable, Equatable {
    package struct Header: Sendable, Equatable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// `http-check expect [!] …`
    package struct Expectation: Sendable, Equatable {
        package enum Pattern: Sendable, Equatable {
            /// The status is in one of the ranges.
            case status([ClosedRange<Int>])
            /// The bytes occur in the body. Not empty.
            case string([UInt8])
            /// `rstatus`: the pattern occurs in the status.
            case statusPattern(CheckPattern)
            /// `rstring`: it occurs in the body.
            case pattern(CheckPattern)
        }

        package var pattern: Pattern
        package var isNegated: Bool

        package init(_ pattern: Pattern, isNegated: Bool = false) {
            self.pattern = pattern
            self.isNegated = isNegated
        }

        /// Without a rule, 2xx and 3xx pass.
        package static let standard = Expectation(.status([200...399]))
    }

    package var method: String
    package var uri: String
    /// `HTTP/1.0` or `HTTP/1.1`
    package var version: String
    package var headers: [Header]
    package var body: String
    /// All must hold, in this order; the first that does not decides. Not empty.
    package var expectations: [Expectation]

    package init(
        method: String = "OPTIONS",
        uri: String = "/",
        version: String = "HTTP/1.0",
        headers: [Header] = [],
        body: String = "",
        expectations: [Expectation] = [.standard]
    ) {
        precondition(!expectations.isEmpty, "nothing is expected of the answer")
        self.method = method
        self.uri = uri
        self.version = version
        self.headers = headers
        self.body = body
        self.expectations = expectations
    }

    /// The request, as HAProxy 2.6 was seen to write it: names in lower case, `connection: close`
    /// where the version would keep the connection.
    package var hello: [UInt8] {
        var lines = ["\(method) \(uri) \(version)"]
        lines += headers.map { "\($0.name.lowercased()): \($0.value)" }
        if !body.isEmpty { lines.append("content-length: \(body.utf8.count)") }
        if version != "HTTP/1.0" { lines.append("connection: close") }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }

    /// An answer to HEAD tells the length of a body that does not follow.
    var bringsBody: Bool { method != "HEAD" }
}
