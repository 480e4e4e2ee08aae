/// What a client of the runtime API may do: HAProxy's `level` on a `stats socket` line.
package enum AccessLevel: Int, Sendable, Comparable, CaseIterable {
    /// Looks at what holds no secrets.
    case user
    /// Looks at everything.
    case `operator`
    /// Changes things.
    case admin

    /// Reads `user`, `operator` or `admin`.
    package init?(keyword: String) {
        guard let found = Self.allCases.first(where: { "\($0)" == keyword }) else { return nil }
        self = found
    }

    package static func < (left: AccessLevel, right: AccessLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}
