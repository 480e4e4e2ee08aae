import Primitives
import Testing

@Suite struct IPNetworkTests {
    @Test(arguments: [
        ("10.0.0.10", 8, "10.255.0.1", true), ("10.0.0.10", 8, "11.0.0.1", false),
        ("10.0.0.10", 23, "10.0.1.255", true), ("10.0.0.10", 23, "10.0.2.0", false),
        ("10.0.0.10", 32, "10.0.0.10", true), ("10.0.0.10", 32, "10.0.0.11", false),
        ("10.0.0.10", 0, "192.168.0.1", true), ("10.0.0.10", 0, "fd00::1", false),
        ("fd00::1", 64, "fd00::ffff:0:0:1", true), ("fd00::1", 64, "fd00:0:0:1::1", false),
        ("fd00::1", 127, "fd00::", true), ("fd00::1", 127, "fd00::2", false),
        ("fd00::1", 128, "fd00::1", true), ("fd00::1", 128, "fd00::3", false),
        ("fd00::1", 0, "2001:db8::1", true), ("fd00::1", 0, "10.0.0.1", false),
    ])
    func `what shares the first bits is in the network`(
        own: String,
        prefixLength: Int,
        other: String,
        isInside: Bool
    ) throws {
        let network = IPNetwork(try #require(IPAddress(own)), prefixLength: prefixLength)
        #expect(network.contains(try #require(IPAddress(other))) == isInside)
    }

    @Test func `a network of one host is told from one with neighbours`() {
        #expect(IPNetwork(.v4(0x0A00_000A), prefixLength: 32).isHost)
        #expect(!IPNetwork(.v4(0x0A00_000A), prefixLength: 31).isHost)
        #expect(IPNetwork(.v6(1), prefixLength: 128).isHost)
        #expect(!IPNetwork(.v6(1), prefixLength: 32).isHost)
    }
}
