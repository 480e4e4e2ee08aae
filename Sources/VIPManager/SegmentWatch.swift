package import Primitives

/// Which hosts on the segments of the virtual addresses are asked, and what their frames say.
package struct SegmentWatch: Equatable, Sendable {
    /// The gateway or a server that is directly behind an interface.
    package struct Witness: Hashable, Sendable {
        package var address: IPAddress
        package var interface: String

        package init(_ address: IPAddress, interface: String) {
            self.address = address
            self.interface = interface
        }
    }

    /// More witnesses say no more, and each of them is a frame.
    package static let witnessLimit = 8

    let addresses: [VirtualAddress]
    /// The peer's node addresses.
    package var peers: [IPAddress]
    /// At most `witnessLimit`.
    package var witnesses: [Witness]

    /// - Parameter addresses: at least one.
    package init(_ addresses: [VirtualAddress], peers: [IPAddress], witnesses: [Witness]) {
        precondition(!addresses.isEmpty, "a pair without a virtual address")
        self.addresses = addresses
        self.peers = peers
        self.witnesses = Array(witnesses.prefix(Self.witnessLimit))
    }

    /// The one whose MAC the beats tell.
    package var firstInterface: String { addresses[0].interface }

    /// Each once.
    package var interfaces: [String] { Set(addresses.map(\.interface)).sorted() }

    package func virtualAddresses(on interface: String) -> [IPAddress] {
        addresses.filter { $0.interface == interface }.map(\.address)
    }

    func witnesses(on interface: String) -> [IPAddress] {
        witnesses.filter { $0.interface == interface }.map(\.address)
    }

    /// The frames of one volley that leave through this interface.
    package func frames(
        for question: SegmentQuestion,
        on interface: String,
        from mac: MACAddress
    ) -> [[UInt8]] {
        let isFirst = interface == firstInterface
        var frames: [[UInt8]] = []
        for address in virtualAddresses(on: interface) {
            if question.asksAll || (!isFirst && question.peer != nil) {
                frames.append(AddressProbe.frame(for: address, from: mac))
            }
            if isFirst, let peer = question.peer {
                frames.append(AddressProbe.frame(for: address, from: mac, to: peer))
            }
        }
        if isFirst, question.resolvesPeer {
            frames += peers.map { AddressProbe.frame(for: $0, from: mac) }
        }
        if question.asksWitnesses {
            frames += witnesses(on: interface).map { AddressProbe.frame(for: $0, from: mac) }
        }
        return frames
    }

    /// What a frame says that came in there; `nil` where that concerns nobody here.
    /// - Parameter own: the MAC of the interface: what it says itself is no news.
    package func news(
        from frame: [UInt8],
        on interface: String,
        own: MACAddress
    ) -> SegmentNews? {
        guard let heard = SegmentFrame(frame), heard.sender != own,
            heard.isForAll || heard.receiver == own
        else { return nil }
        let isVirtual = virtualAddresses(on: interface).contains(heard.address)
        switch heard.kind {
        case .question: return isVirtual ? .claim(heard.sender) : nil
        case .claim: return isVirtual ? .holder(heard.sender) : nil
        case .answer:
            if isVirtual { return .holder(heard.sender) }
            if interface == firstInterface, peers.contains(heard.address) {
                return .peer(heard.sender)
            }
            return witnesses(on: interface).contains(heard.address) ? .witness : nil
        }
    }
}
