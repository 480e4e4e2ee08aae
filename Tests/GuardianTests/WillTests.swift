import Guardian
import Primitives
import Testing
import VIPManager

@Suite struct WillTests {
    static var example: Will {
        var will = Will()
        will.addresses = [
            VirtualAddress(.v4(0x0A00_0064), interface: "eth1"),
            VirtualAddress(.v6(0xFD00 << 112 | 0x100), interface: "eth1.7"),
        ]
        will.rails = [
            Will.Rail(from: .v4(0x0A00_000A), to: Endpoint(.v4(0x0A00_000B), 694)),
            Will.Rail(from: .v6(0xFD00 << 112 | 10), to: Endpoint(.v6(0xFD00 << 112 | 11), 694)),
        ]
        will.ethernetRails = ["eth1.7"]
        will.frame = [0x48, 0x41, 0x42, 0x50, 0x00, 0x0F, 0xFF]
        return will
    }

    @Test func `a will reads as lines that people understand`() {
        #expect(
            Self.example.text == """
                address 10.0.0.100 eth1
                address fd00::100 eth1.7
                rail 10.0.0.10 10.0.0.11 694
                rail fd00::a fd00::b 694
                ethernet eth1.7
                frame 48414250000fff
                """
        )
        #expect(Will().text == "")
    }

    @Test func `what was written is read back`() {
        #expect(Will(text: Self.example.text) == Self.example)
        #expect(Will(text: Will().text) == Will())
    }

    @Test(arguments: [
        "address", "address 10.0.0.100", "address 10.0.0.300 eth1", "address 10.0.0.100 eth1 more",
        "rail 10.0.0.10 10.0.0.11", "rail 10.0.0.10 nowhere 694", "rail 10.0.0.10 10.0.0.11 70000",
        "rail 10.0.0.10 10.0.0.11 -1", "ethernet", "ethernet a b", "frame", "frame 484", "frame 4x",
        "frame +1", "frame 48 41",
        "\u{0}\u{1}\u{2}", "Address 10.0.0.100 eth1", " ", "address  10.0.0.100",
    ])
    func `a line that makes no sense is passed over, and the rest still counts`(line: String) {
        let text = Self.example.text.split(separator: "\n").joined(separator: "\n\(line)\n")
        #expect(Will(text: text) == Self.example)
        #expect(Will(text: Self.example.text + "\n" + line) == Self.example)
        #expect(Will(text: line) == Will())
    }
}
