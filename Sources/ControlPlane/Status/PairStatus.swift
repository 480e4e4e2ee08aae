/// Who holds the virtual addresses, since when and why, and the two nodes.
package struct PairStatus: Codable, Sendable, Equatable {
    /// When the holder began to hold.
    package struct Since: Codable, Sendable, Equatable {
        package var millisecondsAgo: Int64
        package var at: String

        package init(millisecondsAgo: Int64, at: String) {
            self.millisecondsAgo = millisecondsAgo
            self.at = at
        }
    }

    /// What is wrong on the segment of the virtual addresses.
    package struct SegmentAlarm: Codable, Sendable, Equatable {
        package enum Kind: String, Codable, Sendable {
            /// No beat of the peer arrives, and yet it answers or asks there.
            case pathCut
            /// Nobody answers there.
            case isolated
            /// Somebody answers for a virtual address although neither node holds it.
            case answered
            /// The same, but not the peer; this node took it nevertheless.
            case answeredByOthers
        }

        package var kind: Kind
        package var millisecondsAgo: Int64
        /// For people.
        package var text: String

        package init(kind: Kind, millisecondsAgo: Int64, text: String) {
            self.kind = kind
            self.millisecondsAgo = millisecondsAgo
            self.text = text
        }
    }

    package var name: String
    package var virtualAddresses: [String]
    /// The name of the node that holds them as far as this node knows; nil when it knows of none.
    package var holder: String?
    package var since: Since?
    /// Why the holder holds, or why nobody does: the rest of a sentence, such as
    /// `took over because haproxy-node02 was silent for 250 ms`.
    package var reason: String
    package var epoch: UInt64
    /// This node and its peer, in the order of the configuration.
    package var nodes: [NodeStatus]
    package var rails: [RailStatus]
    package var ledger: LedgerStatus?
    package var segmentAlarm: SegmentAlarm?
    package var arbiter: ArbiterStatus?

    package init(
        name: String,
        virtualAddresses: [String],
        holder: String?,
        since: Since?,
        reason: String,
        epoch: UInt64,
        nodes: [NodeStatus] = [],
        rails: [RailStatus] = [],
        ledger: LedgerStatus? = nil,
        segmentAlarm: SegmentAlarm? = nil,
        arbiter: ArbiterStatus? = nil
    ) {
        self.name = name
        self.virtualAddresses = virtualAddresses
        self.holder = holder
        self.since = since
        self.reason = reason
        self.epoch = epoch
        self.nodes = nodes
        self.rails = rails
        self.ledger = ledger
        self.segmentAlarm = segmentAlarm
        self.arbiter = arbiter
    }
}
