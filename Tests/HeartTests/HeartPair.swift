import Heartbeat
import Lab
import LinuxIO
import PairControl
import Primitives
import Testing

/// Two hearts on one Ethernet segment, node01 active; a third host can lie to them.
final class HeartPair {
    static let port: UInt16 = 694

    let network: LabNetwork
    var first: HeartNode
    let second: HeartNode

    init() throws {
        network = try LabNetwork([.node01, .node02, .client])
        try Self.introduce(network[.node01], to: network[.node02])
        try Self.introduce(network[.node02], to: network[.node01])
        first = try HeartNode(.node01, in: network, boot: 0x1111)
        second = try HeartNode(.node02, in: network, boot: 0x2222)
        let isSettled = Patience.wait(.seconds(5)) { [first, second] in
            first.isActive && second.isStandby && second.node?.tracker.last?.role == .active
                && first.node?.tracker.last?.role == .standby
        }
        try #require(isSettled, "\(first.notices)\n\(second.notices)")
    }

    /// Puts a host's MAC into the other one's table. The second heart stops its interface for a
    /// moment when it attaches the fence; an ARP request that is lost then is repeated after 1 s,
    /// which is longer than the boot hold here.
    private static func introduce(_ host: LabHost, to other: LabHost) throws {
        let link = try host.run("ip", ["-o", "link", "show", "eth1"]).standardOutput
        let words = link.split(separator: " ")
        let index = try #require(words.firstIndex(of: "link/ether"), "\(link)")
        let result = try other.run(
            "ip",
            [
                "neigh", "replace", "\(host.address)", "lladdr", String(words[index + 1]), "dev",
                "eth1", "nud", "permanent",
            ]
        )
        try #require(result.status.isSuccess, "\(result.standardError)")
    }

    /// Whose kernel has the virtual IP at this moment.
    var holders: [String] {
        get throws { try network.holders(of: HostPlan.virtualAddress).map(\.name) }
    }

    /// Waits until `holder` has the address and is active and the other one is neither.
    func settles(on holder: HeartNode, within limit: Duration = .seconds(3)) throws -> Bool {
        let other = holder === first ? second : first
        return try Patience.wait(limit) {
            try holder.isActive && !other.isActive && holders == [holder.plan.name]
        }
    }

    /// What decides, on both nodes: whatever strangers send, it stays.
    var decisions: [String] {
        [first, second].map { node in
            "\(node.node?.state.role.description ?? "none") \(node.node?.epochs.highest ?? 0) "
                + "\(node.node?.history.count ?? 0)"
        }
    }

    /// Payloads of the beats that arrive at a host while `body` runs.
    func beats(at host: HostPlan, during time: Duration) throws -> [[UInt8]] {
        let port = [UInt8(Self.port >> 8), UInt8(Self.port & 0xFF)]
        // Ethernet 14 bytes, IPv4 20, UDP 8; its destination port is the second field.
        let tap = try FrameTap(on: network[host], .ipv4) { frame in
            frame.count > 42 && frame[23] == 17 && Array(frame[36..<38]) == port
                && Array(frame[30..<34]) == host.address.networkBytes
        }
        Patience.pause(time)
        return tap.stop().map { Array($0.bytes[42...]) }
    }
}
