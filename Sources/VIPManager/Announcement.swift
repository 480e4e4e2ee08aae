package import Primitives

/// An order to tell the segment that a virtual address is here.
package struct Announcement: Hashable, Sendable {
    package let address: VirtualAddress
    package let index: UInt32
    package let mac: MACAddress

    package init(address: VirtualAddress, index: UInt32, mac: MACAddress) {
        self.address = address
        self.index = index
        self.mac = mac
    }

    /// The Ethernet frames, without padding and frame check sequence.
    package var frames: [[UInt8]] {
        if address.address.isV4 {
            [
                GratuitousARP.request(for: address.address, at: mac),
                GratuitousARP.reply(for: address.address, at: mac),
            ]
        } else {
            [NeighborAdvertisement.unsolicited(for: address.address, at: mac)]
        }
    }
}
