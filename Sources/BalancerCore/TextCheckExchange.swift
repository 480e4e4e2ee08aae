/// An exchange that looks at the whole answer so far, again with each piece, up to a limit: what is
/// beyond that is judged as if it had not been sent.
package protocol TextCheckExchange: CheckExchange {
    var buffer: [UInt8] { get set }
    var verdict: CheckVerdict { get set }

    /// Looks at `buffer` while there is no verdict, and writes it down.
    /// - Parameter isLast: nothing more will come
    mutating func decide(isLast: Bool)
}

extension TextCheckExchange {
    /// See `CheckExchange`.
    package mutating func received(_ bytes: some Sequence<UInt8>) -> CheckVerdict {
        guard verdict == .needsMore else { return verdict }
        buffer += bytes
        let isFull = buffer.count >= BalancerLimits.textAnswerBytes
        if isFull { buffer.removeSubrange(BalancerLimits.textAnswerBytes...) }
        decide(isLast: isFull)
        return verdict
    }

    /// See `CheckExchange`.
    package mutating func closed() -> CheckVerdict {
        if verdict == .needsMore { decide(isLast: true) }
        return verdict
    }
}

extension Collection<UInt8> {
    /// The bytes occur in it, one after the other.
    func holds(_ wanted: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: wanted) }
    }
}
