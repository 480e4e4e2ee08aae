/// Reads the answer to an HTTP check and judges it, as HAProxy does: a wrong status with the words
/// of the server, a body that is not as expected as an invalid response.
package struct HTTPCheckExchange: TextCheckExchange {
    private let check: HTTPCheck
    package var buffer: [UInt8] = []
    package var verdict = CheckVerdict.needsMore

    package init(_ check: HTTPCheck) {
        self.check = check
    }

    /// See `TextCheckExchange`.
    package mutating func decide(isLast: Bool) {
        do throws(HTTPAnswer.Failure) {
            verdict = judge(
                try HTTPAnswer(buffer, hasBody: check.bringsBody, isLast: isLast)
            )
        } catch .incomplete {
            if isLast { verdict = .invalid(reason: incomplete) }
        } catch {
            verdict = .invalid(reason: "the answer is not one of HTTP")
        }
    }

    private var incomplete: String {
        switch buffer.count {
        case 0: "connection closed with no answer"
        case ..<BalancerLimits.textAnswerBytes:
            "connection closed with only a part of the answer"
        default:
            "the headers of the answer are longer than \(BalancerLimits.textAnswerBytes) bytes"
        }
    }

    private func judge(_ answer: HTTPAnswer) -> CheckVerdict {
        for expectation in check.expectations {
            let isNegated = expectation.isNegated
            let verdict =
                switch expectation.pattern {
                case .status(let ranges):
                    status(answer, ranges.contains { $0.contains(answer.status) }, isNegated)
                case .statusPattern(let pattern):
                    status(answer, pattern.finds(Array("\(answer.status)".utf8)), isNegated)
                case .string(let wanted): body(answer, answer.body.holds(wanted), isNegated)
                case .pattern(let pattern):
                    body(answer, pattern.finds(Array(answer.body)), isNegated)
                }
            if let verdict { return verdict }
        }
        return .passed(status: answer.status, info: "")
    }

    /// `nil`: as expected.
    private func status(
        _ answer: HTTPAnswer,
        _ isFound: Bool,
        _ isNegated: Bool
    ) -> CheckVerdict? {
        isFound != isNegated
            ? nil : .refused(status: answer.status, message: answer.reason)
    }

    /// `nil`: as expected.
    private func body(
        _ answer: HTTPAnswer,
        _ isFound: Bool,
        _ isNegated: Bool
    ) -> CheckVerdict? {
        guard answer.isComplete || isFound else { return .needsMore }
        guard !answer.body.isEmpty else {
            return .invalid(reason: "HTTP content check could not find a response body")
        }
        guard isFound == isNegated else { return nil }
        return .invalid(
            reason: isFound
                ? "HTTP check matched unwanted content" : "HTTP content check did not match"
        )
    }
}
