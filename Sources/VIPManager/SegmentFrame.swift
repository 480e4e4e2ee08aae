internal import Primitives

/// An ARP or Neighbor Discovery frame, as far as it says or asks who has an address.
struct SegmentFrame: Equatable {
    enum Kind: Equatable {
        /// Asks in nobody's name whether the address is there.
        case question
        /// Asks for another one in the name of the address.
        case claim
        /// Says that the address is there.
        case answer
    }

    let kind: Kind
    let address: IPAddress
    /// Where the frame says that the address is, or who asks.
    let sender: MACAddress
    let receiver: MACAddress

    /// To a group or to everybody.
    var isForAll: Bool { receiver.bytes[0] & 1 == 1 }

    /// - Parameter bytes: from the Ethernet header on. `nil` where it says nothing of that kind.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 42, let receiver = MACAddress(bytes: bytes[..<6]),
            let source = MACAddress(bytes: bytes[6..<12])
        else { return nil }
        let content: (Kind, IPAddress, MACAddress)?
        switch (bytes[12], bytes[13]) {
        case (0x08, 0x06): content = Self.arp(bytes)
        case (0x86, 0xDD): content = Self.neighborDiscovery(bytes, source)
        default: content = nil
        }
        // No interface has a group's address, or none.
        guard let (kind, address, sender) = content, sender != .zero, sender.bytes[0] & 1 == 0
        else { return nil }
        self.kind = kind
        self.address = address
        self.sender = sender
        self.receiver = receiver
    }

    /// RFC 826, at byte 14: hardware, protocol, lengths, operation, sender, target.
    private static func arp(_ bytes: [UInt8]) -> (Kind, IPAddress, MACAddress)? {
        guard bytes[14..<21] == [0, 1, 0x08, 0, 6, 4, 0],
            let mac = MACAddress(bytes: bytes[22..<28]),
            let sender = IPAddress(networkBytes: bytes[28..<32]),
            let target = IPAddress(networkBytes: bytes[38..<42])
        else { return nil }
        switch bytes[21] {
        case 1 where sender.isUnspecified: return (.question, target, mac)
        case 1: return (.claim, sender, mac)
        case 2: return (.answer, sender, mac)
        default: return nil
        }
    }

    /// RFC 4861 §4.3, §4.4: type at byte 54, target at 62, options from 78 on.
    private static func neighborDiscovery(
        _ bytes: [UInt8],
        _ source: MACAddress
    ) -> (Kind, IPAddress, MACAddress)? {
        // ICMPv6 right above, and a hop limit that no router has lowered.
        guard bytes.count >= 78, bytes[20] == 58, bytes[21] == 255, bytes[55] == 0,
            let target = IPAddress(networkBytes: bytes[62..<78])
        else { return nil }
        switch bytes[54] {
        case 135:
            return bytes[22..<38].allSatisfy { $0 == 0 } ? (.question, target, source) : nil
        case 136:
            // The target's own word, where it gives one (type 2, one unit of 8 bytes).
            guard bytes.count >= 86, bytes[78...79] == [2, 1],
                let mac = MACAddress(bytes: bytes[80..<86])
            else { return (.answer, target, source) }
            return (.answer, target, mac)
        default: return nil
        }
    }
}
