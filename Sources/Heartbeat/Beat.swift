package import Primitives

/// The content of one frame between the two nodes: what the sender is, and what it last heard.
///
/// Ages instead of times: the clocks of two hosts never meet. A value, built by `PairControl`,
/// encoded by `FrameCodec`, judged on arrival by `PeerTracker`.
package struct Beat: Equatable, Sendable {
    package enum Kind: UInt8, Sendable {
        case beat = 1
        /// The last will of a daemon, sent by its guardian: it is dead and its address is gone.
        case release = 2
    }

    // Who speaks.
    package var kind: Kind = .beat
    /// Of the frame that it came in. What this node sends is always of its own version.
    package var version = FrameVersion.current
    /// FNV-1a of the pair's name: two pairs on one segment do not mix.
    package var pairID: UInt64
    /// FNV-1a of the node's name.
    package var nodeID: UInt64
    /// Random, new with every start of the daemon.
    package var bootID: UInt64
    /// Rises by one with every beat of this boot; the same beat on two rails has the same number.
    package var sequence: UInt64

    // What it heard of the receiver, on this rail.
    /// The sender's own nonce: a boot is believed only after it has echoed the current one.
    package var challenge: UInt64 = 0
    /// The receiver's nonce as last heard, 0 before.
    package var echo: UInt64 = 0
    /// The boot and the sequence last heard from the receiver on this rail, 0 before.
    package var heardBootID: UInt64 = 0
    package var heardSequence: UInt64 = 0
    /// How long the sender held that beat before this one left, in microseconds: for the round
    /// trip.
    package var heldMicroseconds: UInt32 = 0
    /// Of the receiver's beats on this rail, how many were lost lately, in thousandths.
    package var lossPermille: UInt16 = 0

    // What it is.
    package var role: Role
    package var readiness: ReadinessFlags = []
    /// It gives the virtual IP away and is no candidate itself until the receiver holds it.
    package var isYielding = false
    /// It sees two holders; its sessions and its time as the holder are frozen so that both nodes
    /// compare the same numbers.
    package var isContested = false
    /// Its lease ran out while it held; it asks whether another node holds the virtual IP now. A
    /// node that hears this answers at once, and leaves it the time to take it again.
    package var isFenced = false
    /// The highest epoch it has seen, its own included.
    package var highestEpoch: UInt64 = 0
    /// The epoch of its own last activation, 0 when it had none in this boot.
    package var activationEpoch: UInt64 = 0
    /// The last activation of its own that it ended in order, 0 when none.
    package var resignedEpoch: UInt64 = 0
    /// How long it has been active, in milliseconds; 0 when it is not.
    package var activeMilliseconds: UInt64 = 0
    /// While it yields: how long ago it began to let go, in microseconds, for the measured
    /// downtime.
    package var yieldingMicroseconds: UInt32 = 0
    /// Why it is active; while it yields, why the receiver shall be.
    package var activationReason: ActivationReason = .none
    package var clientSessions: UInt32 = 0
    /// Age of the last passed and of the last failed health check, in milliseconds; `.max` = never.
    package var checkSuccessAge: UInt32 = .max
    package var checkFailureAge: UInt32 = .max

    // What the operator asks of the receiver.
    /// "Give me the virtual IP": the number of the request, 0 = none.
    package var requestID: UInt32 = 0
    /// The receiver's request that was refused, and why.
    package var refusedRequestID: UInt32 = 0
    package var refusal: Refusal = .none

    // For the fence and for probes.
    package var fence: FenceKind = .none
    /// How long the sender's fence can stay open after this beat, in milliseconds.
    package var fenceOutlives: UInt16 = 0
    /// MAC of the interface of its first virtual address; zero when it has none.
    package var vipMAC: MACAddress = .zero
    /// FNV-1a of its configuration: the two should be equal.
    package var configurationDigest: UInt64 = 0

    package init(pairID: UInt64, nodeID: UInt64, bootID: UInt64, sequence: UInt64, role: Role) {
        self.pairID = pairID
        self.nodeID = nodeID
        self.bootID = bootID
        self.sequence = sequence
        self.role = role
    }
}

