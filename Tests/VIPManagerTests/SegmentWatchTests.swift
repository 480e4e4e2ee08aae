import Primitives
import Testing
import VIPManager

/// Probes and what is heard on the segment, byte by byte.
@Suite struct SegmentWatchTests {
    static let own = MACAddress(0x0242_0A00_000B)
    static let peer = MACAddress(0x0242_0A00_000A)
    static let v4 = IPAddress.v4(0x0A00_0064)
    static let v6 = IPAddress.v6(0xFD00 << 112 | 0x100)
    static let node = IPAddress.v4(0x0A00_000A)
    static let gateway = IPAddress.v4(0x0A00_00FE)

    static let watch = SegmentWatch(
        [VirtualAddress(v4, interface: "eth1"), VirtualAddress(v6, interface: "eth1")],
        peers: [node],
        witnesses: [.init(gateway, interface: "eth1")]
    )

    // swift-format-ignore
    static let arpProbe: [UInt8] = [
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,  // to: broadcast
        0x02, 0x42, 0x0A, 0x00, 0x00, 0x0B,  // from: the interface
        0x08, 0x06,  // ARP
        0x00, 0x01, 0x08, 0x00, 0x06, 0x04,  // Ethernet, IPv4, lengths 6 and 4
        0x00, 0x01,  // request
        0x02, 0x42, 0x0A, 0x00, 0x00, 0x0B, 0x00, 0x00, 0x00, 0x00,  // sender: MAC, 0.0.0.0
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0A, 0x00, 0x00, 0x64,  // target: 10.0.0.100
    ]

    // swift-format-ignore
    static let solicitation: [UInt8] = [
        0x33, 0x33, 0xFF, 0x00, 0x01, 0x00,  // to: the solicited-node group
        0x02, 0x42, 0x0A, 0x00, 0x00, 0x0B,  // from: the interface
        0x86, 0xDD,  // IPv6
        0x60, 0x00, 0x00, 0x00,  // version 6
        0x00, 0x18, 0x3A, 0xFF,  // 24 bytes of payload, ICMPv6, hop limit 255
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // from ::
        0xFF, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF, 0x00, 0x01, 0x00,  // ff02::1:ff00:100
        0x87, 0x00, 0x7B, 0xA7,  // Neighbor Solicitation, checksum
        0x00, 0x00, 0x00, 0x00,  // reserved
        0xFD, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x00,  // target fd00::100
    ]

    @Test func `a question is an ARP Probe, or the solicitation of duplicate detection`() {
        #expect(AddressProbe.frame(for: Self.v4, from: Self.own) == Self.arpProbe)
        #expect(AddressProbe.frame(for: Self.v6, from: Self.own) == Self.solicitation)
        // Asked of one host: only the Ethernet destination is another.
        for address in [Self.v4, Self.v6] {
            let direct = AddressProbe.frame(for: address, from: Self.own, to: Self.peer)
            #expect(direct[..<6] == Self.peer.bytes[...])
            #expect(direct[6...] == AddressProbe.frame(for: address, from: Self.own)[6...])
        }
    }

    @Test func `in a host's own name it is what a client asks`() {
        let asker = IPAddress.v6(0xFD00 << 112 | 0xB)
        // swift-format-ignore
        let request: [UInt8] = [
            0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,  // to: broadcast
            0x02, 0x42, 0x0A, 0x00, 0x00, 0x0B,  // from: the interface
            0x08, 0x06,  // ARP
            0x00, 0x01, 0x08, 0x00, 0x06, 0x04,  // Ethernet, IPv4, lengths 6 and 4
            0x00, 0x01,  // request
            0x02, 0x42, 0x0A, 0x00, 0x00, 0x0B, 0x0A, 0x00, 0x00, 0x0B,  // sender: MAC, 10.0.0.11
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0A, 0x00, 0x00, 0x64,  // target: 10.0.0.100
        ]
        let own = IPAddress.v4(0x0A00_000B)
        #expect(AddressProbe.frame(for: Self.v4, from: Self.own, inTheNameOf: own) == request)
        // swift-format-ignore
        let asked: [UInt8] = [
            0x33, 0x33, 0xFF, 0x00, 0x01, 0x00,  // to: the solicited-node group
            0x02, 0x42, 0x0A, 0x00, 0x00, 0x0B,  // from: the interface
            0x86, 0xDD,  // IPv6
            0x60, 0x00, 0x00, 0x00,  // version 6
            0x00, 0x20, 0x3A, 0xFF,  // 32 bytes of payload, ICMPv6, hop limit 255
            0xFD, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x0B,  // from fd00::b
            0xFF, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF, 0x00, 0x01, 0x00,  // ff02::1:ff00:100
            0x87, 0x00, 0x71, 0x45,  // Neighbor Solicitation, checksum
            0x00, 0x00, 0x00, 0x00,  // reserved
            0xFD, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x00,  // target fd00::100
            0x01, 0x01, 0x02, 0x42, 0x0A, 0x00, 0x00, 0x0B,  // source link-layer address
        ]
        #expect(AddressProbe.frame(for: Self.v6, from: Self.own, inTheNameOf: asker) == asked)
        // It claims the asker's address, and not the one that is asked for.
        for (frame, address) in [(request, own), (asked, asker)] {
            #expect(news(frame, own: Self.peer) == nil)
            #expect(AddressProbe.holder(of: Self.v4, in: frame) == nil)
            #expect(AddressProbe.holder(of: Self.v6, in: frame) == nil)
            guard address.isV4 else { continue }
            #expect(AddressProbe.holder(of: address, in: frame) == Self.own)
        }
    }

