import CLinux
import Glibc
import LinuxIO
import Primitives
import Testing
import VIPKernel
import VIPManager

extension VIPDriverTests {
    /// Real kernels answer the probes. Needs root and `ip`.
    @Suite struct SegmentTests {
        private static let v4 = VIPDriverTests.v4
        private static let v6 = VIPDriverTests.v6
        private static let own = MACAddress(0x0242_0A00_000A)
        private static let other = MACAddress(0x0242_0A00_000B)
        private static let node = IPAddress.v4(0x0A00_0014)
        private static let gateway = IPAddress.v4(0x0A00_0001)
        private static let watch = SegmentWatch(
            [v4, v6],
            peers: [node],
            witnesses: [.init(gateway, interface: "eth1")]
        )
        private static let all = SegmentQuestion(
            asksAll: true,
            peer: nil,
            resolvesPeer: true,
            asksWitnesses: true
        )
        private static let alone = SegmentQuestion(
            asksAll: false,
            peer: other,
            resolvesPeer: false,
            asksWitnesses: false
        )

        private static func driver(
            _ fence: FenceDriver? = nil,
            addresses: [VirtualAddress] = [v4, v6]
        ) throws -> VIPDriver {
            let driver = try VIPDriver(addresses: addresses, fence: fence, watch: watch)
            _ = driver.start(now: .now)
            VIPDriverTests().wait(driver) { $0.view.link(named: "eth1")?.isUsable == true }
            return driver
        }

        /// What is heard until all of it was, or the time is over.
        private static func heard(
            _ driver: VIPDriver,
            _ wanted: Set<SegmentNews>,
            within limit: Duration = .seconds(1)
        ) -> Set<SegmentNews> {
            var news: Set<SegmentNews> = []
            let end = Instant.now + limit
            while !news.isSuperset(of: wanted) || wanted.isEmpty, Instant.now < end {
                news.formUnion(driver.heard())
                usleep(500)
            }
            return news
        }

        /// Another host behind peer1.
        private static func withNeighbour(_ body: (_ name: String) throws -> Void) throws {
            try NetworkNamespace.run {
                let name = "hbsegment\(getpid())"
                try NetworkNamespace.ip("netns add \(name)")
                defer {
                    #expect(throws: Never.self) { try NetworkNamespace.ip("netns del \(name)") }
                }
                try NetworkNamespace.ip("link set peer1 netns \(name)")
                try NetworkNamespace.ip("-n \(name) link set peer1 address \(other) up")
                try NetworkNamespace.ip("-n \(name) address add \(node)/24 dev peer1")
                try NetworkNamespace.ip("-n \(name) address add \(gateway)/32 dev peer1")
                try body(name)
            }
        }

        @Test
        func `a kernel that has an address answers, whoever is asked and whatever arp_ignore`()
            throws
        {
            try Self.withNeighbour { name in
                let driver = try Self.driver()
                for address in ["10.0.0.100/32", "fd00::100/128"] {
                    let way = address.hasPrefix("fd") ? "nodad" : ""
                    try NetworkNamespace.ip("-n \(name) address add \(address) dev peer1 \(way)")
                    for ignore in 0...2 {
                        try NetworkNamespace.command(
                            "ip netns exec \(name) sysctl -qw net.ipv4.conf.all.arp_ignore=\(ignore)"
                        )
                        let wishes: [(SegmentQuestion, Set<SegmentNews>)] = [
                            (Self.all, [.holder(Self.other), .peer(Self.other), .witness]),
                            (Self.alone, [.holder(Self.other)]),
                        ]
                        for (question, wanted) in wishes {
                            driver.ask(question)
                            let heard = Self.heard(driver, wanted)
                            #expect(heard == wanted, "\(address), arp_ignore \(ignore)")
                        }
                    }
                    try NetworkNamespace.ip("-n \(name) address del \(address) dev peer1")
                    driver.ask(Self.all)
                    let rest = Self.heard(driver, [], within: .milliseconds(100))
                    #expect(rest == [.peer(Self.other), .witness])
                }
            }
        }

