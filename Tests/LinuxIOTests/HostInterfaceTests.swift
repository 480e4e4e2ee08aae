import LinuxIO
import Primitives
import Testing

@Suite struct HostInterfaceTests {
    @Test func `the loopback is what it is everywhere`() throws {
        let all = try HostInterface.all()
        let loopback = try #require(all.first { $0.name == "lo" })
        #expect(loopback.isUp)
        #expect(loopback.hasCarrier)
        #expect(!loopback.isEthernet)
        #expect(!loopback.hasNeighbours)
        #expect(loopback.mac == .zero)
        #expect(loopback.addresses.contains(IPNetwork(.v4(0x7F00_0001), prefixLength: 8)))
        #expect(loopback.networks.contains { $0.contains(.v4(0x7F12_3456)) })
        #expect(!loopback.networks.contains { $0.isHost })
        #expect(all.map(\.name) == Set(all.map(\.name)).sorted())
        #expect(HostInterface.exists("lo"))
        #expect(!HostInterface.exists("none"))
    }
}
