import CNetworkTestSupport
import Glibc
import LinuxIO
import Primitives
import Testing
import VIPKernel
import VIPManager

/// What arrives at the other end of the wire.
@Suite(.serialized) struct AnnouncementTests {
    let v4 = VIPDriverTests.v4
    let v6 = VIPDriverTests.v6

    @Test func `both forms of gratuitous ARP arrive, byte by byte`() throws {
        try NetworkNamespace.run {
            let capture = try NetworkNamespace.capture("peer1")
            let driver = try VIPDriver(addresses: [v4])
            _ = driver.start(now: .now)
            #expect(driver.hold(now: .now).last == .announced(v4, frames: 2))
            // swift-format-ignore
            let expected: [[UInt8]] = [
                [
                    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02, 0x42, 0x0A, 0x00, 0x00, 0x0A,
                    0x08, 0x06, 0x00, 0x01, 0x08, 0x00, 0x06, 0x04,
                    0x00, 0x01,  // request
                    0x02, 0x42, 0x0A, 0x00, 0x00, 0x0A, 0x0A, 0x00, 0x00, 0x64,
                    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0A, 0x00, 0x00, 0x64,
                ],
                [
                    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02, 0x42, 0x0A, 0x00, 0x00, 0x0A,
                    0x08, 0x06, 0x00, 0x01, 0x08, 0x00, 0x06, 0x04,
                    0x00, 0x02,  // reply
                    0x02, 0x42, 0x0A, 0x00, 0x00, 0x0A, 0x0A, 0x00, 0x00, 0x64,
                    0x02, 0x42, 0x0A, 0x00, 0x00, 0x0A, 0x0A, 0x00, 0x00, 0x64,
                ],
            ]
            #expect(
                NetworkNamespace.frames(capture).filter { $0[12...13] == [0x08, 0x06] } == expected
            )
        }
    }

    @Test func `the Neighbor Advertisement arrives, byte by byte`() throws {
        try NetworkNamespace.run {
            let capture = try NetworkNamespace.capture("peer1")
            let driver = try VIPDriver(addresses: [v6])
            _ = driver.start(now: .now)
            let events =
                driver.hold(now: .now)
                + VIPDriverTests().wait(driver) { $0.phase == .held }
            #expect(events.prefix(2) == [.held, .announced(v6, frames: 1)])
            // swift-format-ignore
            let expected: [UInt8] = [
                0x33, 0x33, 0x00, 0x00, 0x00, 0x01, 0x02, 0x42, 0x0A, 0x00, 0x00, 0x0A,
                0x86, 0xDD, 0x60, 0x00, 0x00, 0x00, 0x00, 0x20, 0x3A, 0xFF,
                0xFD, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x00,
                0xFF, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x01,
                0x88, 0x00, 0x4E, 0x52, 0x20, 0x00, 0x00, 0x00,
                0xFD, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x00,
                0x02, 0x01, 0x02, 0x42, 0x0A, 0x00, 0x00, 0x0A,
            ]
            #expect(NetworkNamespace.frames(capture).contains(expected))
        }
    }

    @Test func `a neighbour's entry for the former holder is updated at once`() throws {
        try NetworkNamespace.run {
            // The neighbour is another host, which knows both addresses at another MAC.
            let neighbour = "hbneighbour\(getpid())"
            try NetworkNamespace.ip("netns add \(neighbour)")
            defer {
                #expect(throws: Never.self) { try NetworkNamespace.ip("netns del \(neighbour)") }
            }
            try NetworkNamespace.ip("link set peer1 netns \(neighbour)")
            try NetworkNamespace.ip("-n \(neighbour) link set peer1 up")
            try NetworkNamespace.ip("-n \(neighbour) address add 10.0.0.20/24 dev peer1")
            for address in ["10.0.0.100", "fd00::100"] {
                let entry = "\(address) lladdr 02:42:0a:00:00:0b dev peer1 nud stale"
                try NetworkNamespace.ip("-n \(neighbour) neighbour add \(entry)")
            }
            let driver = try VIPDriver(addresses: [v4, v6])
            _ = driver.start(now: .now)
            VIPDriverTests().wait(driver) { $0.view.link(named: "eth1")?.isUsable == true }
            _ = driver.hold(now: .now)
            VIPDriverTests().wait(driver) { $0.phase == .held }
            let entries = try NetworkNamespace.output("-n \(neighbour) neighbour show dev peer1")
            #expect(entries.contains("10.0.0.100 lladdr 02:42:0a:00:00:0a"), "\(entries)")
            #expect(entries.contains("fd00::100 lladdr 02:42:0a:00:00:0a"), "\(entries)")
        }
    }

    @Test func `the announcement of an interface that is gone or down fails by name`() throws {
        try NetworkNamespace.run {
            let socket = try AnnouncementSocket()
            let mac = MACAddress(0x0242_0A00_000A)
            let index = unsafe if_nametoindex("eth1")
            try NetworkNamespace.ip("link set eth1 down")
            #expect(throws: AnnouncementFault.interfaceDown) {
                try socket.send(Announcement(address: v4, index: index, mac: mac))
            }
            try NetworkNamespace.ip("link del eth1")
            #expect(throws: AnnouncementFault.interfaceGone) {
                try socket.send(Announcement(address: v4, index: index, mac: mac))
            }
        }
    }

    @Test func `an IPv6 virtual address is never chosen as a source`() throws {
        try NetworkNamespace.run {
            try NetworkNamespace.ip("address add fd00::10/64 dev eth1 nodad")
            let driver = try VIPDriver(addresses: [v6])
            _ = driver.start(now: .now)
            _ = driver.hold(now: .now)
            VIPDriverTests().wait(driver) { $0.phase == .held }
            // fd00::101 shares 127 bits with the virtual address.
            let route = try NetworkNamespace.output("-6 route get fd00::101")
            #expect(route.contains("src fd00::10 "), "\(route)")
        }
    }
}
