package import Heartbeat
internal import Primitives

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
    case configurationDiffers(peer: String)
    case vipFault(String)
    /// How long ago the lease had run out when the node noticed.
    case leaseRanOut(ago: Duration)
    case lostWhileFenced(to: String)
    case yielding(to: String, why: String)
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
        case .leaseRanOut, .lostWhileFenced, .factLost: .warning
        case .factRegained: .notice
        case .twoHolders, .vipFault, .unauthentic: .alert
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
        case .configurationDiffers(let peer):
            "\(peer) runs another configuration: compare the files and reload"
        case .vipFault(let reason):
            "virtual IP: \(reason)"
        case .leaseRanOut(let duration):
            "the lease ran out \(duration.milliseconds) ms ago: this node was stopped or had no "
                + "processor; its traffic is fenced, asking who holds the virtual IP"
        case .lostWhileFenced(let peer):
            "\(peer) has to be taken for the holder: the sessions here are reset"
        case .yielding(let peer, let why):
            "giving the virtual IP to \(peer): \(why)"
        case .factLost(let name, let fault):
            "this node is not ready: \(name): \(fault)"
        case .factRegained(let name):
            "this node is ready again as to: \(name)"
        }
    }
}
