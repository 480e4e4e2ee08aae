/// An address and how many of its first bits are those of its network, such as 10.0.0.10/8.
package struct IPNetwork: Hashable, Sendable {
    package var address: IPAddress
    /// 0 to 32 or, for IPv6, to 128.
    package var prefixLength: Int

    package init(_ address: IPAddress, prefixLength: Int) {
        self.address = address
        self.prefixLength = prefixLength
    }

    /// Whether there is room for one host only.
    package var isHost: Bool { prefixLength >= Int(address.hostPrefixLength) }

    /// Whether the other address is in the network too.
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
