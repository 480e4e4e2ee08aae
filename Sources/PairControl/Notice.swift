package import Heartbeat
package import Primitives

/// Something that an operator should find in the log.
package enum Notice: Equatable, Sendable {
    case peerAppeared(peer: String, role: Role)
    case peerSilent(peer: String, for: Duration)
    case peerReleased(peer: String)
    case roleChanged(from: Role, to: Role, epoch: UInt64, why: String)
    case epochRaised(to: UInt64, peer: String)
    case twoHolders(peer: String, survivor: String)
    case notHeard(peer: String)
    case unauthentic(peer: String)
    case foreignVersion(peer: String, major: UInt8)
    case configurationDiffers(peer: String)
    case vipFault(String)
    /// How long ago the lease had run out when the node noticed.
    case leaseRanOut(ago: Duration)
    /// The same, because neither the peer nor the arbiter said that this node may hold on.
    case leaseNotConfirmed(ago: Duration)
    case lostWhileFenced(to: String)
    /// The arbiter does not answer, and why; again when it does.
    case arbiterLost(String)
    case arbiterAnswers
    /// A holder that no peer acknowledges goes on by the arbiter's word.
    case heldByArbiter(peer: String)
    /// Silence is no reason to take over: the peer may hold without asking.
    case refusedByArbiter(peer: String, ArbiterRecord)
    case yielding(to: String, why: String)
    case segment(SegmentAlarm, peer: String, isHolder: Bool)
    case segmentIsClear(SegmentAlarm, after: Duration)
    /// Another host than the peer answers for the virtual IP while this node holds it.
    case otherHolder(MACAddress)
    /// Part of this node's readiness, by its name in `status`, and why it is missing.
    case factLost(String, String)
    case factRegained(String)

    package enum Importance: Sendable { case info, notice, warning, alert }

    package var importance: Importance {
        switch self {
        case .peerAppeared, .yielding: .notice
        case .roleChanged(_, let role, _, _): role == .fault ? .alert : .notice
        case .epochRaised: .notice
        case .peerSilent, .peerReleased, .notHeard, .configurationDiffers: .warning
        case .leaseRanOut, .leaseNotConfirmed, .lostWhileFenced, .factLost: .warning
        case .arbiterLost, .heldByArbiter: .warning
        case .arbiterAnswers: .notice
        case .refusedByArbiter: .alert
        case .segmentIsClear, .factRegained: .notice
        case .twoHolders, .vipFault, .unauthentic, .foreignVersion, .segment, .otherHolder: .alert
        }
    }

    package var text: String {
        switch self {
        case .peerAppeared(let peer, let role):
            "\(peer) is heard, it is \(role)"
        case .peerSilent(let peer, let silence):
            "\(peer) has not been heard for \(silence.milliseconds) ms: no redundancy"
        case .peerReleased(let peer):
            "the guardian of \(peer) reports that its daemon is dead and the address released"
        case .roleChanged(let from, let to, let epoch, let why):
            "\(from) -> \(to), epoch \(epoch): \(why)"
        case .epochRaised(let epoch, let peer):
            "epoch raised to \(epoch) because \(peer) knew a higher one; the virtual IP stays here"
        case .twoHolders(let peer, let survivor):
            "\(peer) holds the virtual IP too: \(survivor) keeps it"
        case .notHeard(let peer):
            "\(peer) is heard but does not hear this node: look for a firewall on the "
                + "heartbeat path"
        case .unauthentic(let peer):
            "datagrams from \(peer) are refused as unauthentic, nothing else is heard of it: "
                + "have both nodes the same secret-file?"
        case .foreignVersion(let peer, let major):
            "beats of version \(major) come from \(peer) and are not understood here "
                + "(\(FrameVersion.current)), nothing else is heard of it: each node acts alone "
                + "until both run the same major version"
        case .configurationDiffers(let peer):
            "\(peer) runs another configuration: compare the files and reload"
        case .vipFault(let reason):
            "virtual IP: \(reason)"
        case .leaseRanOut(let duration):
            "the lease ran out \(duration.milliseconds) ms ago: this node was stopped or had no "
                + "processor; its traffic is fenced, asking who holds the virtual IP"
        case .leaseNotConfirmed(let duration):
            "the lease ran out \(duration.milliseconds) ms ago: no beat was acknowledged and the "
                + "arbiter did not confirm this holder in time; its traffic is fenced"
        case .arbiterLost(let reason):
            "arbiter: \(reason): while it is lost nobody takes over from a node that is silent"
        case .arbiterAnswers:
            "arbiter: answers again"
        case .heldByArbiter(let peer):
            "\(peer) acknowledges nothing: the virtual IP stays here for as long as the arbiter "
                + "confirms it"
        case .refusedByArbiter(let peer, let record):
            "\(peer) is silent and may hold the virtual IP: by the arbiter it does "
                + "(\(record.text)), since this node had left. If it is dead for certain, "
                + "delete the key there"
        case .lostWhileFenced(let peer):
            "\(peer) has to be taken for the holder: the sessions here are reset"
        case .yielding(let peer, let why):
            "giving the virtual IP to \(peer): \(why)"
        case .segment(let alarm, let peer, let isHolder):
            alarm.text(peer: peer, isHolder: isHolder)
        case .segmentIsClear(let alarm, let duration):
            "\(alarm.name) no longer, after \(duration.milliseconds) ms"
        case .otherHolder(let mac):
            "\(mac) answers for the virtual IP too and is not the other node: find the host that "
                + "has this address; announced again"
        case .factLost(let name, let fault):
            "this node is not ready: \(name): \(fault)"
        case .factRegained(let name):
            "this node is ready again as to: \(name)"
        }
    }
}
