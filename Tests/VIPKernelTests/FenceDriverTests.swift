import CLinux
import CNetworkTestSupport
import Glibc
import LinuxIO
import Primitives
import Testing
import VIPKernel
import VIPManager

/// The fence at a real interface, against real traffic. Needs root, `ip`, `tc` and `nft`.
extension VIPDriverTests {
    @Suite struct FenceDriverTests {
        private let v4 = VIPDriverTests.v4
        private let v6 = VIPDriverTests.v6

        private func driver(
            _ addresses: [VirtualAddress],
            lifetime: UInt32? = nil
        ) throws -> (VIPDriver, FenceDeadline) {
            let deadline = try FenceDeadline()
            let fence = try FenceDriver(addresses: addresses, deadline: deadline)
            try fence.attachToAll()
            let driver = try VIPDriver(addresses: addresses, fence: fence, lifetime: lifetime)
            _ = driver.start(now: .now)
            return (driver, deadline)
        }

        /// Sends an ARP request to peer1's other end each 200 us until the time is over.
        /// - Returns: when the answers came.
        private func answers(until end: Instant) throws -> [Instant] {
            let capture = try NetworkNamespace.capture("peer1")
            let request = GratuitousARP.request(
                for: v4.address,
                at: MACAddress(0x0242_0A00_0007)
            )
            // Asks for the virtual address in the name of 10.0.0.7.
            let frame = Array(request[..<28] + [10, 0, 0, 7] + request[32...])
            let socket = OwnedDescriptor(adopting: hb_packet_socket())
            let index = unsafe if_nametoindex("peer1")
            var heard: [Instant] = []
            while Instant.now < end {
                #expect(unsafe hb_packet_send(socket.raw, index, frame, frame.count) > 0)
                for answer in NetworkNamespace.frames(capture)
                where answer.count >= 42 && answer[21] == 2
                    && Array(answer[28..<32]) == v4.address.networkBytes
                {
                    heard.append(.now)
                }
                usleep(200)
            }
            return heard
        }

        @Test func `answers stop within milliseconds of the deadline, and begin when held anew`()
            throws
        {
            try NetworkNamespace.run {
                let (driver, _) = try driver([v4])
                for _ in 0..<5 {
                    _ = driver.release(now: .now)
                    let end = Instant.now + .milliseconds(60)
                    driver.prolong(until: end, now: .now)
                    _ = driver.hold(now: .now)
                    wait(driver)
                    let heard = try answers(until: end + .milliseconds(60))
                    let last = try #require(heard.last)
                    #expect(last - end < .milliseconds(5), "\((last - end).fractionalMilliseconds)")
                    #expect(end - last < .milliseconds(10))
                }
            }
        }

        private func wait(_ driver: VIPDriver) {
            VIPDriverTests().wait(driver) { $0.phase == .held }
        }

        @Test func `a deadline that was reached is not moved, however the renewal came to be late`()
            throws
        {
            try NetworkNamespace.run {
                let (driver, deadline) = try driver([v4])
                let end = Instant.now + .milliseconds(40)
                driver.prolong(until: end, now: .now)
                _ = driver.hold(now: .now)
                wait(driver)
                #expect(driver.prolong(until: end + .milliseconds(1), now: .now))
                usleep(60_000)
                // As of a process that read the clock in time and was stopped before this call.
                #expect(!driver.prolong(until: .now + .seconds(5), now: end))
                #expect(deadline.end == end + .milliseconds(1))
                #expect(try answers(until: .now + .milliseconds(30)) == [])
            }
        }

        @Test func `a flush of the packet filter leaves the fence`() throws {
            try NetworkNamespace.run {
                let (driver, _) = try driver([v4])
                driver.prolong(until: .now + .milliseconds(20), now: .now)
                _ = driver.hold(now: .now)
                wait(driver)
                try NetworkNamespace.command("nft flush ruleset")
                usleep(25_000)
                #expect(try answers(until: .now + .milliseconds(30)) == [])
                _ = driver.release(now: .now)
                driver.prolong(until: .now + .seconds(1), now: .now)
                _ = driver.hold(now: .now)
                wait(driver)
                #expect(try !answers(until: .now + .milliseconds(30)).isEmpty)
            }
        }

        @Test func `held, it is open before the announcement; released, closed before the address`()
            throws
        {
            try NetworkNamespace.run {
                let (driver, deadline) = try driver([v4])
                #expect(deadline.end == .zero)
                let end = Instant.now + .seconds(5)
                driver.prolong(until: end, now: .now)
                #expect(deadline.end == .zero, "not before the address is there")
                // A closed fence would refuse the announcement.
                #expect(driver.hold(now: .now) == [.held, .announced(v4, frames: 2)])
                #expect(deadline.end == end)
                #expect(driver.release(now: .now) == [.released])
                #expect(deadline.end == .zero)
                driver.prolong(until: .now + .seconds(5), now: .now)
                #expect(deadline.end == .zero, "a late beat opens nothing")
            }
        }

