/// Reads the answer to an HTTP check and judges it, as HAProxy does: a wrong status with the words
/// of the server, a body that is not as expected as an invalid response.
package struct HTTPCheckExchange: CheckExchange {
    private let check: HTTPCheck
    private var buffer: [UInt8] = []
    private var verdict = CheckVerdict.needsMore

    package init(_ check: HTTPCheck) {
        self.check = check
    }

    /// See `CheckExchange`. What is beyond the limit is judged as if it had not been sent.
    package mutating func received(_ bytes: some Sequence<UInt8>) -> CheckVerdict {
        guard verdict == .needsMore else { return verdict }
        buffer += bytes
        let isFull = buffer.count >= BalancerLimits.textAnswerBytes
        if isFull { buffer.removeSubrange(BalancerLimits.textAnswerBytes...) }
        return decide(isLast: isFull)
    }

    /// See `CheckExchange`.
    package mutating func closed() -> CheckVerdict {
        guard verdict == .needsMore else { return verdict }
        return decide(isLast: true)
    }

    private mutating func decide(isLast: Bool) -> CheckVerdict {
        do throws(HTTPAnswer.Failure) {
            verdict = judge(
                try HTTPAnswer(buffer, hasBody: check.bringsBody, isLast: isLast)
            )
        } catch .incomplete {
            guard isLast else { return .needsMore }
            verdict = .invalid(reason: incomplete)
        } catch {
            verdict = .invalid(reason: "the answer is not one of HTTP")
        }
        if verdict != .needsMore { buffer = [] }
        return verdict
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
            switch expectation.pattern {
            case .status(let ranges):
                let isListed = ranges.contains { $0.contains(answer.status) }
                guard isListed != expectation.isNegated else {
                    return .refused(status: answer.status, message: answer.reason)
                }
            case .string(let wanted):
                let isFound = answer.holds(wanted)
                guard answer.isComplete || isFound else { return .needsMore }
                guard !answer.body.isEmpty else {
                    return .invalid(reason: "HTTP content check could not find a response body")
                }
                guard isFound != expectation.isNegated else {
                    return .invalid(
                        reason: isFound
                            ? "HTTP check matched unwanted content"
                            : "HTTP content check did not match"
                    )
                }
            }
        }
        return .passed(status: answer.status, info: "")
    }
}
