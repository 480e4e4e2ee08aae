import Primitives
import Testing
import VIPManager

@Suite struct FrameTests {
    let mac = MACAddress(0x0242_0A00_000A)
    let v4 = VirtualAddress(.v4(0x0A00_0064), interface: "eth1")

    // swift-format-ignore
    static let request: [UInt8] = [
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,  // to: broadcast
        0x02, 0x42, 0x0A, 0x00, 0x00, 0x0A,  // from: the interface
        0x08, 0x06,  // ARP
        0x00, 0x01, 0x08, 0x00, 0x06, 0x04,  // Ethernet, IPv4, lengths 6 and 4
        0x00, 0x01,  // request
        0x02, 0x42, 0x0A, 0x00, 0x00, 0x0A, 0x0A, 0x00, 0x00, 0x64,  // sender: MAC, 10.0.0.100
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0A, 0x00, 0x00, 0x64,  // target: zero, 10.0.0.100
    ]

    // swift-format-ignore
    static let reply: [UInt8] = [
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,  // to: broadcast
        0x02, 0x42, 0x0A, 0x00, 0x00, 0x0A,  // from: the interface
        0x08, 0x06,  // ARP
        0x00, 0x01, 0x08, 0x00, 0x06, 0x04,  // Ethernet, IPv4, lengths 6 and 4
        0x00, 0x02,  // reply
        0x02, 0x42, 0x0A, 0x00, 0x00, 0x0A, 0x0A, 0x00, 0x00, 0x64,  // sender: MAC, 10.0.0.100
        0x02, 0x42, 0x0A, 0x00, 0x00, 0x0A, 0x0A, 0x00, 0x00, 0x64,  // target: the sender
    ]

    // swift-format-ignore
    static let advertisement: [UInt8] = [
        0x33, 0x33, 0x00, 0x00, 0x00, 0x01,  // to: all nodes
        0x02, 0x42, 0x0A, 0x00, 0x00, 0x0A,  // from: the interface
        0x86, 0xDD,  // IPv6
        0x60, 0x00, 0x00, 0x00,  // version 6
        0x00, 0x20, 0x3A, 0xFF,  // 32 bytes of payload, ICMPv6, hop limit 255
        0xFD, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x00,  // from fd00::100
        0xFF, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x01,  // to ff02::1
        0x88, 0x00, 0x4E, 0x52,  // Neighbor Advertisement, checksum
        0x20, 0x00, 0x00, 0x00,  // override
        0xFD, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x00,  // target fd00::100
        0x02, 0x01, 0x02, 0x42, 0x0A, 0x00, 0x00, 0x0A,  // target link-layer address
    ]

    @Test func `an IPv4 address is announced by a request and by a reply`() {
        let announcement = Announcement(address: v4, index: 2, mac: mac)
        #expect(announcement.frames == [Self.request, Self.reply])
    }

    @Test func `an IPv6 address is announced by an advertisement that overrides caches`() throws {
        let address = VirtualAddress(try #require(IPAddress("fd00::100")), interface: "eth1")
        let announcement = Announcement(address: address, index: 2, mac: mac)
        #expect(announcement.frames == [Self.advertisement])
    }

    @Test(arguments: [
        "fd00::1", "fe80::ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ])
    func `a receiver's sum over pseudo header and message is all ones`(text: String) throws {
        let address = VirtualAddress(try #require(IPAddress(text)), interface: "eth1")
        let frame = try #require(Announcement(address: address, index: 2, mac: mac).frames.first)
        let summed = frame[22..<54] + [0, 0, 0, 32, 0, 0, 0, 58] + frame[54...]
        var sum = 0
        for (position, byte) in summed.enumerated() {
            sum += position.isMultiple(of: 2) ? Int(byte) << 8 : Int(byte)
        }
        while sum > 0xFFFF { sum = (sum >> 16) + (sum & 0xFFFF) }
        #expect(sum == 0xFFFF)
    }
}
