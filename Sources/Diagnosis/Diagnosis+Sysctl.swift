internal import Primitives

/// Kernel settings.
extension Diagnosis {
    /// Where deploy/sysctl.d divides the ports: the last of the lower half.
    private static let lastLowerPort = 37887

    static func sysctls(_ facts: Facts) -> [Finding] {
        guard facts.pair != nil else { return [] }
        let interfaces = Set(facts.virtualAddresses.filter(\.address.isV4).map(\.interface))
        let perInterface = interfaces.sorted().flatMap { name in
            [arp(name, facts), reversePath(name, facts)].compactMap(\.self)
        }
        return perInterface
            + [forwarding(facts), nonLocalBind(facts), ports(facts)]
            .compactMap(\.self)
    }

    private static func arp(_ interface: String, _ facts: Facts) -> Finding? {
        guard let ignore = facts.kernel.strongest("arp_ignore", of: interface),
            let announce = facts.kernel.strongest("arp_announce", of: interface)
        else { return nil }
        if ignore >= 1, announce == 2 {
            return Finding(
                .sysctl,
                .fine,
                "\(interface): arp_ignore is \(ignore), arp_announce \(announce)"
            )
        }
        return Finding(
            .sysctl,
            .warning,
            "\(interface): arp_ignore is \(ignore), arp_announce \(announce): a node without the "
                + "virtual IP can draw clients to itself by its own ARP requests",
            advice: "net.ipv4.conf.all.arp_ignore = 1 and net.ipv4.conf.all.arp_announce = 2 "
                + "(60-ha-balancer.conf, `sysctl --system`)"
        )
    }

    /// Strict reverse path filtering drops what would be answered through another interface.
    private static func reversePath(_ interface: String, _ facts: Facts) -> Finding? {
        guard let filter = facts.kernel.strongest("rp_filter", of: interface) else { return nil }
        let others = facts.kernel.defaultRoutes.subtracting([interface]).sorted()
        guard filter == 1, let other = others.first else {
            return Finding(.sysctl, .fine, "\(interface): rp_filter is \(filter)")
        }
        return Finding(
            .sysctl,
            .warning,
            "\(interface): rp_filter is 1 (strict) and the default route leads out of \(other): "
                + "clients beyond the segment that come in at \(interface) are dropped",
            advice: "net.ipv4.conf.\(interface).rp_filter = 2, and all.rp_filter = 0 or 2, if "
                + "there are such clients"
        )
    }

    private static func forwarding(_ facts: Facts) -> Finding? {
        guard let value = facts.kernel.number("net/ipv4/ip_forward") else { return nil }
        guard value != 0 else { return Finding(.sysctl, .fine, "ip_forward is 0") }
        return Finding(
            .sysctl,
            .warning,
            "ip_forward is 1: the node without the virtual IP sends late packets for it back to "
                + "the segment instead of dropping them",
            advice: "net.ipv4.ip_forward = 0, unless this host is a router or runs containers"
        )
    }

    private static func nonLocalBind(_ facts: Facts) -> Finding? {
        guard let value = facts.kernel.number("net/ipv4/ip_nonlocal_bind") else { return nil }
        return Finding(
            .sysctl,
            .fine,
            "ip_nonlocal_bind is \(value); listeners do not need it (IP_FREEBIND)"
        )
    }

    /// Two nodes connect from one address, one after the other: their ports must not meet.
    private static func ports(_ facts: Facts) -> Finding? {
        if facts.kernel.isAtLeast(6, 3) {
            return Finding(
                .sysctl,
                .fine,
                "Linux \(facts.kernel.release): each node takes its half of the ports by itself"
            )
        }
        let numbers = (facts.kernel.settings["net/ipv4/ip_local_port_range"] ?? "")
            .split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        guard numbers.count == 2 else { return nil }
        let isRight =
            facts.order == 0 ? numbers[1] <= lastLowerPort : numbers[0] > lastLowerPort
        let range = "\(numbers[0]) \(numbers[1])"
        guard !isRight else {
            return Finding(.sysctl, .fine, "ip_local_port_range is \(range), this node's half")
        }
        let half = facts.order == 0 ? "10240 37887" : "37888 65535"
        return Finding(
            .sysctl,
            .warning,
            "ip_local_port_range is \(range), and Linux \(facts.kernel.release) cannot give each "
                + "program its half: after a failover ports of both nodes meet",
            advice: "net.ipv4.ip_local_port_range = \(half) (60-ha-balancer.conf)"
        )
    }
}
