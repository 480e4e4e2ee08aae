/// What a check does once it is connected.
package enum CheckMethod: Sendable, Equatable {
    /// Connecting is all.
    case tcp
    /// `option mysql-check`.
    case mysql(MySQLCheckMethod)
    /// `option httpchk`.
    case http(HTTPCheckMethod)
    /// `option tcp-check`, with its rules.
    case steps(TCPCheckMethod)
    /// `option external-check`, with the `external-check` lines.
    case external(ExternalCheckMethod)

    /// Where the rules say that checks go.
    package var port: UInt16? {
        if case .steps(let method) = self { method.port } else { nil }
    }

    /// All that its rules hold.
    package var patterns: [CheckRegex] {
        switch self {
        case .tcp, .mysql, .external: []
        case .http(let method):
            method.expectations.compactMap { expectation in
                switch expectation.pattern {
                case .status, .string: nil
                case .statusPattern(let regex), .pattern(let regex): regex
                }
            }
        case .steps(let method):
            method.steps.compactMap { step in
                if case .expectPattern(let regex, _, _) = step.action { regex } else { nil }
            }
        }
    }

    var isExternal: Bool {
        if case .external = self { true } else { false }
    }

    var isSteps: Bool {
        if case .steps = self { true } else { false }
    }

    var isHTTP: Bool {
        if case .http = self { true } else { false }
    }
}

/// `option mysql-check [user NAME [pre-41|post-41|post-80]]`.
package struct MySQLCheckMethod: Sendable, Equatable {
    /// The form of the login packet.
    package enum Handshake: String, Sendable, CaseIterable {
        case pre41 = "pre-41"
        case post41 = "post-41"
        case post80 = "post-80"
    }

    /// Logs in as this user, without password; `nil` only reads the greeting.
    package var user: String?
    /// `post-41` if not given, as HAProxy since 2.2.
    package var handshake: Handshake
}

/// `option httpchk`, with what `http-check send` and `http-check expect` say.
package struct HTTPCheckMethod: Sendable, Equatable {
    package struct Header: Sendable, Equatable {
        package var name: String
        package var value: String
    }

    /// `http-check expect [!] status <codes>`, `string <text>`, `rstatus` or `rstring <regex>`.
    package struct Expectation: Sendable, Equatable {
        package enum Pattern: Sendable, Equatable {
            case status([ClosedRange<Int>])
            case string(String)
            case statusPattern(CheckRegex)
            case pattern(CheckRegex)
        }

        package var pattern: Pattern
        package var isNegated: Bool
    }

    package var method = "OPTIONS"
    package var uri = "/"
    /// `HTTP/1.0` or `HTTP/1.1`
    package var version = "HTTP/1.0"
    package var headers: [Header] = []
    package var body = ""
    /// In this order; none: 2xx and 3xx pass.
    package var expectations: [Expectation] = []
}

/// The `external-check` lines.
package struct ExternalCheckMethod: Sendable, Equatable {
    /// `command`, absolute.
    package var command = ""
    /// `path`: what the command's `PATH` is.
    package var searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
}

/// The `tcp-check` lines.
package struct TCPCheckMethod: Sendable, Equatable {
    package enum Action: Sendable, Equatable {
        case send([UInt8])
        case expect([UInt8], isNegated: Bool)
        case expectPattern(CheckRegex, isHexadecimal: Bool, isNegated: Bool)
    }

    package struct Step: Sendable, Equatable {
        package var action: Action
        /// Its number among the lines, from 1.
        package var number: Int
        package var comment: String?
    }

    /// None: connecting is all.
    package var steps: [Step] = []
    /// `connect port <port>`, where a server has none of its own.
    package var port: UInt16?
}

/// A regular expression, as it is written. Whether it is one finds out who compiles it.
package struct CheckRegex: Sendable, Equatable {
    package var text: String
    package var location: SourceLocation
}