        @Test func `what a closed fence drops is heard before, and shuts it`() throws {
            try NetworkNamespace.run {
                let deadline = try FenceDeadline()
                let fence = try FenceDriver(addresses: [Self.v4, Self.v6], deadline: deadline)
                try fence.attachToAll()
                let driver = try Self.driver(fence)
                let socket = OwnedDescriptor(adopting: hb_packet_socket())
                let index = unsafe if_nametoindex("peer1")
                for address in [Self.v4, Self.v6] {
                    deadline.begin(decidedAt: .now)
                    for receiver in [nil, Self.own] {
                        let probe = AddressProbe.frame(
                            for: address.address,
                            from: Self.other,
                            to: receiver
                        )
                        #expect(unsafe hb_packet_send(socket.raw, index, probe, probe.count) > 0)
                        let wanted: Set<SegmentNews> = [.claim(Self.other)]
                        #expect(Self.heard(driver, wanted) == wanted)
                    }
                    #expect(deadline.isLatched)
                }
                // What was decided before a probe came is refused, a new decision is not.
                let decision = Instant.now
                let probe = AddressProbe.frame(for: Self.v4.address, from: Self.other)
                #expect(unsafe hb_packet_send(socket.raw, index, probe, probe.count) > 0)
                #expect(!Self.heard(driver, [.claim(Self.other)]).isEmpty)
                driver.prolong(until: .now + .seconds(5), now: decision)
                _ = driver.hold(now: decision)
                VIPDriverTests().wait(driver) { $0.phase == .held }
                #expect(driver.isLatched)
                #expect(!driver.prolong(until: .now + .seconds(5), now: .now))
                _ = driver.release(now: .now)
                driver.prolong(until: .now + .seconds(5), now: .now)
                _ = driver.hold(now: .now)
                VIPDriverTests().wait(driver) { $0.phase == .held }
                #expect(!driver.isLatched)
                #expect(driver.prolong(until: .now + .seconds(5), now: .now))
            }
        }

        @Test func `a flood of what concerns nobody here is not even seen`() throws {
            try NetworkNamespace.run {
                let driver = try Self.driver()
                let watched = try #require(driver.segmentDescriptor)
                let socket = OwnedDescriptor(adopting: hb_packet_socket())
                let index = unsafe if_nametoindex("peer1")
                let request = GratuitousARP.request(for: Self.v4.address, at: Self.other)
                // Somebody asks for the address in the name of 10.0.0.7; somebody announces that.
                let asks = Array(request[..<28] + [10, 0, 0, 7] + request[32...])
                let announces = Array(asks[..<38] + [10, 0, 0, 7])
                for _ in 0..<2000 {
                    for frame in [asks, announces] {
                        _ = unsafe hb_packet_send(socket.raw, index, frame, frame.count)
                    }
                }
                var entry = pollfd(fd: watched, events: Int16(POLLIN), revents: 0)
                #expect(unsafe poll(&entry, 1, 100) == 0)
                #expect(driver.heard().isEmpty)
                // A flood of what has a meaning costs a bounded number of reads.
                for _ in 0..<2000 {
                    _ = unsafe hb_packet_send(socket.raw, index, request, request.count)
                }
                #expect(Self.heard(driver, [.holder(Self.other)]) == [.holder(Self.other)])
            }
        }

        @Test func `an interface that is made anew is listened to again`() throws {
            try NetworkNamespace.run {
                let driver = try Self.driver()
                try NetworkNamespace.ip("link del eth1")
                VIPDriverTests().wait(driver) { $0.view.link(named: "eth1") == nil }
                try NetworkNamespace.ip(
                    "link add eth1 address \(Self.own) type veth peer name peer1"
                )
                try NetworkNamespace.ip("link set peer1 up")
                try NetworkNamespace.ip("link set eth1 up")
                VIPDriverTests().wait(driver) { $0.view.link(named: "eth1")?.isUsable == true }
                let socket = OwnedDescriptor(adopting: hb_packet_socket())
                let index = unsafe if_nametoindex("peer1")
                let probe = AddressProbe.frame(for: Self.v4.address, from: Self.other)
                #expect(unsafe hb_packet_send(socket.raw, index, probe, probe.count) > 0)
                let wanted: Set<SegmentNews> = [.claim(Self.other)]
                #expect(Self.heard(driver, wanted) == wanted)
            }
        }
    }
}
