internal import Primitives

/// What an operator asks of the pair.
package struct Order: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// Move the virtual IP to the named node, or to the one that does not hold it.
        case failover(to: String?)
        /// Stay away from the virtual IP until told otherwise, across restarts.
        case maintenanceOn(force: Bool)
        case maintenanceOff
        /// Leave in order.
        case stop
    }

    /// Names the order in its outcome; never 0.
    package var id: UInt32
    package var kind: Kind

    package init(id: UInt32, kind: Kind) {
        precondition(id != 0, "0 means that nothing was asked")
        self.id = id
        self.kind = kind
    }
}

/// How an order ended.
package enum OrderOutcome: Equatable, Sendable {
    /// - Parameter downtime: how long no node held the virtual IP, measured on this node's clock
    ///   from giving the address up to the other node's word that it has it; `nil` where nothing
    ///   moved.
    case done(String, downtime: Duration?)
    /// Nothing was changed, and why.
    case refused(String)
    /// It was tried, and what the state is now.
    case failed(String)
}
