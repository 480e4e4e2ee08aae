package import Primitives

/// Faults that only matter to a pair.
extension LabNetwork {
    /// Drops all that goes from or to an address in the switch, such as one rail of a node.
    package func block(_ address: IPAddress) throws {
        let family = address.isV4 ? "ip" : "ip6"
        for end in ["saddr", "daddr"] { try dropInSwitch("\(family) \(end) \(address)") }
    }

    /// Drops TCP to a port of every host, if it comes from this one: the others go on.
    package func blockTCP(port: UInt16, from source: LabHost) throws {
        try dropInSwitch("iifname \"\(Self.portName(source.plan))\" tcp dport \(port)")
    }
}
