package import Primitives

/// What was collected on a node, with no opinion of it.
package struct Facts: Equatable, Sendable {
    /// What this command did on the rails itself, where no daemon did.
    package enum Talk: Equatable, Sendable {
        case none
        /// The virtual IP was here: a word to the other node might have moved it.
        case listened
        case spoke
    }

    /// The daemon of this node.
    package enum Daemon: Equatable, Sendable {
        /// It answers on its socket.
        /// - Parameters:
        ///   - role: what it says that this node is; `nil` without a pair.
        ///   - isCurrent: whether it has loaded the file that was examined.
        case running(role: String?, isCurrent: Bool)
        /// Nobody answers and its lock is free.
        case absent
        /// It is there, or something has its place, and does not answer; why.
        case silent(String)
    }

    package var node: String
    package var pair: String?
    /// Names of both nodes.
    package var peer: String?
    /// 0 for the first `node` line, 1 for the second.
    package var order = 0
    package var daemon = Daemon.absent
    /// What `check` says.
    package var configurationErrors: [String] = []
    package var configurationWarnings: [String] = []
    package var interfaces: [InterfaceFact] = []
    /// Addresses of this node's `node` line.
    package var railAddresses: [IPAddress] = []
    package var virtualAddresses: [VirtualAddressFact] = []
    package var talk = Talk.none
    package var rails: [RailFact] = []
    package var heard = PeerFact()
    /// Of the heartbeat.
    package var interval = Duration.milliseconds(50)
    /// Members of the arbiter, in the order of the file; none without one.
    package var arbiter: [ArbiterFact] = []
    package var rights: RightsFact?
    package var kernel = KernelFact()
    package var networkFiles: [NetworkFile] = []
    package var networkd: [NetworkdFact] = []
    package var names: [NameFact] = []
    package var checks: [CheckFact] = []
    package var listeners: [ListenerFact] = []

    package init(node: String) { self.node = node }

    /// The other node, in a sentence.
    var peerName: String { peer ?? "the other node" }

    func interface(named name: String) -> InterfaceFact? { interfaces.first { $0.name == name } }

    /// The one that has this address.
    package func interface(with address: IPAddress) -> InterfaceFact? {
        interfaces.first { $0.addresses.contains { $0.address == address } }
    }
}

/// One interface of this host.
package struct InterfaceFact: Equatable, Sendable {
    package var name: String
    package var isUp = false
    package var hasCarrier = false
    package var isEthernet = false
    package var mac: MACAddress?
    /// Its own, each with its network.
    package var addresses: [IPNetwork] = []

    package init(_ name: String) { self.name = name }
}

/// A virtual address, and who answers for it on its segment.
package struct VirtualAddressFact: Equatable, Sendable {
    package var address: IPAddress
    package var interface: String
    /// Other hosts that answered when they were asked for it; `nil` when nobody could be asked.
    package var answers: [MACAddress]?
    /// Why nobody could be asked.
    package var obstacle: String?

    package init(_ address: IPAddress, on interface: String, answers: [MACAddress]?) {
        self.address = address
        self.interface = interface
        self.answers = answers
    }
}

/// One rail, after this node has spoken and listened for a while.
package struct RailFact: Equatable, Sendable {
    /// `10.0.0.10 -> 10.0.0.11`, `ethernet on eth1`.
    package var name: String
    /// Why it cannot be used on this side.
    package var fault: String?
    /// Beats of the peer came and were believed.
    package var isHeard = false
    /// The peer said that it heard this node here; `nil` while it said nothing.
    package var isHeardByPeer: Bool?
    /// The peer's host answered that nobody listens there (ICMP port unreachable).
    package var isRefused = false
    /// Percent of the peer's beats that did not arrive.
    package var lossPercent: Double?
    package var roundTripMilliseconds: Double?

    /// Datagrams that were not believed, by the name of the reason; those of the beginning of every
    /// talk (`unproven-boot`) apart.
    package var drops: [String: Int] = [:]

    package init(_ name: String) { self.name = name }
}

/// What the peer says of itself.
package struct PeerFact: Equatable, Sendable {
    package var role: String?
    package var isHolder = false
    package var hasSameConfiguration: Bool?
    package var serversAreUsable: Bool?
    /// Its hardware addresses: from its beats, and by asking the segment for its node addresses.
    package var macs: Set<MACAddress> = []
    /// For how long it was listened to.
    package var seconds = 0.0

    package init() {}
}
