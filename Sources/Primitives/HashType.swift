/// `hash-type`: how a hash finds its server.
package struct HashType: Sendable, Equatable {
    /// `consistent`: a server that comes or goes moves only the clients that are its own. Else a
    /// table, whose clients move nearly all.
    package var isConsistent: Bool
    /// `avalanche`: the hash is mixed first.
    package var isMixed: Bool

    package init(isConsistent: Bool, isMixed: Bool) {
        self.isConsistent = isConsistent
        self.isMixed = isMixed
    }

    package static let mapBased = HashType(isConsistent: false, isMixed: false)
}
