import LinuxIO
import Primitives
import Testing
import VIPKernel
import VIPManager

/// The rules of the fence, asked of the kernel itself (BPF_PROG_TEST_RUN). Needs root.
@Suite struct FenceProgramTests {
    private typealias Frames = FenceFrames

    /// What the kernel does with a frame while the deadline is ahead, and when it is past.
    private struct Answers: Equatable {
        var open: LoadedFence.Verdict
        var closed: LoadedFence.Verdict

        static let untouched = Answers(open: .pass, closed: .pass)
        static let fenced = Answers(open: .pass, closed: .drop)
    }

    private static func ask(
        _ direction: FenceProgram.Direction,
        _ frame: [UInt8],
        addresses: [IPAddress] = [Frames.v4, Frames.v6]
    ) throws -> Answers {
        let deadline = try FenceDeadline()
        let fence = try LoadedFence(direction, addresses: addresses, deadline: deadline)
        deadline.open(until: .now + .seconds(60))
        let open = try fence.verdict(on: frame)
        deadline.close()
        let closed = try fence.verdict(on: frame)
        deadline.open(until: .now)
        #expect(try fence.verdict(on: frame) == closed)
        return Answers(open: open, closed: closed)
    }

    private static func pass(_ direction: FenceProgram.Direction, _ frames: [[UInt8]]) throws {
        for frame in frames { #expect(try ask(direction, frame) == .untouched, "\(frame)") }
    }

    private static func stop(_ direction: FenceProgram.Direction, _ frames: [[UInt8]]) throws {
        for frame in frames { #expect(try ask(direction, frame) == .fenced, "\(frame)") }
    }

    @Test func `who asks for the address, or answers for it, is not heard`() throws {
        try Self.stop(
            .ingress,
            [
                Frames.arp(1, sender: Frames.other, target: Frames.v4),
                Frames.arp(2, sender: Frames.other, target: Frames.v4),
                Frames.arp(1, sender: Frames.v4, target: Frames.v4),
                Frames.neighbor(
                    135,
                    from: Frames.other6,
                    to: Frames.solicited,
                    target: Frames.v6
                ),
                Frames.neighbor(135, from: Frames.other6, to: Frames.v6, target: Frames.v6),
                Frames.neighbor(136, from: Frames.other6, to: Frames.allNodes, target: Frames.v6),
            ]
        )
    }

    @Test func `packets to the address are dropped, whatever they carry`() throws {
        let payloads: [(UInt8, [UInt8])] = [
            (6, Frames.tcp(Frames.syn)), (6, Frames.tcp(Frames.push)), (6, Frames.tcp(Frames.fin)),
            (6, Frames.tcp(Frames.reset)), (17, Frames.udp), (1, [8, 0, 0, 0, 0, 0, 0, 0]),
        ]
        for (kind, payload) in payloads {
            try Self.stop(
                .ingress,
                [
                    Frames.ipv4(kind, from: Frames.other, to: Frames.v4, payload),
                    Frames.ipv6(kind, from: Frames.other6, to: Frames.v6, payload),
                ]
            )
        }
    }

    @Test func `the answer to oneself arrives, also when the holder gives it`() throws {
        try Self.pass(
            .ingress,
            [
                Frames.arp(2, sender: Frames.v4, target: Frames.other),
                Frames.arp(1, sender: Frames.v4, target: Frames.other),
                Frames.ipv4(6, from: Frames.v4, to: Frames.other, Frames.tcp(Frames.push)),
                Frames.ipv6(6, from: Frames.v6, to: Frames.other6, Frames.tcp(Frames.push)),
                Frames.neighbor(136, from: Frames.v6, to: Frames.other6, target: Frames.other6),
            ]
        )
    }

    @Test func `nothing is said in the name of the address`() throws {
        try Self.stop(
            .egress,
            [
                Frames.arp(1, sender: Frames.v4, target: Frames.v4),
                Frames.arp(2, sender: Frames.v4, target: Frames.other),
                Frames.neighbor(136, from: Frames.v6, to: Frames.allNodes, target: Frames.v6),
                Frames.neighbor(136, from: Frames.other6, to: Frames.allNodes, target: Frames.v6),
                Frames.neighbor(135, from: Frames.v6, to: Frames.allNodes, target: Frames.other6),
                Frames.ipv4(17, from: Frames.v4, to: Frames.other, Frames.udp),
                Frames.ipv6(17, from: Frames.v6, to: Frames.other6, Frames.udp),
            ]
        )
        for flags in [Frames.syn, Frames.push, Frames.acknowledge] {
            try Self.stop(
                .egress,
                [
                    Frames.ipv4(6, from: Frames.v4, to: Frames.other, Frames.tcp(flags)),
                    Frames.ipv6(6, from: Frames.v6, to: Frames.other6, Frames.tcp(flags)),
                ]
            )
        }
    }

    @Test func `the end of a connection always gets out`() throws {
        for flags in [Frames.fin, Frames.reset, Frames.fin | Frames.push, Frames.reset | 0x10] {
            let segment = Frames.tcp(flags)
            try Self.pass(
                .egress,
                [
                    Frames.ipv4(6, from: Frames.v4, to: Frames.other, segment),
                    Frames.ipv4(6, from: Frames.v4, to: Frames.other, segment, options: 12),
                    Frames.ipv4(6, from: Frames.v4, to: Frames.other, segment, options: 40),
                    Frames.ipv4(6, from: Frames.v4, to: Frames.other, segment, fragment: 0x4000),
                    Frames.ipv6(6, from: Frames.v6, to: Frames.other6, segment),
                ]
            )
            // What looks like flags is none: a later fragment, another protocol.
            try Self.stop(
                .egress,
                [
                    Frames.ipv4(6, from: Frames.v4, to: Frames.other, segment, fragment: 0x0010),
                    Frames.ipv4(17, from: Frames.v4, to: Frames.other, segment),
                    Frames.ipv6(17, from: Frames.v6, to: Frames.other6, segment),
                ]
            )
        }
        // Options full of ones are not flags either.
        let data = Frames.tcp(Frames.push)
        try Self.stop(
            .egress,
            [Frames.ipv4(6, from: Frames.v4, to: Frames.other, data, options: 40)]
        )
    }

    @Test func `other addresses are untouched in both directions`() throws {
        let near = IPAddress.v6(0xFD00 << 112 | 1 << 64 | 0x100)
        let frames = [
            Frames.arp(1, sender: Frames.other, target: .v4(0x0A00_0008)),
            Frames.ipv4(6, from: Frames.other, to: .v4(0x0A00_0065), Frames.tcp(Frames.push)),
            Frames.ipv4(17, from: .v4(0x6400_000A), to: Frames.other, Frames.udp),
            Frames.ipv6(6, from: Frames.other6, to: near, Frames.tcp(Frames.push)),
            Frames.ipv6(6, from: near, to: Frames.other6, Frames.tcp(Frames.push)),
            Frames.neighbor(135, from: Frames.other6, to: Frames.allNodes, target: near),
            Frames.neighbor(136, from: Frames.other6, to: Frames.allNodes, target: near),
        ]
        for direction in FenceProgram.Direction.allCases { try Self.pass(direction, frames) }
        // Asking for the address is no claim.
        try Self.pass(
            .egress,
            [
                Frames.arp(1, sender: Frames.other, target: Frames.v4),
                Frames.neighbor(135, from: Frames.other6, to: Frames.solicited, target: Frames.v6),
                Frames.ipv4(6, from: Frames.other, to: Frames.v4, Frames.tcp(Frames.push)),
            ]
        )
    }

    @Test func `a tag in the frame itself, another type and a short frame are untouched`() throws {
        let plain = Frames.ipv4(17, from: Frames.v4, to: Frames.v4, Frames.udp)
        let tagged = plain[..<12] + [0x88, 0x47, 0, 7] + plain[12...]  // MPLS
        var unknown = plain
        unknown[12] = 0x88
        // Shorter IP packets the kernel does not try.
        let cut = Frames.arp(1, sender: Frames.v4, target: Frames.v4).prefix(29)
        for direction in FenceProgram.Direction.allCases {
            try Self.pass(direction, [Array(tagged), unknown, Array(cut)])
        }
    }

    @Test(arguments: [1, 2, 16, 64])
    func `each of many addresses is fenced, and its neighbour is not`(count: Int) throws {
        let v4 = (0..<count).map { IPAddress.v4(0x0A01_0000 + UInt32($0) * 2) }
        let v6 = (0..<count).map { IPAddress.v6(0xFD01 << 112 | UInt128($0) << 33) }
        let deadline = try FenceDeadline()
        for addresses in [v4 + v6, v4, v6] {
            let ingress = try LoadedFence(.ingress, addresses: addresses, deadline: deadline)
            let egress = try LoadedFence(.egress, addresses: addresses, deadline: deadline)
            for address in addresses {
                let (isV4, other) = (address.isV4, address.neighbour)
                let to = isV4 ? Frames.other : Frames.other6
                func frame(_ from: IPAddress, _ to: IPAddress) -> [UInt8] {
                    isV4
                        ? Frames.ipv4(17, from: from, to: to, Frames.udp)
                        : Frames.ipv6(17, from: from, to: to, Frames.udp)
                }
                #expect(try ingress.verdict(on: frame(to, address)) == .drop)
                #expect(try egress.verdict(on: frame(address, to)) == .drop)
                #expect(try ingress.verdict(on: frame(to, other)) == .pass)
                #expect(try egress.verdict(on: frame(other, to)) == .pass)
            }
        }
    }

    /// Questions in nobody's name, for one address of each family.
    private static let probes = [
        AddressProbe.frame(for: Frames.v4, from: MACAddress(0x0242_0A00_000B)),
        AddressProbe.frame(
            for: Frames.v4,
            from: MACAddress(0x0242_0A00_000B),
            to: MACAddress(0x0242_0A00_000A)
        ),
        AddressProbe.frame(for: Frames.v6, from: MACAddress(0x0242_0A00_000B)),
    ]

    @Test(arguments: probes.indices)
    func `a probe that a closed fence drops shuts it until the next activation begins`(
        number: Int
    ) throws {
        let probe = Self.probes[number]
        let deadline = try FenceDeadline()
        let addresses = [Frames.v4, Frames.v6]
        let ingress = try LoadedFence(.ingress, addresses: addresses, deadline: deadline)
        let egress = try LoadedFence(.egress, addresses: addresses, deadline: deadline)
        let answer = Frames.arp(2, sender: Frames.v4, target: Frames.other)
        deadline.begin(decidedAt: .now)
        deadline.open(until: .now + .seconds(60))
        // An open fence is not impressed.
        #expect(try ingress.verdict(on: probe) == .pass)
        #expect(!deadline.isLatched)
        #expect(try egress.verdict(on: answer) == .pass)
        deadline.open(until: .now)
        #expect(try ingress.verdict(on: probe) == .drop)
        #expect(deadline.isLatched)
        // As a renewal that comes late: nothing passes, in either direction.
        deadline.open(until: .now + .seconds(60))
        #expect(try ingress.verdict(on: probe) == .drop)
        #expect(try egress.verdict(on: answer) == .drop)
        // What was decided before the probe came does not count either.
        deadline.begin(decidedAt: .now - .seconds(1))
        deadline.open(until: .now + .seconds(60))
        #expect(try egress.verdict(on: answer) == .drop)
        deadline.begin(decidedAt: .now)
        deadline.open(until: .now + .seconds(60))
        #expect(try ingress.verdict(on: probe) == .pass)
        #expect(try egress.verdict(on: answer) == .pass)
    }

    @Test func `only a probe for the address latches`() throws {
        let deadline = try FenceDeadline()
        let ingress = try LoadedFence(
            .ingress,
            addresses: [Frames.v4, Frames.v6],
            deadline: deadline
        )
        let mac = MACAddress(0x0242_0A00_000B)
        let frames = [
            Frames.arp(1, sender: Frames.other, target: Frames.v4),
            Frames.arp(1, sender: Frames.v4, target: Frames.v4),
            Frames.ipv4(6, from: Frames.other, to: Frames.v4, Frames.tcp(Frames.syn)),
            Frames.ipv6(6, from: Frames.other6, to: Frames.v6, Frames.tcp(Frames.syn)),
            Frames.neighbor(135, from: Frames.other6, to: Frames.solicited, target: Frames.v6),
            Frames.neighbor(136, from: Frames.other6, to: Frames.allNodes, target: Frames.v6),
            AddressProbe.frame(for: Frames.other, from: mac),
            AddressProbe.frame(for: Frames.other6, from: mac),
        ]
        for frame in frames {
            _ = try ingress.verdict(on: frame)
            #expect(!deadline.isLatched, "\(frame)")
        }
    }

    @Test func `the own probes leave through a closed fence`() throws {
        try Self.pass(.egress, Self.probes)
    }

    @Test func `the kernel prolongs no lease that a probe has shut`() throws {
        let deadline = try FenceDeadline()
        let address = VirtualAddress(Frames.v4, interface: "eth1")
        let driver = try FenceDriver(addresses: [address], deadline: deadline)
        let ingress = try LoadedFence(.ingress, addresses: [Frames.v4], deadline: deadline)
        deadline.begin(decidedAt: .now)
        deadline.open(until: .now + .seconds(60))
        #expect(driver.prolong(until: .now + .seconds(61)))
        deadline.close()
        #expect(try ingress.verdict(on: Self.probes[0]) == .drop)
        // The store of a renewal that had looked at the clock before.
        deadline.open(until: .now + .seconds(60))
        #expect(!driver.prolong(until: .now + .seconds(61)))
        deadline.begin(decidedAt: .now)
        deadline.open(until: .now + .seconds(60))
        #expect(driver.prolong(until: .now + .seconds(61)))
    }

    @Test func `a program for the article's one address is short`() {
        for direction in FenceProgram.Direction.allCases {
            let program = FenceProgram.instructions(direction, addresses: [Frames.v4], map: 3)
            #expect(program.count <= (direction == .ingress ? 34 : 44), "\(program.count)")
        }
    }
}

extension IPAddress {
    fileprivate var neighbour: IPAddress {
        switch self {
        case .v4(let value): .v4(value + 1)
        case .v6(let high, let low): .v6(high: high, low: low + 1)
        }
    }
}
