package import Primitives

/// An address on an interface as the kernel describes it (`RTM_NEWADDR`).
package struct KernelAddress: Hashable, Sendable {
    /// What tells two addresses of one host apart.
    package struct Key: Hashable, Sendable {
        package let index: UInt32
        package let address: IPAddress
        package let prefixLength: UInt8

        package init(index: UInt32, address: IPAddress, prefixLength: UInt8) {
            self.index = index
            self.address = address
            self.prefixLength = prefixLength
        }

        /// By interface, then by address, then by prefix.
        func precedes(_ other: Key) -> Bool {
            if index != other.index { return index < other.index }
            if address != other.address {
                return address.networkBytes.lexicographicallyPrecedes(other.address.networkBytes)
            }
            return prefixLength < other.prefixLength
        }

        /// The key of `address` as this program adds it: with the prefix of a single host.
        package init(host address: IPAddress, index: UInt32) {
            self.init(index: index, address: address, prefixLength: address.hostPrefixLength)
        }
    }

    package let key: Key
    /// `IFA_PROTO`: who added the address. 0 where the kernel is older than 5.18 or nobody said.
    package let tag: UInt8
    /// `IFA_F_*` of linux/if_addr.h.
    package let flags: UInt32

    package init(key: Key, tag: UInt8, flags: UInt32) {
        self.key = key
        self.tag = tag
        self.flags = flags
    }

    /// A further IPv4 address of one subnet; the kernel removes it together with the primary one.
    package var isSecondary: Bool { key.address.isV4 && flags & Self.secondaryFlag != 0 }

    /// Whether the kernel answers for it: duplicate address detection is neither running nor
    /// failed.
    package var isAnswered: Bool { flags & (Self.tentativeFlag | Self.duplicateFlag) == 0 }

    /// `IFA_F_SECONDARY`
    package static let secondaryFlag: UInt32 = 0x01
    /// `IFA_F_DADFAILED`
    package static let duplicateFlag: UInt32 = 0x08
    /// `IFA_F_TENTATIVE`
    package static let tentativeFlag: UInt32 = 0x40

    /// Whether `other` is in the same subnet of the same interface.
    package func sharesSubnet(with other: KernelAddress) -> Bool {
        key.index == other.key.index && key.prefixLength == other.key.prefixLength
            && IPNetwork(key.address, prefixLength: Int(key.prefixLength))
                .contains(other.key.address)
    }
}