/// Which parts of a node work, as it says itself.
package struct ReadinessFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The relay's workers turn and its listeners are bound.
    package static let relay = ReadinessFlags(rawValue: 1)
    /// The interfaces of the virtual addresses have carrier.
    package static let link = ReadinessFlags(rawValue: 2)
    /// At least one server is usable.
    package static let servers = ReadinessFlags(rawValue: 4)
    /// The node's own addresses, which beats and checks come from, are there.
    package static let source = ReadinessFlags(rawValue: 8)
    /// New connections find descriptors.
    package static let descriptors = ReadinessFlags(rawValue: 16)
    /// Everything that the configuration tracks is well.
    package static let tracks = ReadinessFlags(rawValue: 32)

    package static let all: ReadinessFlags = [.able, .servers, .fit]
    /// What a node needs to hold the virtual IP at all.
    package static let able: ReadinessFlags = [.relay, .link]
    /// What makes it, beside the servers, the better holder: a holder that lacks one of these gives
    /// the virtual IP to a node that lacks none, and to no other.
    package static let fit: ReadinessFlags = [.source, .descriptors, .tracks]
    /// Flags that the first version of the frame did not have. On the wire they are turned round,
    /// so that a node of that version is not taken for one that lacks them.
    static let later: ReadinessFlags = .fit
}

/// What keeps a silent holder's traffic from the wire. The raw values are on the wire.
package enum FenceKind: UInt8, Sendable {
    /// Only its own removal of the address.
    case none = 0
    /// The address lifetime in the kernel.
    case addressLifetime = 1
    /// The BPF deadline at the interface.
    case deadline = 2
}

/// Why a node became active. The raw values are on the wire.
package enum ActivationReason: UInt8, Sendable, CaseIterable {
    case none = 0
    /// Nobody else was heard since it started.
    case alone = 1
    /// Both were there, nobody held the virtual IP, and this one ranks higher.
    case elected = 2
    /// The other node fell silent.
    case peerSilent = 3
    /// The guardian of the other node reported its daemon's death.
    case peerReleased = 4
    /// The other node left in order.
    case peerStopped = 5
    /// An operator moved it here.
    case failover = 6
    /// The operator put the other node into maintenance.
    case peerMaintenance = 7
    /// The other node could no longer serve.
    case peerNotReady = 8
    /// A higher-priority node came back and `preempt on` is set.
    case preempted = 9
    /// The other node had been asked to take it and did not.
    case takenBack = 10
    /// Its own lease had run out, and no other node had taken it meanwhile.
    case resumed = 11

    /// Whether sessions may be left that nobody has ended: those of a holder that was killed, cut
    /// off or switched off. In every other case it has reset them itself, or they go on here.
    package var leavesSessions: Bool {
        switch self {
        case .alone, .elected, .peerSilent, .peerReleased: true
        case .none, .peerStopped, .failover, .peerMaintenance, .peerNotReady, .preempted,
            .takenBack, .resumed:
            false
        }
    }

    /// The end of the sentence "`holder` took it because …"; it reads the same on both nodes.
    package func sentence(holder: String, peer: String) -> String {
        switch self {
        case .none: "no reason was given"
        case .alone: "\(peer) was not heard when \(holder) started"
        case .elected: "no node held it and \(holder) ranks higher"
        case .peerSilent: "\(peer) fell silent"
        case .peerReleased: "the daemon on \(peer) died and its guardian gave the address up"
        case .peerStopped: "\(peer) was stopped in order"
        case .failover: "an operator moved it"
        case .peerMaintenance: "\(peer) went into maintenance"
        case .peerNotReady: "\(peer) could not serve"
        case .preempted: "\(holder) has the higher priority and `preempt on` is set"
        case .takenBack: "\(peer) did not take it over when asked"
        case .resumed: "\(holder) had been stopped for a moment and no other node held it"
        }
    }
}

/// Why a request of the other node was refused. The raw values are on the wire.
package enum Refusal: UInt8, Sendable {
    case none = 0
    case requesterNotReady = 1
    case busy = 2
}