    @Test func `who answers for an address, or asks in its name, has it`() {
        let frames = [
            (Self.v4, Self.arp(2, sender: Self.v4, target: Self.node)),
            (Self.v4, Self.arp(1, sender: Self.v4, target: Self.node)),
            (Self.v6, NeighborAdvertisement.unsolicited(for: Self.v6, at: Self.peer)),
        ]
        for (address, frame) in frames {
            #expect(AddressProbe.holder(of: address, in: frame) == Self.peer)
            #expect(AddressProbe.holder(of: Self.node, in: frame) == nil)
        }
        // In nobody's name it is only asked for.
        #expect(AddressProbe.holder(of: Self.v4, in: Self.arpProbe) == nil)
        #expect(AddressProbe.holder(of: Self.v6, in: Self.solicitation) == nil)
    }

    private func frames(_ question: SegmentQuestion) -> [[UInt8]] {
        Self.watch.frames(for: question, on: "eth1", from: Self.own)
    }

    @Test func `a volley asks for every address, of all and of the peer, and for those around`() {
        let all = SegmentQuestion(
            asksAll: true,
            peer: Self.peer,
            resolvesPeer: true,
            asksWitnesses: true
        )
        let direct = [Self.v4, Self.v6].map {
            AddressProbe.frame(for: $0, from: Self.own, to: Self.peer)
        }
        #expect(
            frames(all) == [
                Self.arpProbe, direct[0], Self.solicitation, direct[1],
                AddressProbe.frame(for: Self.node, from: Self.own),
                AddressProbe.frame(for: Self.gateway, from: Self.own),
            ]
        )
        let alone = SegmentQuestion(
            asksAll: false,
            peer: Self.peer,
            resolvesPeer: false,
            asksWitnesses: false
        )
        #expect(frames(alone) == direct)
    }

    @Test func `where the peer's interface is not known everybody is asked`() {
        let watch = SegmentWatch(
            [
                VirtualAddress(Self.v4, interface: "eth1"),
                VirtualAddress(Self.v6, interface: "eth2"),
            ],
            peers: [],
            witnesses: []
        )
        let alone = SegmentQuestion(
            asksAll: false,
            peer: Self.peer,
            resolvesPeer: false,
            asksWitnesses: false
        )
        #expect(watch.frames(for: alone, on: "eth2", from: Self.own) == [Self.solicitation])
    }

    private func news(_ frame: [UInt8], own: MACAddress = own) -> SegmentNews? {
        Self.watch.news(from: frame, on: "eth1", own: own)
    }

    /// An ARP frame from the peer to this host.
    private static func arp(_ operation: UInt8, sender: IPAddress, target: IPAddress) -> [UInt8] {
        own.bytes + peer.bytes + [0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, operation] + peer.bytes
            + sender.networkBytes + own.bytes + target.networkBytes
    }

    @Test func `answers, announcements and claims are told apart`() throws {
        let nobody = IPAddress.v4(0)
        #expect(news(Self.arp(2, sender: Self.v4, target: nobody)) == .holder(Self.peer))
        #expect(news(Self.arp(2, sender: Self.node, target: nobody)) == .peer(Self.peer))
        #expect(news(Self.arp(2, sender: Self.gateway, target: nobody)) == .witness)
        #expect(news(Self.arp(1, sender: nobody, target: Self.v4)) == .claim(Self.peer))
        let announced = GratuitousARP.request(for: Self.v4, at: Self.peer)
        #expect(news(announced) == .holder(Self.peer))
        #expect(news(GratuitousARP.reply(for: Self.v4, at: Self.peer)) == .holder(Self.peer))
        let advertised = NeighborAdvertisement.unsolicited(for: Self.v6, at: Self.peer)
        #expect(news(advertised) == .holder(Self.peer))
        #expect(news(AddressProbe.frame(for: Self.v6, from: Self.peer)) == .claim(Self.peer))
        #expect(news(AddressProbe.frame(for: Self.v4, from: Self.peer)) == .claim(Self.peer))
    }

    @Test func `what concerns nobody here is no news`() {
        let nobody = IPAddress.v4(0)
        let other = IPAddress.v4(0x0A00_0007)
        var frames = [
            // Somebody looks for somebody.
            Self.arp(1, sender: other, target: Self.v4),
            Self.arp(1, sender: Self.node, target: Self.v4),
            Self.arp(1, sender: Self.gateway, target: Self.v4),
            Self.arp(2, sender: other, target: nobody),
            Self.arp(1, sender: nobody, target: other),
            Self.arp(3, sender: Self.v4, target: nobody),
            // The own words, sent back.
            Self.arpProbe, Self.solicitation,
            GratuitousARP.request(for: Self.v4, at: Self.own),
            // A hardware address that none has.
            GratuitousARP.request(for: Self.v4, at: .zero),
            GratuitousARP.request(for: Self.v4, at: .broadcast),
        ]
        // To somebody else, as a promiscuous interface hears.
        var foreign = Self.arp(2, sender: Self.v4, target: nobody)
        foreign[5] = 0x77
        frames.append(foreign)
        // A router has passed it on.
        var routed = NeighborAdvertisement.unsolicited(for: Self.v6, at: Self.peer)
        routed[21] = 254
        frames.append(routed)
        for frame in frames { #expect(news(frame) == nil, "\(frame)") }
        #expect(
            Self.watch.news(
                from: Self.arp(2, sender: Self.v4, target: nobody),
                on: "eth0",
                own: Self.own
            ) == nil
        )
    }

    @Test func `no frame is too short, too long or too strange`() {
        let samples = [
            Self.arpProbe, Self.solicitation, Self.arp(2, sender: Self.v4, target: .v4(0)),
            NeighborAdvertisement.unsolicited(for: Self.v6, at: Self.peer),
        ]
        for sample in samples {
            for length in 0...sample.count { _ = news(Array(sample[..<length])) }
            _ = news(sample + [UInt8](repeating: 0xFF, count: 60))
            for place in sample.indices {
                for bit in 0..<8 {
                    var frame = sample
                    frame[place] ^= UInt8(1 << bit)
                    _ = news(frame)
                }
            }
        }
        // Padding, as short frames have on a wire.
        #expect(
            news(Self.arp(2, sender: Self.v4, target: .v4(0)) + [UInt8](repeating: 0, count: 18))
                == .holder(Self.peer)
        )
    }

    @Test func `each jump of the filter ends within it`() throws {
        let many = SegmentWatch(
            (0..<64).map { VirtualAddress(.v4(0x0A01_0000 + $0), interface: "eth1") }
                + (0..<64).map {
                    VirtualAddress(.v6(0xFD01 << 112 | UInt128($0)), interface: "eth1")
                },
            peers: [Self.node, Self.v6],
            witnesses: (0..<20).map { .init(.v4(0x0A02_0000 + $0), interface: "eth1") }
        )
        for watch in [Self.watch, many] {
            let program = watch.filter(on: "eth1").steps
            #expect(program.count <= 4096, "the kernel's limit (BPF_MAXINSNS)")
            for (position, step) in program.enumerated() {
                let jumps: [UInt32] =
                    switch step.code {
                    case 0x05: [step.constant]
                    case 0x15: [UInt32(step.jumpIfTrue), UInt32(step.jumpIfFalse)]
                    default: []
                    }
                for jump in jumps { #expect(position + 1 + Int(jump) < program.count) }
            }
            let last = try #require(program.last)
            #expect(
                [UInt32(last.code), UInt32(last.jumpIfTrue), UInt32(last.jumpIfFalse)] == [6, 0, 0]
            )
            #expect(last.constant == 0, "what is left is refused")
        }
    }
}