        @Test func `a later life takes the place of the filters that it finds`() throws {
            try NetworkNamespace.run {
                for _ in 0..<4 {
                    // Lets go of everything, as a kill does; filters and addresses stay.
                    let (driver, _) = try driver([v4])
                    driver.prolong(until: .now + .seconds(5), now: .now)
                    _ = driver.hold(now: .now)
                    wait(driver)
                    for way in ["ingress", "egress"] {
                        let list = try NetworkNamespace.text("tc filter show dev eth1 \(way)")
                        #expect(list.matches(of: #/handle 0x4841/#).count == 1, "\(list)")
                        #expect(list.contains("ha_fence_"))
                    }
                }
                _ = try driver([v4])
                #expect(try answers(until: .now + .milliseconds(30)) == [], "closed by the last")
                FenceDriver.remove(from: [v4])
                let list = try NetworkNamespace.text("tc filter show dev eth1 ingress")
                #expect(!list.contains("ha_fence"))
            }
        }

        @Test func `filters of others stay where they are`() throws {
            try NetworkNamespace.run {
                try NetworkNamespace.command("tc qdisc add dev eth1 clsact")
                let filter =
                    "tc filter add dev eth1 ingress prio 7 protocol ip bpf flowid 1:1 bytecode"
                // One instruction of classic BPF: it fits nothing.
                try NetworkNamespace.command(
                    filter.split(separator: " ").map(String.init) + ["1,6 0 0 0,"]
                )
                _ = try driver([v4])
                FenceDriver.remove(from: [v4])
                let list = try NetworkNamespace.text("tc filter show dev eth1 ingress")
                #expect(list.contains("pref 7 bpf"))
            }
        }

        @Test func `a fence that somebody takes off is back within a second, and told once`() throws
        {
            try NetworkNamespace.run {
                let (driver, _) = try driver([v4])
                _ = driver.tick(now: .now)
                try NetworkNamespace.command("tc qdisc del dev eth1 clsact")
                let later = Instant.now + .milliseconds(1100)
                #expect(driver.tick(now: later).contains(.fenceRepaired))
                #expect(!driver.tick(now: later + .seconds(2)).contains(.fenceRepaired))
                let list = try NetworkNamespace.text("tc filter show dev eth1 egress")
                #expect(list.contains("ha_fence_out"))
            }
        }

        @Test func `an interface that is made anew has its fence before its address`() throws {
            try NetworkNamespace.run {
                let (driver, deadline) = try driver([v4, v6])
                driver.prolong(until: .now + .seconds(20), now: .now)
                _ = driver.hold(now: .now)
                wait(driver)
                try NetworkNamespace.ip("link del eth1")
                _ = driver.readable(now: .now)
                deadline.close()
                try NetworkNamespace.ip("link add eth1 type veth peer name peer1")
                try NetworkNamespace.ip("link set peer1 up")
                try NetworkNamespace.ip("link set eth1 up")
                VIPDriverTests().wait(driver) { _ in
                    (try? VIPDriverTests().texts().contains("10.0.0.100/32")) ?? false
                }
                for way in ["ingress", "egress"] {
                    let list = try NetworkNamespace.text("tc filter show dev eth1 \(way)")
                    #expect(list.contains("ha_fence"))
                }
            }
        }

        @Test func `an address that is not renewed goes by itself, and one that is stays`() throws {
            try NetworkNamespace.run {
                let (driver, _) = try driver([v4, v6], lifetime: 2)
                driver.prolong(until: .now + .seconds(10), now: .now)
                _ = driver.hold(now: .now)
                wait(driver)
                let renewedUntil = Instant.now + .milliseconds(3500)
                while Instant.now < renewedUntil {
                    driver.prolong(until: .now + .milliseconds(200), now: .now)
                    usleep(50_000)
                    #expect(try VIPDriverTests().texts().count == 3)
                }
                let start = Instant.now
                while try VIPDriverTests().texts().count > 1, .now - start < .seconds(5) {
                    usleep(10_000)
                }
                let lasted = Instant.now - start
                print("address lifetime 2 s: gone after \(lasted.milliseconds) ms")
                #expect(lasted < .seconds(3))
                // Late by all means: what has expired is not brought back.
                driver.prolong(until: start, now: .now)
                #expect(try VIPDriverTests().texts() == ["10.0.0.10/24"])
            }
        }

        @Test func `at an interface that is not Ethernet there is no fence`() throws {
            try NetworkNamespace.run {
                try NetworkNamespace.ip("tuntap add tun1 mode tun")
                let address = VirtualAddress(v4.address, interface: "tun1")
                let fence = try FenceDriver(addresses: [address], deadline: try FenceDeadline())
                let failure = #expect(throws: SystemError.self) { try fence.attachToAll() }
                #expect(failure?.errno == EOPNOTSUPP)
            }
        }

        @Test func `without CAP_BPF the reason is named, and left-overs can still be removed`()
            throws
        {
            try NetworkNamespace.run {
                _ = try driver([v4])
                let (bpf, admin) = (Int32(39), Int32(21))  // CAP_BPF, CAP_SYS_ADMIN
                for capability in [bpf, admin] { _ = hbtest_set_capability(capability, false) }
                let failure = #expect(throws: SystemError.self) { _ = try FenceDeadline() }
                FenceDriver.remove(from: [v4])
                for capability in [bpf, admin] { _ = hbtest_set_capability(capability, true) }
                #expect(failure?.errno == EPERM)
                let list = try NetworkNamespace.text("tc filter show dev eth1 ingress")
                #expect(!list.contains("ha_fence"))
            }
        }
    }
}
