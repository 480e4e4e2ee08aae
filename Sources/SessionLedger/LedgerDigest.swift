/// What a ledger holds, in a form that both nodes compute: equal sums mean equal pages.
///
/// Pages are shared out to 64 groups, so that after a loss only the groups that differ are sent
/// again.
package struct LedgerDigest: Equatable, Sendable {
    package static let groups = 64

    /// Of each group the sum over its pages that are not empty, which knows no order.
    package private(set) var sums: [UInt32] = Array(repeating: 0, count: groups)
    package private(set) var sessions: UInt32 = 0

    package init() {}

    init(sums: [UInt32], sessions: UInt32) {
        precondition(sums.count == Self.groups, "another number of groups")
        self.sums = sums
        self.sessions = sessions
    }

    package static func group(of page: UInt32) -> Int { Int(page % UInt32(groups)) }

    mutating func add(_ page: UInt32, version: UInt32, sessions count: Int) {
        guard count > 0 else { return }
        sums[Self.group(of: page)] &+= Self.mix(page, version)
        sessions &+= UInt32(count)
    }

    mutating func remove(_ page: UInt32, version: UInt32, sessions count: Int) {
        guard count > 0 else { return }
        sums[Self.group(of: page)] &-= Self.mix(page, version)
        sessions &-= UInt32(count)
    }

    /// A bit for each group that differs.
    package func differences(from other: LedgerDigest) -> UInt64 {
        var bits: UInt64 = 0
        for group in 0..<Self.groups where sums[group] != other.sums[group] {
            bits |= 1 << UInt64(group)
        }
        return bits
    }

    /// The finalizer of SplitMix64 (Steele, Lea, Flood, 2014): sums of anything linear would let
    /// differences of several pages cancel out.
    private static func mix(_ page: UInt32, _ version: UInt32) -> UInt32 {
        var word = UInt64(page) << 32 | UInt64(version)
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return UInt32(truncatingIfNeeded: word ^ word >> 31)
    }
}
