/// `option tcp-check` with its rules: what is said on one connection, and what is awaited there.
package struct TCPCheck: Sendable, Equatable {
    package struct Step: Sendable, Equatable {
        package enum Action: Sendable, Equatable {
            case send([UInt8])
            /// The bytes occur, or do not, in what has come since the last `send`. Not empty.
            case expect([UInt8], isNegated: Bool)
            /// The same for a pattern; of the bytes as upper-case hexadecimal digits, or
            /// themselves.
            case expectPattern(CheckPattern, isHexadecimal: Bool, isNegated: Bool)
        }

        package var action: Action
        /// Its number among the rules, from 1, and its comment: for the log.
        package var number: Int
        package var comment: String?

        package init(_ action: Action, number: Int, comment: String? = nil) {
            self.action = action
            self.number = number
            self.comment = comment
        }
    }

    /// Not empty.
    package var steps: [Step]

    package init(_ steps: [Step]) {
        precondition(!steps.isEmpty, "a check without steps is a TCP check")
        self.steps = steps
    }
}

/// Takes the steps one after the other, as HAProxy does.
package struct TCPCheckExchange: TextCheckExchange {
    private let steps: [TCPCheck.Step]
    private var next = 0
    private var output: [UInt8] = []
    /// What has come since the last `send`.
    package var buffer: [UInt8] = []
    package var verdict = CheckVerdict.needsMore

    package init(_ check: TCPCheck) {
        steps = check.steps
    }

    /// See `CheckExchange`.
    package mutating func begin() -> CheckVerdict {
        decide(isLast: false)
        return verdict
    }

    /// See `CheckExchange`.
    package mutating func takeOutput() -> [UInt8] {
        defer { output = [] }
        return output
    }

    /// See `TextCheckExchange`.
    package mutating func decide(isLast: Bool) {
        while next < steps.count {
            switch steps[next].action {
            case .send(let bytes):
                output += bytes
                buffer = []
            case .expect(let wanted, let isNegated):
                let text = "'\(String(decoding: wanted, as: UTF8.self))'"
                guard judge(isFound: buffer.holds(wanted), isNegated, text, isLast) else { return }
            case .expectPattern(let pattern, let isHexadecimal, let isNegated):
                let isFound = pattern.finds(isHexadecimal ? buffer.hexadecimalDigits : buffer)
                let text = isHexadecimal ? "(binary regex)" : "(regex)"
                guard judge(isFound: isFound, isNegated, text, isLast) else { return }
            }
            next += 1
        }
        verdict = .passed(info: "(tcp-check)")
    }

    /// Whether the next step is due.
    private mutating func judge(
        isFound: Bool,
        _ isNegated: Bool,
        _ text: String,
        _ isLast: Bool
    ) -> Bool {
        // What must not be there may still come.
        guard isFound || isLast else { return false }
        if buffer.isEmpty {
            fail("got an empty response")
        } else if isFound, isNegated {
            fail("matched unwanted content \(text)")
        } else if !isFound, !isNegated {
            fail("did not match content \(text)")
        } else {
            return true
        }
        return false
    }

    private mutating func fail(_ what: String) {
        let comment = steps[next].comment.map { " comment: \($0)" } ?? ""
        verdict = .invalid(reason: "TCPCHK \(what) at step \(steps[next].number)\(comment)")
    }
}

extension [UInt8] {
    fileprivate var hexadecimalDigits: [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}
