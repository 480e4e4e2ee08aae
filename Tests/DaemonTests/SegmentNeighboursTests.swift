import Daemon
import Primitives
import Testing

@Suite struct SegmentNeighboursTests {
    private static let routes = """
        Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
        eth1\t00000000\t\(hex(0x0A00_00FE))\t0003\t0\t0\t0\t00000000\t0\t0\t0
        eth0\t00000000\t\(hex(0xC0A8_0001))\t0003\t0\t0\t100\t00000000\t0\t0\t0
        eth1\t\(hex(0x0A00_0000))\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
        eth1\t\(hex(0xAC10_0000))\t\(hex(0x0A00_00FD))\t0003\t0\t0\t0\t0000FFFF\t0\t0\t0
        """

    private static let routes6 = """
        fd000000000000000000000000000000 40 00000000000000000000000000000000 00 \
        00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth1
        00000000000000000000000000000000 00 00000000000000000000000000000000 00 \
        fe80000000000000000000000000fffe 00000400 00000001 00000000 00000003     eth1
        00000000000000000000000000000000 00 00000000000000000000000000000000 00 \
        00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
        """

    /// An address as the kernel prints it: the number that its bytes are on this host.
    private static func hex(_ address: UInt32) -> String {
        let text = String(address.bigEndian, radix: 16, uppercase: true)
        return String(repeating: "0", count: 8 - text.count) + text
    }

    @Test func `the gateway is that of the default route through the interface`() {
        #expect(
            SegmentNeighbours.gateways(of: "eth1", routes: Self.routes) == [.v4(0x0A00_00FE)]
        )
        #expect(
            SegmentNeighbours.gateways(of: "eth0", routes: Self.routes) == [.v4(0xC0A8_0001)]
        )
        #expect(SegmentNeighbours.gateways(of: "eth2", routes: Self.routes).isEmpty)
        #expect(
            SegmentNeighbours.gateways(of: "eth1", routes6: Self.routes6)
                == [.v6(high: 0xFE80_0000_0000_0000, low: 0xFFFE)]
        )
        #expect(SegmentNeighbours.gateways(of: "lo", routes6: Self.routes6).isEmpty)
    }

    @Test func `what is no table is no gateway`() {
        for text in ["", "\n\n", "eth1", "eth1\t00000000\tzzzz\t0003\t0\t0\t0\t0", "\u{FFFD}"] {
            #expect(SegmentNeighbours.gateways(of: "eth1", routes: text).isEmpty)
            #expect(SegmentNeighbours.gateways(of: "eth1", routes6: text).isEmpty)
        }
    }
}
