internal import Primitives

/// A small generator with a seed (Steele, Lea, Flood 2014): the same seed, the same run.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// 0..<limit
    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    mutating func chance(permille: Int) -> Bool {
        permille > 0 && (permille >= 1000 || below(1000) < permille)
    }

    mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

    /// Of the same likelihood anywhere in the range.
    mutating func duration(_ range: ClosedRange<Duration>) -> Duration {
        let low = range.lowerBound.nanoseconds
        let width = range.upperBound.nanoseconds - low
        guard width > 0 else { return range.lowerBound }
        return .nanoseconds(low + Int64(next() % UInt64(width + 1)))
    }

    /// Short ones as often as long ones: every octave of the range is as likely as the next.
    mutating func anyScale(_ range: ClosedRange<Duration>) -> Duration {
        var limit = range.upperBound.nanoseconds
        let floor = max(1, range.lowerBound.nanoseconds)
        var octaves = 0
        while limit > floor * 2 {
            limit /= 2
            octaves += 1
        }
        let top = range.upperBound.nanoseconds >> Int64(below(octaves + 1))
        return duration(range.lowerBound...max(range.lowerBound, .nanoseconds(top)))
    }
}
