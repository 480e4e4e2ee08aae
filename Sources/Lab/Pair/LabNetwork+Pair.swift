package import Primitives

/// Faults that only matter to a pair.
extension LabNetwork {
    /// Drops UDP to a port between these addresses, such as those of one rail, both ways.
    package func blockUDP(port: UInt16, between addresses: [IPAddress]) throws {
        for address in addresses {
            let family = address.isV4 ? "ip" : "ip6"
            try dropInSwitch("\(family) daddr \(address) udp dport \(port)")
        }
    }

    /// Drops frames of a type in the switch.
    package func block(_ type: EtherType) throws {
        try dropInSwitch("ether type 0x\(String(type.rawValue, radix: 16))")
    }

    /// Drops TCP to a port of every host, if it comes from this one: the others go on.
    package func blockTCP(port: UInt16, from source: LabHost) throws {
        try dropInSwitch("iifname \"\(Self.portName(source.plan))\" tcp dport \(port)")
    }
}
