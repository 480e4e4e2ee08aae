package import Primitives

/// Something on the segment of the virtual IP that needs somebody.
package enum SegmentAlarm: Equatable, Sendable {
    /// No beat arrives, and yet the peer answers or asks there: the path is cut, not the peer.
    case pathCut
    /// Nobody answers at all: this node is the one that is cut off.
    case isolated
    /// The peer is heard and does not hold it, and somebody answers for it.
    case answered(by: MACAddress)
    /// It was taken although somebody still answers broadcasts for it, but not the peer.
    case answeredByOthers(MACAddress)

    /// Its name, for the end of it.
    var name: String {
        switch self {
        case .pathCut: "path cut"
        case .isolated: "isolated"
        case .answered(let mac), .answeredByOthers(let mac): "\(mac) answers for the virtual IP:"
        }
    }

    /// For people: what it is, and what to look for.
    package func text(peer: String, isHolder: Bool) -> String {
        switch self {
        case .pathCut where isHolder:
            "path cut: \(peer) is alive on the segment of the virtual IP, but no beat of it "
                + "arrives: look for a firewall on the heartbeat path"
        case .pathCut:
            "path cut, peer serving: no beat of \(peer) arrives, but it answers for the virtual "
                + "IP and keeps it: look for a firewall on the heartbeat path"
        case .isolated:
            "isolated: neither gateway nor servers answer on the segment of the virtual IP: this "
                + "node does not hold it"
        case .answered(let mac):
            "\(mac) answers for the virtual IP although neither node holds it: find the host with "
                + "that address"
        case .answeredByOthers(let mac):
            "\(mac) answered broadcasts for the virtual IP when this node took it, and \(peer) "
                + "itself did not: ARP suppression, a proxy, or a host with that address"
        }
    }
}
