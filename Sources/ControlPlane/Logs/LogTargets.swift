/// A choice among the targets of one `LogRouter`, by their position.
///
/// The composition root makes one per proxy: `log global` is the set of the global targets.
package struct LogTargets: OptionSet, Sendable, Hashable {
    /// More targets than this are refused by the router.
    package static let limit = 64

    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// The one target at `position`, 0..<64.
    package init(position: Int) {
        precondition((0..<Self.limit).contains(position), "log target position out of range")
        rawValue = 1 << UInt64(position)
    }

    package static let all = LogTargets(rawValue: .max)
}
