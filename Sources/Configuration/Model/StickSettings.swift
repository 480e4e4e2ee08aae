/// `stick-table` with its `stick` line: sessions of the same address go to the same server.
package struct StickSettings: Sendable, Equatable {
    package enum Key: String, Sendable, CaseIterable {
        /// `src`: of the client.
        case source = "src"
        /// `dst`: that the client connected to.
        case destination = "dst"
    }

    package var key: Key
    /// Addresses that are remembered, 1 or more.
    package var size: Int
    /// `expire`; `nil`: never.
    package var expiry: Duration?
    /// Not with `nopurge`: a full table forgets the address that was used longest ago.
    package var purges: Bool
    /// `stick on`, `stick match`
    package var matches: Bool
    /// `stick on`, `stick store-request`
    package var stores: Bool
}
