/// The share of a server beside others: 0...256, to the thousandth. HAProxy's are whole numbers;
/// the Galera Load Balancer's are decimal, such as 0.75, and nothing is lost between the two.
package struct Weight: Hashable, Comparable, Sendable {
    /// The largest, as in HAProxy.
    package static let limit = 256

    /// 0...256 000
    package let thousandths: Int

    package init(thousandths: Int) {
        precondition((0...Self.limit * 1000).contains(thousandths), "weight \(thousandths)/1000")
        self.thousandths = thousandths
    }

    package init(_ whole: Int) {
        precondition((0...Self.limit).contains(whole), "weight \(whole)")
        thousandths = whole * 1000
    }

    /// `3`, `0.75`, `.5`. What is above 0 stays above 0; beyond a thousandth it is rounded.
    /// - Returns: `nil` when it is not such a number, or too large
    package init?(decimal text: some StringProtocol) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let digits = parts.joined()
        guard parts.count <= 2, !digits.isEmpty, digits.allSatisfy({ (48...57).contains($0) }),
            text.utf8.count <= 32
        else { return nil }
        // 1.2345 is 1234 and the digits 5: rounded by the first that is left over.
        var value = 0
        for digit in parts[0] {
            value = value * 10 + Int(digit - 48)
            guard value <= Self.limit else { return nil }
        }
        let fraction = parts.count == 2 ? Array(parts[1]) : []
        for place in 0..<3 {
            value = value * 10 + (place < fraction.count ? Int(fraction[place] - 48) : 0)
        }
        if fraction.count > 3, fraction[3] >= UInt8(ascii: "5") { value += 1 }
        if value == 0, digits.contains(where: { $0 != UInt8(ascii: "0") }) { value = 1 }
        guard value <= Self.limit * 1000 else { return nil }
        thousandths = value
    }

    /// As HAProxy's commands show it: rounded up, so that only 0 is 0.
    package var whole: Int { (thousandths + 999) / 1000 }

    package static func < (left: Weight, right: Weight) -> Bool {
        left.thousandths < right.thousandths
    }
}

extension Weight: ExpressibleByIntegerLiteral, CustomStringConvertible {
    package init(integerLiteral value: Int) { self.init(value) }

    /// `3`, `0.75`
    package var description: String {
        let rest = thousandths % 1000
        guard rest > 0 else { return "\(thousandths / 1000)" }
        var digits = String(1000 + rest).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(thousandths / 1000).\(digits)"
    }
}
