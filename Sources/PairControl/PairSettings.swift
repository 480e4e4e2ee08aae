internal import Primitives

/// One of the two nodes of a pair, as the configuration names it.
package struct PairMember: Equatable, Sendable {
    package var name: String
    /// 1...254, higher is preferred; equal priorities fall back to the order of the configuration.
    package var priority: Int
    /// Place in the configuration, from 0.
    package var order: Int

    package init(name: String, priority: Int, order: Int) {
        self.name = name
        self.priority = priority
        self.order = order
    }

    /// The node's identity on the wire.
    package var id: UInt64 { FNV1a.hash(name) }

    package func outranks(_ other: PairMember) -> Bool {
        priority != other.priority ? priority > other.priority : order < other.order
    }
}

/// What a node has to know of its pair. The defaults are design §2.
package struct PairSettings: Equatable, Sendable {
    package var name: String
    package var own: PairMember
    package var peer: PairMember
    /// Address pairs that beats travel on, 1 or more.
    package var railCount: Int
    /// Time between two beats.
    package var interval: Duration = .milliseconds(50)
    /// Silence on all rails after which the peer counts as dead; at least 3 intervals, 5 with an
    /// arbiter.
    package var deadAfter: Duration = .milliseconds(250)
    /// How long a started node listens before it takes the virtual IP alone.
    package var bootHold: Duration = .seconds(3)
    /// Whether the higher priority takes the virtual IP back from a holder that works.
    package var preempt = false
    /// Whether there is a gateway or a server on the segment of the virtual IP that can say whether
    /// this node is cut off.
    package var hasWitnesses = false
    /// Whether something outside the pair is asked who may hold it while the other node is silent.
    package var hasArbiter = false
    /// How long something of `ReadinessFlags.fit` may be missing before the virtual IP moves: both
    /// nodes must have had the time to see a fault that they share.
    package var fitHold: Duration = .seconds(1)
    package var configurationDigest: UInt64 = 0

    package init(name: String, own: PairMember, peer: PairMember, railCount: Int) {
        precondition(railCount > 0, "a pair without a heartbeat path")
        self.name = name
        self.own = own
        self.peer = peer
        self.railCount = railCount
    }

    package var id: UInt64 { FNV1a.hash(name) }

    /// The lower-ranked node waits this much longer where nobody has held the virtual IP yet.
    package static let rankStep: Duration = .milliseconds(100)
    /// How long a node that gives the virtual IP away waits for the other one to hold it.
    package static let yieldLimit: Duration = .seconds(2)
    /// How long the kernel may take to acknowledge an address.
    package static let addressLimit: Duration = .seconds(1)
    /// How long no server may be usable before the virtual IP moves to a node that has one.
    package static let serverHold: Duration = .seconds(1)
    /// Pause before a node in fault tries again.
    package static let faultPause: Duration = .seconds(1)
    /// How often the arbiter is asked while it has nothing to decide, or has failed.
    package static let arbiterPause: Duration = .seconds(1)
    /// A question to the arbiter that has no answer by then has failed.
    package static let arbiterLimit: Duration = .seconds(1)
    /// Epochs reserved on disk at a time.
    package static let epochBlock: UInt64 = 16
}
