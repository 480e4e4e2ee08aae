package import Primitives

/// The `pair` section: two balancers that share virtual addresses.
package struct PairSettings: Sendable, Equatable {
    package var name: String
    package var location: SourceLocation
    /// Exactly two, in the order of the file: where nothing else decides, the first one wins.
    package var nodes: [PairNode]
    /// At least one. All are held by the same node.
    package var virtualAddresses: [VirtualAddress]
    /// `rail ethernet` lines, none by default.
    package var ethernetRails: [EthernetRail] = []
    /// `secret-file`, absolute.
    package var secretFile: String
    package var secretFileLocation: SourceLocation
    package var heartbeat = HeartbeatSettings()
    /// `boot-hold`: how long a node that has just started listens before it takes over.
    package var bootHold: Duration = .seconds(3)
    /// `preempt on`: the node of the higher priority takes the addresses back.
    package var preempts = false
    /// `on-change`
    package var onChange: ChangeHookSettings?
    /// `track`, each subject once, in the order of the file.
    package var tracks: [TrackSettings] = []
    /// `arbiter`
    package var arbiter: ArbiterSettings?
}

/// `node NAME ADDR [ADDR...] priority N`
package struct PairNode: Sendable, Equatable {
    /// The host name, or the name given by `-L`.
    package var name: String
    /// One per heartbeat rail, as many and of the same families as the other node's.
    package var addresses: [IPAddress]
    /// 1...254, the higher one is preferred.
    package var priority: Int
    package var location: SourceLocation
}

/// `virtual-ip ADDR dev IFNAME`
package struct VirtualAddress: Sendable, Equatable {
    package var address: IPAddress
    package var interface: String
    package var location: SourceLocation
}

/// `rail ethernet dev IFNAME`: beats as bare Ethernet frames.
package struct EthernetRail: Sendable, Equatable {
    package var interface: String
    package var location: SourceLocation
}

/// `heartbeat every T dead-after T port N`
package struct HeartbeatSettings: Sendable, Equatable {
    /// `every`, 5 ms ... 10 s.
    package var interval: Duration = .milliseconds(50)
    /// `dead-after`, at least three intervals, with an arbiter five.
    package var deadAfter: Duration = .milliseconds(250)
    /// UDP. 694 is IANA's ha-cluster.
    package var port: UInt16 = 694
}
