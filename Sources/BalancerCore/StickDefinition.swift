/// `stick-table type ip` with `stick on src` or `stick on dst`: sessions of the same address go to
/// the same server.
package struct StickDefinition: Sendable, Equatable {
    package enum Key: Sendable, Equatable {
        /// Of the client.
        case source
        /// That the client connected to: with one virtual address, all sessions go to one server.
        case destination
    }

    package var key: Key
    /// Addresses that are remembered, 1 or more.
    package var size: Int
    /// How long an address is remembered after its last session began; `nil`: until the table is
    /// full.
    package var expiry: Duration?
    /// A full table forgets the address that was used longest ago; `nopurge`: it takes no new ones.
    package var purges: Bool
    /// `stick on` and `stick match`: what is remembered decides.
    package var matches: Bool
    /// `stick on` and `stick store-request`: what was decided is remembered.
    package var stores: Bool

    package init(
        key: Key,
        size: Int,
        expiry: Duration? = nil,
        purges: Bool = true,
        matches: Bool = true,
        stores: Bool = true
    ) {
        precondition(size > 0, "a stick table without places")
        self.key = key
        self.size = size
        self.expiry = expiry
        self.purges = purges
        self.matches = matches
        self.stores = stores
    }
}
