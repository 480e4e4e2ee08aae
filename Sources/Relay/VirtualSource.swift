package import Primitives

/// Sessions that were accepted on a virtual address connect to their servers from it, so that they
/// can be handed to the other node with it (design §6).
package struct VirtualSource: Sendable, Equatable {
    /// The virtual address.
    package var address: IPAddress
    /// This node's half of the port range, so that both nodes can hold sessions from one address.
    /// Needs Linux 6.3 (`IP_LOCAL_PORT_RANGE`); before that the system's range is used.
    package var ports: ClosedRange<UInt16>?
    /// The networks behind the interface of the address. Servers elsewhere see the node's own
    /// address.
    package var networks: [Network]

    /// An address and how many of its first bits count.
    package struct Network: Sendable, Equatable {
        package var address: IPAddress
        package var prefixLength: Int

        package init(_ address: IPAddress, prefixLength: Int) {
            self.address = address
            self.prefixLength = prefixLength
        }

        package func contains(_ other: IPAddress) -> Bool {
            switch (address, other) {
            case (.v4(let mine), .v4(let other)):
                prefixLength <= 0 || (mine ^ other) >> (32 - min(prefixLength, 32)) == 0
            case (.v6(let high, let low), .v6(let otherHigh, let otherLow)):
                IPAddress.joined(high ^ otherHigh, low ^ otherLow)
                    >> UInt128(128 - max(0, min(prefixLength, 128))) == 0
            default: false
            }
        }
    }

    package init(address: IPAddress, ports: ClosedRange<UInt16>?, networks: [Network]) {
        self.address = address
        self.ports = ports
        self.networks = networks
    }

    /// Whether a session that came in on `local` goes to `server` from the virtual address.
    func applies(from local: IPAddress, to server: IPAddress) -> Bool {
        local == address && networks.contains { $0.contains(server) }
    }
}
