/// `option tcp-check` with its rules: what is said on one connection, and what is awaited there.
package struct TCPCheck: Sendable, Equatable {
    package struct Step: Sendable, Equatable {
        package enum Action: Sendable, Equatable {
            case send([UInt8])
            /// The bytes occur, or do not, in what has come since the last `send`. Not empty.
            case expect([UInt8], isNegated: Bool)
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
package struct TCPCheckExchange: CheckExchange {
    private let steps: [TCPCheck.Step]
    private var next = 0
    /// Since the last `send`.
    private var received: [UInt8] = []
    private var output: [UInt8] = []
    private var verdict = CheckVerdict.needsMore

    package init(_ check: TCPCheck) {
        steps = check.steps
    }

    /// See `CheckExchange`.
    package mutating func begin() -> CheckVerdict { advance(isLast: false) }

    /// See `CheckExchange`. What is beyond the limit is judged as if it had not been sent.
    package mutating func received(_ bytes: some Sequence<UInt8>) -> CheckVerdict {
        guard verdict == .needsMore else { return verdict }
        received += bytes
        let isFull = received.count >= BalancerLimits.textAnswerBytes
        if isFull { received.removeSubrange(BalancerLimits.textAnswerBytes...) }
        return advance(isLast: isFull)
    }

    /// See `CheckExchange`.
    package mutating func closed() -> CheckVerdict {
        guard verdict == .needsMore else { return verdict }
        return advance(isLast: true)
    }

    /// See `CheckExchange`.
    package mutating func takeOutput() -> [UInt8] {
        defer { output = [] }
        return output
    }

    private mutating func advance(isLast: Bool) -> CheckVerdict {
        while next < steps.count {
            switch steps[next].action {
            case .send(let bytes):
                output += bytes
                received = []
            case .expect(let wanted, let isNegated):
                let isFound = received.firstIndex(ofBytes: wanted) != nil
                // What must not be there may still come.
                guard isFound || isLast else { return .needsMore }
                guard isFound != isNegated, !received.isEmpty else {
                    verdict = .invalid(reason: reason(wanted, steps[next]))
                    return verdict
                }
            }
            next += 1
        }
        verdict = .passed(info: "(tcp-check)")
        return verdict
    }

    private func reason(_ wanted: [UInt8], _ step: TCPCheck.Step) -> String {
        let text = String(decoding: wanted, as: UTF8.self)
        let comment = step.comment.map { " comment: \($0)" } ?? ""
        let place = " at step \(step.number)\(comment)"
        if received.isEmpty { return "TCPCHK got an empty response" + place }
        let isFound = received.firstIndex(ofBytes: wanted) != nil
        return "TCPCHK "
            + (isFound ? "matched unwanted content" : "did not match content") + " '\(text)'"
            + place
    }
}

extension Collection<UInt8> {
    /// Where the bytes begin, as a part of this; `nil`: nowhere.
    func firstIndex(ofBytes wanted: [UInt8]) -> Index? {
        indices.first { self[$0...].starts(with: wanted) }
    }
}
