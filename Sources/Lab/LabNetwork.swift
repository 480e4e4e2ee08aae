internal import LinuxIO
package import Primitives
internal import Synchronization

/// Hosts on one Ethernet segment, made of network namespaces: a bridge in a namespace of its own
/// and a virtual cable to `eth1` of each host. Nothing of the machine's own network is touched.
///
/// Needs root, `ip` and `nft`. Close it when done; its `deinit` closes it too. All methods may be
/// called from any thread.
package final class LabNetwork: Sendable {
    package let hosts: [LabHost]
    /// The namespace of the bridge.
    let switchNamespace: String
    private let prefix: String
    private let isClosed = Atomic<Bool>(false)

    /// Makes the hosts with their links up and addresses set, and removes what runs that were
    /// killed have left behind. Nothing is left when it throws.
    package init(_ plans: [HostPlan] = HostPlan.article) throws {
        try NamespaceName.sweep()
        let prefix = NamespaceName.makePrefix()
        let switchNamespace = prefix + "switch"
        do {
            try Self.makeSwitch(switchNamespace)
            hosts = try plans.map { plan in
                try Self.make(plan, prefix + plan.name, on: switchNamespace, among: plans)
            }
            for host in hosts { try Self.waitForCarrier(of: host, switchNamespace) }
        } catch {
            // The first failure is the one to report.
            try? Self.remove(switchNamespace, plans.map { prefix + $0.name })
            throw error
        }
        self.prefix = prefix
        self.switchNamespace = switchNamespace
    }

    deinit {
        // Whoever cares about a failure calls close.
        try? close()
    }

    /// Kills every process in the hosts and removes the namespaces. The second call does nothing.
    package func close() throws {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        for host in hosts { try host.killEverything() }
        try Self.remove(switchNamespace, hosts.map(\.namespace))
    }

    /// The host of that name, which must be one of the network's.
    package subscript(_ plan: HostPlan) -> LabHost {
        guard let host = hosts.first(where: { $0.plan == plan }) else {
            preconditionFailure("no host \(plan.name) in this network")
        }
        return host
    }

    /// The hosts whose kernel holds an address at this moment.
    package func holders(of address: IPAddress) throws -> [LabHost] {
        try hosts.filter { try $0.addresses().contains(address) }
    }

    /// Removes namespaces, processes and temporary directories of labs whose process is gone.
    package static func sweepLeftovers() throws {
        try NamespaceName.sweep()
    }

    private static func makeSwitch(_ namespace: String) throws {
        try Command.check("ip", ["netns", "add", namespace])
        // A bridge without spanning tree forwards at once; without snooping it floods multicast.
        let bridge = ["bridge", "stp_state", "0", "forward_delay", "0", "mcast_snooping", "0"]
        try ip(namespace, ["link", "add", "br0", "type"] + bridge)
        try ip(namespace, ["link", "set", "br0", "up"])
        try Command.check(
            "ip",
            ["netns", "exec", namespace, "nft", "add table bridge lab; \(Self.dropChain)"]
        )
    }

    private static let dropChain =
        "add chain bridge lab drops { type filter hook forward priority 0; }"

    private static func make(
        _ plan: HostPlan,
        _ namespace: String,
        on switchNamespace: String,
        among plans: [HostPlan]
    ) throws -> LabHost {
        try Command.check("ip", ["netns", "add", namespace])
        try writeNames(plans, for: namespace)
        let host = try LabHost(plan, namespace: namespace)
        try ip(namespace, ["link", "set", "lo", "up"])
        try plugIn(host, on: switchNamespace)
        return host
    }

    /// Makes the host's `eth1` and the cable from it to the switch.
    static func plugIn(_ host: LabHost, on switchNamespace: String) throws {
        let (plan, namespace) = (host.plan, host.namespace)
        let port = portName(plan)
        try ip(
            switchNamespace,
            ["link", "add", port, "type", "veth", "peer", "name", "eth1"]
                + ["address", "\(plan.hardwareAddress)", "netns", namespace]
        )
        try ip(switchNamespace, ["link", "set", port, "master", "br0", "up"])
        for (setting, value) in kernelSettings { try host.setKernel(setting, value) }
        try ip(namespace, ["address", "add", "\(plan.address)/8", "brd", "+", "dev", "eth1"])
        try ip(namespace, ["link", "set", "eth1", "up"])
    }

    /// The interface of the bridge that a host's cable is plugged into; the kernel allows 15 bytes.
    static func portName(_ plan: HostPlan) -> String { String(plan.name.prefix(15)) }

    /// What hosts of a pair have (`deploy/sysctl.d`), and what makes measurements comparable: one
    /// congestion control for all, and source ports for 500 short connections a second.
    private static let kernelSettings = [
        ("net/ipv4/conf/all/arp_ignore", "1"),
        ("net/ipv4/conf/all/arp_announce", "2"),
        ("net/ipv4/tcp_congestion_control", "reno"),
        ("net/ipv4/tcp_tw_reuse", "1"),
        ("net/ipv4/ip_local_port_range", "10000 65535"),
        ("net/ipv6/conf/all/accept_dad", "0"),
        ("net/ipv6/conf/default/accept_dad", "0"),
    ]

    /// `ip netns exec` shows these as /etc/hosts and /etc/resolv.conf. Without them rsync, which
    /// carries Galera's state, waits 5 s for the name of every peer.
    private static func writeNames(_ plans: [HostPlan], for namespace: String) throws {
        // Another network that goes may take the folder above away in between.
        _ = try Patience.wait(.seconds(1)) {
            try Command.run("mkdir", ["-p", "/etc/netns/\(namespace)"]).status.isSuccess
        }
        let names = plans.map { "\($0.address) \($0.name)\n" }.joined()
        try TextFile.write("127.0.0.1 localhost\n" + names, to: "/etc/netns/\(namespace)/hosts")
        try TextFile.write("nameserver 127.0.0.1\n", to: "/etc/netns/\(namespace)/resolv.conf")
    }

    /// Waits until both ends of a host's cable are up: the kernel drops what is sent before, and
    /// whoever asked for an address then asks again only after 1 s.
    static func waitForCarrier(of host: LabHost, _ switchNamespace: String) throws {
        let ends = [(host.namespace, "eth1"), (switchNamespace, portName(host.plan))]
        for (namespace, interface) in ends {
            let isUp = try Patience.wait(.seconds(5)) {
                try ip(namespace, ["-o", "link", "show", interface]).contains("state UP")
            }
            guard isUp else { throw LabError("\(interface) of \(namespace) does not come up") }
        }
    }

    @discardableResult
    static func ip(_ namespace: String, _ arguments: [String]) throws -> String {
        try Command.check("ip", ["-n", namespace] + arguments)
    }

    /// Removes those that exist, all of them, and then throws the first failure.
    private static func remove(_ switchNamespace: String, _ namespaces: [String]) throws {
        let existing = Set(
            try Command.check("ip", ["netns", "list"]).split(separator: "\n")
                .compactMap { $0.split(separator: " ").first.map(String.init) }
        )
        var failure: (any Error)?
        for namespace in namespaces + [switchNamespace] where existing.contains(namespace) {
            do {
                try NamespaceName.remove(namespace)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }
}
