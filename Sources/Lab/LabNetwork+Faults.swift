/// What goes wrong in a network: cables, filters, power.
extension LabNetwork {
    /// Pulls the host's cable: its `eth1` loses the carrier.
    package func linkDown(_ host: LabHost) throws {
        try Self.ip(switchNamespace, ["link", "set", Self.portName(host.plan), "down"])
    }

    /// Plugs the cable in again and waits for the carrier.
    package func linkUp(_ host: LabHost) throws {
        try Self.ip(switchNamespace, ["link", "set", Self.portName(host.plan), "up"])
        try Self.waitForCarrier(of: host, switchNamespace)
    }

    /// Takes the host's `eth1` out of it, with all its addresses.
    package func removeInterface(of host: LabHost) throws {
        try Self.ip(host.namespace, ["link", "delete", "eth1"])
    }

    /// Another `eth1` with the host's own address, under a new index.
    package func makeInterface(of host: LabHost) throws {
        try Self.plugIn(host, on: switchNamespace)
        try Self.waitForCarrier(of: host, switchNamespace)
    }

    /// Cuts the power: at one instant nothing of the host reaches the segment any more, and all its
    /// processes die. Its namespace keeps its addresses, behind the cut cable.
    package func powerOff(_ host: LabHost) throws {
        try linkDown(host)
        try host.killEverything()
    }

    /// Drops UDP to a port in the switch, one way; the hosts notice nothing of it.
    package func blockUDP(port: UInt16, from source: LabHost, to destination: LabHost) throws {
        try dropInSwitch(
            "iifname \(quoted(source)) oifname \(quoted(destination)) udp dport \(port)"
        )
    }

    /// Drops VRRP between all hosts, keepalived's adverts (IP protocol 112, RFC 9568).
    package func blockVRRP() throws { try dropInSwitch("ip protocol 112") }

    /// Drops all frames between a host and the rest, both ways, while its carrier stays.
    package func isolate(_ host: LabHost) throws {
        try dropInSwitch("iifname \(quoted(host))")
        try dropInSwitch("oifname \(quoted(host))")
    }

    /// Drops all frames between two hosts, both ways; each still reaches the rest.
    package func cut(between one: LabHost, and other: LabHost) throws {
        try dropInSwitch("iifname \(quoted(one)) oifname \(quoted(other))")
        try dropInSwitch("iifname \(quoted(other)) oifname \(quoted(one))")
    }

    /// Ends what `blockUDP`, `blockTCP`, `isolate` and `cut` began.
    package func unblockAll() throws {
        try nft("flush chain bridge lab drops")
    }

    private func quoted(_ host: LabHost) -> String { "\"\(Self.portName(host.plan))\"" }

    func dropInSwitch(_ match: String) throws {
        try nft("add rule bridge lab drops \(match) drop")
    }

    private func nft(_ commands: String) throws {
        try Command.check("ip", ["netns", "exec", switchNamespace, "nft", commands])
    }
}
