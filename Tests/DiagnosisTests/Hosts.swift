import Diagnosis
import Primitives

/// A node on which everything is right, to be spoilt by one thing at a time.
enum Hosts {
    static let virtual = IPAddress.v4(0x0A00_0064)
    static let own = IPAddress.v4(0x0A00_000A)
    static let peer = IPAddress.v4(0x0A00_000B)
    static let peerMAC = MACAddress(0x0200_0A00_000B)
    static let stranger = MACAddress(0x0200_0A00_0032)

    static var good: Facts {
        var facts = Facts(node: "haproxy-node01")
        facts.pair = "galera-vip"
        facts.peer = "haproxy-node02"
        facts.interfaces = [eth1]
        facts.railAddresses = [own]
        facts.virtualAddresses = [VirtualAddressFact(virtual, on: "eth1", answers: [peerMAC])]
        var rail = RailFact("10.0.0.10 -> 10.0.0.11")
        rail.isHeard = true
        rail.isHeardByPeer = true
        rail.lossPercent = 0
        facts.rails = [rail]
        facts.heard.role = "active"
        facts.heard.isHolder = true
        facts.heard.hasSameConfiguration = true
        facts.heard.serversAreUsable = true
        facts.heard.macs = [peerMAC]
        facts.heard.seconds = 2
        facts.arbiter = [arbiter()]
        facts.rights = RightsFact(
            who: "this command",
            isDaemon: false,
            capabilities: .max,
            isRealTimePermitted: true,
            mayLockMemory: true,
            fence: .works
        )
        facts.kernel.release = "6.1.0-40-amd64"
        facts.kernel.settings = [
            "net/ipv4/conf/all/arp_ignore": "1", "net/ipv4/conf/all/arp_announce": "2",
            "net/ipv4/conf/all/rp_filter": "0", "net/ipv4/conf/eth1/rp_filter": "0",
            "net/ipv4/ip_forward": "0", "net/ipv4/ip_nonlocal_bind": "0",
            "net/ipv4/ip_local_port_range": "10240\t37887",
        ]
        facts.names = [
            NameFact(name: "haproxy-node01", configured: [own], resolved: [own]),
            NameFact(name: "haproxy-node02", configured: [peer], resolved: []),
        ]
        facts.checks = [check(.passed)]
        facts.listeners = [listener(.free)]
        return facts
    }

    static var eth1: InterfaceFact {
        var interface = InterfaceFact("eth1")
        interface.isUp = true
        interface.hasCarrier = true
        interface.isEthernet = true
        interface.mac = MACAddress(0x0200_0A00_000A)
        interface.addresses = [.init(own, prefixLength: 8)]
        return interface
    }

    static func arbiter(
        _ number: Int = 1,
        _ says: ArbiterFact.Says = .record("haproxy-node02 epoch 7"),
        within time: Duration = .milliseconds(2),
        cluster: String = "17"
    ) -> ArbiterFact {
        ArbiterFact(
            "http://10.0.0.\(number):2379",
            .answered(says, within: time, cluster: cluster)
        )
    }

    static func check(
        _ result: CheckFact.Result,
        from source: CheckFact.Source = .node(own)
    ) -> CheckFact {
        CheckFact(
            server: "galera_cluster/galera-node01",
            user: "haproxy",
            source: source,
            result: result
        )
    }

    static func listener(_ state: ListenerFact.State) -> ListenerFact {
        ListenerFact(name: "galera_cluster", endpoint: Endpoint(.anyV4, 3306), state: state)
    }

    /// What is said of a topic once one thing is spoilt.
    static func findings(
        _ topic: Finding.Topic,
        _ spoil: (inout Facts) -> Void
    ) -> [Finding] {
        var facts = good
        spoil(&facts)
        return Diagnosis(facts).findings.filter { $0.topic == topic && $0.verdict != .fine }
    }
}
