package import Primitives

/// What the arbiter keeps for a pair: who may hold the virtual IP for all that it was told last.
package struct ArbiterRecord: Equatable, Sendable {
    /// A node's name.
    package var holder: String
    /// Of its activation.
    package var epoch: UInt64
    /// It holds without asking, since the other node took leave before (`Node.mayRenew`).
    package var isAlone: Bool

    /// Epochs are counted on from what is read: one that somebody else wrote must not overflow.
    private static let highestEpoch = UInt64.max / 2

    package init(holder: String, epoch: UInt64, isAlone: Bool) {
        self.holder = holder
        self.epoch = epoch
        self.isAlone = isAlone
    }

    /// As it is kept, for people too: `haproxy-node01 epoch 7 alone`.
    package var text: String { "\(holder) epoch \(epoch)\(isAlone ? " alone" : "")" }

    /// - Returns: `nil` for what no node of this version writes.
    package init?(text: String) {
        var words = text.split(separator: " ", omittingEmptySubsequences: false)
        isAlone = words.last == "alone"
        if isAlone { words.removeLast() }
        guard words.count == 3, !words[0].isEmpty, words[1] == "epoch",
            let epoch = UInt64(words[2]), epoch <= Self.highestEpoch
        else { return nil }
        holder = String(words[0])
        self.epoch = epoch
    }
}

/// One question to the arbiter. There is never more than one without an answer.
package struct ArbiterRequest: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case read
        /// A compare-and-set: only if nobody has written since `revision`, 0 for a key that is not
        /// there.
        case write(ArbiterRecord, over: UInt64)
    }

    /// Its number too: what a write wins counts from here.
    package var askedAt: Instant
    package var kind: Kind

    package init(askedAt: Instant, kind: Kind) {
        self.askedAt = askedAt
        self.kind = kind
    }
}

package enum ArbiterAnswer: Equatable, Sendable {
    /// To a read, and to a write that somebody else was ahead of. No record: the key is not there,
    /// or nobody of this version wrote it.
    case found(ArbiterRecord?, revision: UInt64)
    case written(revision: UInt64)
    /// In words. A write may or may not have happened.
    case failed(String)
}
