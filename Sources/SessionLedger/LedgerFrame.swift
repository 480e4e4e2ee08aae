package import BalancerCore

/// What two nodes say to each other about their sessions, and where those stick.
package enum LedgerMessage: Equatable, Sendable {
    /// These pages are now so.
    case pages([LedgerPage])
    /// What was sent up to here.
    case digest(LedgerDigest)
    /// A bit for each group of pages that shall be sent again.
    case request(UInt64)
    /// This is so in a stick table of the node that serves. The epoch is the highest that it knows.
    case sticks(epoch: UInt64, StickExcerpt)
}

/// A message with its sender. Numbers rise within one boot, over all messages.
package struct LedgerFrame: Equatable, Sendable {
    package var pairID: UInt64
    package var nodeID: UInt64
    package var bootID: UInt64
    package var sequence: UInt64
    package var message: LedgerMessage

    package init(
        pairID: UInt64,
        nodeID: UInt64,
        bootID: UInt64,
        sequence: UInt64,
        message: LedgerMessage
    ) {
        self.pairID = pairID
        self.nodeID = nodeID
        self.bootID = bootID
        self.sequence = sequence
        self.message = message
    }
}
