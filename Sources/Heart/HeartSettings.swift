package import PairControl
package import Primitives
package import VIPManager

/// What the heart needs to know: the pair as its state machine sees it, and how to reach the world.
package struct HeartSettings: Equatable, Sendable {
    /// One path of beats: two node addresses.
    package struct Rail: Equatable, Sendable {
        package var own: IPAddress
        package var peer: IPAddress

        package init(own: IPAddress, peer: IPAddress) {
            self.own = own
            self.peer = peer
        }
    }

    package var pair: PairSettings
    package var rails: [Rail]
    /// Interfaces with a rail of bare Ethernet frames each; numbered behind `rails`.
    package var ethernetRails: [String]
    /// UDP port of the beats on both nodes.
    package var port: UInt16
    package var keys: PairKeys
    package var virtualAddresses: [VirtualAddress]
    /// Gateway and servers on the segments of the virtual addresses; `pair.hasWitnesses` says
    /// whether there are any.
    package var witnesses: [SegmentWatch.Witness] = []
    /// Whose links count, besides those of the virtual addresses (`track interface`).
    package var trackedInterfaces: [String] = []

    package init(
        pair: PairSettings,
        rails: [Rail],
        ethernetRails: [String] = [],
        port: UInt16,
        keys: PairKeys,
        virtualAddresses: [VirtualAddress]
    ) {
        precondition(
            rails.count + ethernetRails.count == pair.railCount,
            "the rails and their count disagree"
        )
        self.pair = pair
        self.rails = rails
        self.ethernetRails = ethernetRails
        self.port = port
        self.keys = keys
        self.virtualAddresses = virtualAddresses
    }

    /// Who is asked on the segments.
    var watch: SegmentWatch {
        SegmentWatch(virtualAddresses, peers: rails.map(\.peer), witnesses: witnesses)
    }

    /// Whether a running heart can take these settings over from `old` without a restart.
    package func canReplace(_ old: HeartSettings) -> String? {
        if pair.name != old.pair.name { return "the name of the pair" }
        if pair.own.name != old.pair.own.name || pair.peer.name != old.pair.peer.name {
            return "the names of the nodes"
        }
        if rails != old.rails { return "the node addresses" }
        if ethernetRails != old.ethernetRails { return "the rail lines" }
        if port != old.port { return "the heartbeat port" }
        if virtualAddresses != old.virtualAddresses { return "the virtual addresses" }
        return nil
    }
}
