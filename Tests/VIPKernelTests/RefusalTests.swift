import CNetworkTestSupport
import Glibc
import LinuxIO
import Primitives
import Testing
import VIPKernel
import VIPManager

/// The kernel says no, and what is said about it; and the guardian's way.
@Suite(.serialized) struct RefusalTests {
    let v4 = VIPDriverTests.v4
    let v6 = VIPDriverTests.v6

    @Test func `without CAP_NET_ADMIN the fault is named, and holding works when it is back`()
        throws
    {
        try NetworkNamespace.run {
            let driver = try VIPDriver(addresses: [v4])
            _ = driver.start(now: .now)
            #expect(hbtest_set_capability(Int32(HBTEST_CAP_NET_ADMIN), false) == 0)
            let events = driver.hold(now: .now)
            #expect(hbtest_set_capability(Int32(HBTEST_CAP_NET_ADMIN), true) == 0)
            #expect(events == [.failed(.permissionDenied)])
            #expect(driver.tick(now: driver.nextDeadline).contains(.held))
        }
    }

    @Test func `without CAP_NET_RAW there is no packet socket`() throws {
        try NetworkNamespace.run {
            #expect(hbtest_set_capability(Int32(HBTEST_CAP_NET_RAW), false) == 0)
            let failure = #expect(throws: SystemError.self) {
                _ = try VIPDriver(addresses: [v4])
            }
            #expect(hbtest_set_capability(Int32(HBTEST_CAP_NET_RAW), true) == 0)
            #expect(failure == SystemError("socket", "AF_PACKET", errno: EPERM))
        }
    }

    @Test func `an interface with IPv6 switched off is named`() throws {
        try NetworkNamespace.run {
            try NetworkNamespace.sysctl("net.ipv6.conf.eth1.disable_ipv6", "1")
            let driver = try VIPDriver(addresses: [v4, v6])
            _ = driver.start(now: .now)
            #expect(driver.hold(now: .now).contains(.failed(.ipv6Disabled(interface: "eth1"))))
            #expect(driver.phase == .acquiring)
            #expect(driver.release(now: .now) == [.released])
        }
    }

    @Test func `a missing interface is named`() throws {
        try NetworkNamespace.run {
            let driver = try VIPDriver(addresses: [VirtualAddress(v4.address, interface: "eth9")])
            #expect(
                driver.start(now: .now)
                    == [.linkChanged(interface: "eth9", isUsable: false), .released]
            )
            #expect(driver.hold(now: .now) == [.failed(.interfaceMissing("eth9"))])
        }
    }

    @Test func `a port that leaves a bridge is not a link that is gone`() throws {
        try NetworkNamespace.run {
            try NetworkNamespace.ip("link add br0 type bridge")
            let driver = try VIPDriver(addresses: [v4])
            _ = driver.start(now: .now)
            _ = driver.hold(now: .now)
            try NetworkNamespace.ip("link set eth1 master br0")
            try NetworkNamespace.ip("link set eth1 nomaster")
            let events = driver.readable(now: .now)
            #expect(!events.contains(.failed(.interfaceMissing("eth1"))))
            #expect(driver.phase == .held)
        }
    }

    @Test func `the guardian removes the addresses of a dead daemon and nothing else`() throws {
        try NetworkNamespace.run {
            do {
                let daemon = try VIPDriver(addresses: [v4, v6])
                _ = daemon.start(now: .now)
                _ = daemon.hold(now: .now)
                VIPDriverTests().wait(daemon) { $0.phase == .held }
            }
            #expect(try VIPDriverTests().texts().count == 3)
            let elsewhere = VirtualAddress(v4.address, interface: "eth9")
            #expect(try AddressRemoval.remove([elsewhere, v4, v6]).isEmpty)
            #expect(try VIPDriverTests().texts() == ["10.0.0.10/24"])
            #expect(try AddressRemoval.remove([v4, v6]).isEmpty)

            #expect(hbtest_set_capability(Int32(HBTEST_CAP_NET_ADMIN), false) == 0)
            let failures = try AddressRemoval.remove([v4])
            #expect(hbtest_set_capability(Int32(HBTEST_CAP_NET_ADMIN), true) == 0)
            #expect(failures.map(\.fault) == [.permissionDenied])
        }
    }
}
