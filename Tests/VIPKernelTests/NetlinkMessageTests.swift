import Primitives
import Testing
import VIPKernel
import VIPManager

@Suite struct NetlinkMessageTests {
    // swift-format-ignore
    static let address: [UInt8] = [
        // struct nlmsghdr (16 B)
        0x30, 0x00, 0x00, 0x00,  // length 48
        0x14, 0x00, 0x02, 0x00,  // RTM_NEWADDR, NLM_F_MULTI
        0x05, 0x00, 0x00, 0x00, 0x39, 0x30, 0x00, 0x00,  // sequence 5, port 12345
        // struct ifaddrmsg (8 B)
        0x02, 0x20, 0x80, 0x00, 0x02, 0x00, 0x00, 0x00,  // AF_INET, /32, permanent, index 2
        0x08, 0x00, 0x01, 0x00, 0x0A, 0x00, 0x00, 0x64,  // IFA_ADDRESS 10.0.0.100
        0x05, 0x00, 0x0B, 0x00, 0xBA, 0x00, 0x00, 0x00,  // IFA_PROTO
        0x08, 0x00, 0x08, 0x00, 0x80, 0x02, 0x00, 0x00,  // IFA_FLAGS: replaces the header's
    ]

    // swift-format-ignore
    static let link: [UInt8] = [
        // struct nlmsghdr (16 B)
        0x38, 0x00, 0x00, 0x00,  // length 56
        0x10, 0x00, 0x00, 0x00,  // RTM_NEWLINK
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,  // a notification
        // struct ifinfomsg (16 B)
        0x00, 0x00, 0x01, 0x00,  // AF_UNSPEC, ARPHRD_ETHER
        0x02, 0x00, 0x00, 0x00,  // index 2
        0x43, 0x10, 0x01, 0x00,  // IFF_UP | BROADCAST | RUNNING | MULTICAST | LOWER_UP
        0x00, 0x00, 0x00, 0x00,
        0x09, 0x00, 0x03, 0x00, 0x65, 0x74, 0x68, 0x31, 0x00, 0x00, 0x00, 0x00,  // IFLA_IFNAME eth1
        0x0A, 0x00, 0x01, 0x00, 0x02, 0x42, 0x0A, 0x00, 0x00, 0x0A, 0x00, 0x00,  // IFLA_ADDRESS
    ]

    @Test func `an address with its tag and its wide flags`() {
        let key = KernelAddress.Key(host: .v4(0x0A00_0064), index: 2)
        let told = KernelAddress(key: key, tag: 0xBA, flags: 0x280)
        let messages = NetlinkMessage.parse(Self.address)
        #expect(messages.map(\.body) == [.change(.addressAdded(told))])
        #expect(messages.map(\.sequence) == [5])
        #expect(messages.map(\.portID) == [12345])
    }

    @Test func `the removal of an address`() {
        var bytes = Self.address
        bytes[4] = 0x15  // RTM_DELADDR
        #expect(
            NetlinkMessage.parse(bytes).map(\.body) == [
                .change(.addressRemoved(.init(host: .v4(0x0A00_0064), index: 2)))
            ]
        )
    }

    @Test func `on a point-to-point interface the local address counts, not the other end's`() {
        var bytes = Self.address
        // IFA_LOCAL 10.0.0.99 in the place of IFA_PROTO
        bytes.replaceSubrange(32..<40, with: [0x08, 0x00, 0x02, 0x00, 0x0A, 0x00, 0x00, 0x63])
        let told = KernelAddress(
            key: .init(host: .v4(0x0A00_0063), index: 2),
            tag: 0,
            flags: 0x280
        )
        #expect(NetlinkMessage.parse(bytes).map(\.body) == [.change(.addressAdded(told))])
    }

    @Test func `a link with name, MAC and carrier`() {
        let told = KernelLink(
            index: 2,
            name: "eth1",
            isUp: true,
            hasCarrier: true,
            mac: MACAddress(0x0242_0A00_000A)
        )
        #expect(NetlinkMessage.parse(Self.link).map(\.body) == [.change(.linkChanged(told))])
    }

    @Test func `a link that is up without carrier`() {
        var bytes = Self.link
        bytes[26] = 0x00  // no LOWER_UP
        let told = KernelLink(
            index: 2,
            name: "eth1",
            isUp: true,
            hasCarrier: false,
            mac: MACAddress(0x0242_0A00_000A)
        )
        #expect(NetlinkMessage.parse(bytes).map(\.body) == [.change(.linkChanged(told))])
    }

    @Test func `a link of another family is the bridge's business`() {
        var bytes = Self.link
        bytes[4] = 0x11  // RTM_DELLINK
        #expect(NetlinkMessage.parse(bytes).map(\.body) == [.change(.linkRemoved(index: 2))])
        bytes[16] = 0x07  // AF_BRIDGE: a port left its bridge
        #expect(NetlinkMessage.parse(bytes).map(\.body) == [.irrelevant])
    }

    @Test func `an acknowledgement, a refusal, and the end of an interrupted dump`() {
        // swift-format-ignore
        let bytes: [UInt8] = [
            0x24, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00,  // length 36, NLMSG_ERROR
            0x01, 0x00, 0x00, 0x00, 0x39, 0x30, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x00,  // 0: done
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // header of the request
            0x24, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00,
            0x02, 0x00, 0x00, 0x00, 0x39, 0x30, 0x00, 0x00,
            0x9D, 0xFF, 0xFF, 0xFF,  // -99: EADDRNOTAVAIL
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0x14, 0x00, 0x00, 0x00, 0x03, 0x00, 0x12, 0x00,  // NLMSG_DONE, MULTI | DUMP_INTR
            0x03, 0x00, 0x00, 0x00, 0x39, 0x30, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x00,
        ]
        let messages = NetlinkMessage.parse(bytes)
        #expect(messages.map(\.body) == [.answer(errno: 0), .answer(errno: 99), .done(errno: 0)])
        #expect(messages.map(\.sequence) == [1, 2, 3])
        #expect(messages.map(\.isInterrupted) == [false, false, true])
    }

    @Test(arguments: [address, link])
    func `a message that is cut anywhere or says a wrong length is never read past its end`(
        bytes: [UInt8]
    ) {
        for length in bytes.indices {
            #expect(NetlinkMessage.parse([UInt8](bytes.prefix(length))) == [])
            var wrong = bytes
            wrong[0] = UInt8(length)
            #expect(NetlinkMessage.parse(wrong).count <= bytes.count / 16)
        }
    }

    @Test func `attributes of a wrong size are passed over`() {
        var bytes = Self.address
        bytes[24] = 0x07  // IFA_ADDRESS of 3 bytes
        #expect(NetlinkMessage.parse(bytes).map(\.body) == [.irrelevant])
        bytes = Self.address
        bytes[17] = 33  // a prefix that IPv4 does not have
        #expect(NetlinkMessage.parse(bytes).map(\.body) == [.irrelevant])
    }
}
