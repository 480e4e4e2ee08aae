import Primitives
import Testing
import VIPKernel
import VIPManager

@Suite struct NetlinkRequestTests {
    let v4 = KernelAddress.Key(host: .v4(0x0A00_0064), index: 2)

    @Test func `adding an IPv4 address`() {
        // swift-format-ignore
        let expected: [UInt8] = [
            // struct nlmsghdr (16 B)
            0x30, 0x00, 0x00, 0x00,  // length 48
            0x14, 0x00,  // RTM_NEWADDR
            0x05, 0x05,  // NLM_F_REQUEST | NLM_F_ACK | NLM_F_REPLACE | NLM_F_CREATE
            0x07, 0x00, 0x00, 0x00,  // sequence 7
            0x00, 0x00, 0x00, 0x00,  // port: filled in by the kernel
            // struct ifaddrmsg (8 B)
            0x02, 0x20, 0x00, 0x00,  // AF_INET, /32, no flags, RT_SCOPE_UNIVERSE
            0x02, 0x00, 0x00, 0x00,  // index 2
            0x08, 0x00, 0x02, 0x00, 0x0A, 0x00, 0x00, 0x64,  // IFA_LOCAL 10.0.0.100
            0x08, 0x00, 0x01, 0x00, 0x0A, 0x00, 0x00, 0x64,  // IFA_ADDRESS 10.0.0.100
            0x05, 0x00, 0x0B, 0x00, 0xBA, 0x00, 0x00, 0x00,  // IFA_PROTO, padded
        ]
        #expect(NetlinkRequest.address(.init(.add, v4), tag: 0xBA, sequence: 7) == expected)
    }

    @Test func `adding an IPv4 address for two seconds`() {
        // swift-format-ignore
        let lifetime: [UInt8] = [
            0x14, 0x00, 0x06, 0x00,  // IFA_CACHEINFO
            0x02, 0x00, 0x00, 0x00,  // preferred for 2 s
            0x02, 0x00, 0x00, 0x00,  // valid for 2 s
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,  // since when: the kernel's
        ]
        let forEver = NetlinkRequest.address(.init(.add, v4), tag: 0xBA, sequence: 7)
        let bytes = NetlinkRequest.address(.init(.add, v4), tag: 0xBA, sequence: 7, lifetime: 2)
        #expect(bytes == [0x44] + forEver.dropFirst() + lifetime)
    }

    @Test func `removing an IPv4 address`() {
        // swift-format-ignore
        let expected: [UInt8] = [
            // struct nlmsghdr (16 B)
            0x28, 0x00, 0x00, 0x00,  // length 40
            0x15, 0x00,  // RTM_DELADDR
            0x05, 0x00,  // NLM_F_REQUEST | NLM_F_ACK
            0x08, 0x00, 0x00, 0x00,  // sequence 8
            0x00, 0x00, 0x00, 0x00,
            // struct ifaddrmsg (8 B)
            0x02, 0x20, 0x00, 0x00,  // AF_INET, /32
            0x02, 0x00, 0x00, 0x00,  // index 2
            0x08, 0x00, 0x02, 0x00, 0x0A, 0x00, 0x00, 0x64,  // IFA_LOCAL 10.0.0.100
            0x08, 0x00, 0x01, 0x00, 0x0A, 0x00, 0x00, 0x64,  // IFA_ADDRESS 10.0.0.100
        ]
        #expect(NetlinkRequest.address(.init(.remove, v4), tag: 0xBA, sequence: 8) == expected)
    }

    @Test func `adding an IPv6 address without duplicate detection, never as a chosen source`()
        throws
    {
        let address = try #require(IPAddress("fd00::100"))
        // swift-format-ignore
        let expected: [UInt8] = [
            // struct nlmsghdr (16 B)
            0x64, 0x00, 0x00, 0x00,  // length 100
            0x14, 0x00,  // RTM_NEWADDR
            0x05, 0x05,  // NLM_F_REQUEST | NLM_F_ACK | NLM_F_REPLACE | NLM_F_CREATE
            0x09, 0x00, 0x00, 0x00,  // sequence 9
            0x00, 0x00, 0x00, 0x00,
            // struct ifaddrmsg (8 B)
            0x0A, 0x80, 0x00, 0x00,  // AF_INET6, /128
            0x03, 0x01, 0x00, 0x00,  // index 259
            // IFA_LOCAL and IFA_ADDRESS fd00::100 (20 B each)
            0x14, 0x00, 0x02, 0x00,
            0xFD, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x00,
            0x14, 0x00, 0x01, 0x00,
            0xFD, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x00,
            0x05, 0x00, 0x0B, 0x00, 0xBA, 0x00, 0x00, 0x00,  // IFA_PROTO, padded
            0x08, 0x00, 0x08, 0x00, 0x02, 0x02, 0x00, 0x00,  // IFA_FLAGS NOPREFIXROUTE | NODAD
            // IFA_CACHEINFO (20 B): preferred for no time, valid for ever
            0x14, 0x00, 0x06, 0x00,
            0x00, 0x00, 0x00, 0x00,
            0xFF, 0xFF, 0xFF, 0xFF,
            0x00, 0x00, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x00,
        ]
        let key = KernelAddress.Key(host: address, index: 259)
        #expect(NetlinkRequest.address(.init(.add, key), tag: 0xBA, sequence: 9) == expected)
    }

    @Test func `reading all links without their statistics`() {
        // swift-format-ignore
        let expected: [UInt8] = [
            // struct nlmsghdr (16 B)
            0x28, 0x00, 0x00, 0x00,  // length 40
            0x12, 0x00,  // RTM_GETLINK
            0x01, 0x03,  // NLM_F_REQUEST | NLM_F_ROOT | NLM_F_MATCH
            0x01, 0x00, 0x00, 0x00,  // sequence 1
            0x00, 0x00, 0x00, 0x00,
            // struct ifinfomsg (16 B)
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0x08, 0x00, 0x1D, 0x00, 0x08, 0x00, 0x00, 0x00,  // IFLA_EXT_MASK SKIP_STATS
        ]
        #expect(NetlinkRequest.dump(.links, sequence: 1) == expected)
    }

    @Test func `reading all addresses of both families`() {
        // swift-format-ignore
        let expected: [UInt8] = [
            // struct nlmsghdr (16 B)
            0x18, 0x00, 0x00, 0x00,  // length 24
            0x16, 0x00,  // RTM_GETADDR
            0x01, 0x03,  // NLM_F_REQUEST | NLM_F_ROOT | NLM_F_MATCH
            0x02, 0x00, 0x00, 0x00,  // sequence 2
            0x00, 0x00, 0x00, 0x00,
            // struct ifaddrmsg (8 B)
            0, 0, 0, 0, 0, 0, 0, 0,
        ]
        #expect(NetlinkRequest.dump(.addresses, sequence: 2) == expected)
    }
}
