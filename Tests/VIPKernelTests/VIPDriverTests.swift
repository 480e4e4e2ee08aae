import CNetworkTestSupport
import Glibc
import LinuxIO
import Primitives
import Testing
import VIPKernel
import VIPManager

/// Against the real kernel. Needs root and `ip` (iproute2) to prepare the namespaces.
@Suite(.serialized) struct VIPDriverTests {
    static let v4 = VirtualAddress(.v4(0x0A00_0064), interface: "eth1")
    static let v6 = VirtualAddress(.v6(0xFD00 << 112 | 0x100), interface: "eth1")

    func standby(_ addresses: [VirtualAddress] = [v4]) throws -> VIPDriver {
        let driver = try VIPDriver(addresses: addresses)
        #expect(
            driver.start(now: .now)
                == [.linkChanged(interface: "eth1", isUsable: true), .released]
        )
        return driver
    }

    func active(_ addresses: [VirtualAddress] = [v4]) throws -> VIPDriver {
        let driver = try standby(addresses)
        let events = driver.hold(now: .now) + wait(driver) { $0.phase == .held }
        #expect(events.first == .held)
        return driver
    }

    /// Runs the driver as the heart does until the condition holds, for at most two seconds.
    @discardableResult
    func wait(_ driver: VIPDriver, until condition: (VIPDriver) -> Bool) -> [VIPEvent] {
        var events: [VIPEvent] = []
        let end = Instant.now + .seconds(2)
        while !condition(driver), .now < end {
            var poll = pollfd(fd: driver.descriptor, events: Int16(POLLIN), revents: 0)
            let rest = max(.zero, min(driver.nextDeadline, end) - .now).milliseconds + 1
            if unsafe Glibc.poll(&poll, 1, Int32(rest)) > 0 { events += driver.readable(now: .now) }
            events += driver.tick(now: .now)
        }
        #expect(condition(driver), "not within two seconds; so far: \(events)")
        return events
    }

    /// What a second look, by a fresh reader of the kernel's tables, sees on the interface.
    func addresses(on interface: String = "eth1") throws -> [KernelAddress] {
        let reader = try VIPDriver(
            addresses: [VirtualAddress(.v4(0xC000_0201), interface: interface)],
            settings: .untagged
        )
        _ = reader.start(now: .now)
        let index = reader.view.link(named: interface)?.index
        return reader.view.addresses.filter {
            $0.key.index == index && $0.key.address.networkBytes.first != 0xFE
        }.sorted { $0.key.prefixLength < $1.key.prefixLength }
    }

    func texts(on interface: String = "eth1") throws -> [String] {
        try addresses(on: interface).map { "\($0.key.address)/\($0.key.prefixLength)" }
    }

    @Test func `the address is added as a host address with our tag, and removed`() throws {
        try NetworkNamespace.run {
            let driver = try standby()
            #expect(driver.hold(now: .now) == [.held, .announced(Self.v4, frames: 2)])
            #expect(try texts() == ["10.0.0.10/24", "10.0.0.100/32"])
            #expect(try addresses().map(\.tag) == [0, 0xBA])
            #expect(driver.release(now: .now) == [.released])
            #expect(try texts() == ["10.0.0.10/24"])
        }
    }

    @Test func `a release takes less than a millisecond`() throws {
        try NetworkNamespace.run {
            let driver = try standby([Self.v4, Self.v6])
            var durations: [Duration] = []
            for _ in 0..<50 {
                _ = driver.hold(now: .now)
                wait(driver) { $0.phase == .held }
                let before = Instant.now
                let events = driver.release(now: before)
                durations.append(.now - before)
                #expect(events == [.released])
            }
            durations.sort()
            // The median: a busy machine may take the processor away now and then.
            #expect(durations[25] < .milliseconds(1), "median \(durations[25])")
        }
    }

    @Test func `what is already there is not an error, and neither is what is not`() throws {
        try NetworkNamespace.run {
            var commands = try NetlinkCommands(tag: 0xBA)
            let index = unsafe if_nametoindex("eth1")
            let key = KernelAddress.Key(host: Self.v4.address, index: index)
            #expect(commands.execute(.init(.add, key)) == .done)
            #expect(commands.execute(.init(.add, key)) == .done)
            #expect(commands.execute(.init(.remove, key)) == .done)
            #expect(commands.execute(.init(.remove, key)) == .absent)
            let nowhere = KernelAddress.Key(host: Self.v4.address, index: 4711)
            #expect(commands.execute(.init(.add, nowhere)) == .interfaceGone)
            #expect(commands.execute(.init(.remove, nowhere)) == .interfaceGone)
        }
    }

    @Test func `what something else removes is put back and announced`() throws {
        try NetworkNamespace.run {
            let driver = try active()
            try NetworkNamespace.ip("address del 10.0.0.100/32 dev eth1")
            #expect(
                driver.readable(now: .now)
                    == [.repaired(Self.v4), .announced(Self.v4, frames: 2)]
            )
            try NetworkNamespace.ip("address flush dev eth1")
            #expect(driver.readable(now: .now).first == .repaired(Self.v4))
            #expect(try texts() == ["10.0.0.100/32"])
        }
    }

    @Test func `an interface that is deleted and recreated gets the address again`() throws {
        try NetworkNamespace.run {
            let driver = try active([Self.v4, Self.v6])
            let before = driver.view.link(named: "eth1")?.index
            try NetworkNamespace.ip("link del eth1")
            let gone = driver.readable(now: .now)
            #expect(gone.contains(.failed(.interfaceMissing("eth1"))))
            #expect(gone.contains(.linkChanged(interface: "eth1", isUsable: false)))
            try NetworkNamespace.ip("link add eth1 type veth peer name peer1")
            #expect(driver.readable(now: .now).contains(.failed(.interfaceDown("eth1"))))
            try NetworkNamespace.ip("link set peer1 up")
            try NetworkNamespace.ip("link set eth1 up")
            let back = wait(driver) { $0.phase == .held }
            #expect(back.contains(.held))
            #expect(driver.view.link(named: "eth1")?.index != before)
            #expect(try texts() == ["10.0.0.100/32", "fd00::100/128"])
        }
    }

    @Test func `an interface that goes down and up again has both addresses again`() throws {
        try NetworkNamespace.run {
            let driver = try active([Self.v4, Self.v6])
            try NetworkNamespace.ip("link set eth1 down")
            let down = wait(driver) { $0.phase == .acquiring }
            #expect(down.contains(.failed(.interfaceDown("eth1"))))
            try NetworkNamespace.ip("link set eth1 up")
            wait(driver) { $0.phase == .held }
            #expect(try texts().contains("fd00::100/128"))
        }
    }

    @Test func `a lost carrier is told, and its return is announced`() throws {
        try NetworkNamespace.run {
            let driver = try active()
            try NetworkNamespace.ip("link set peer1 down")
            let lost = wait(driver) { $0.view.link(named: "eth1")?.hasCarrier == false }
            #expect(lost.contains(.linkChanged(interface: "eth1", isUsable: false)))
            try NetworkNamespace.ip("link set peer1 up")
            let back = wait(driver) { $0.view.link(named: "eth1")?.hasCarrier == true }
            #expect(back.contains(.linkChanged(interface: "eth1", isUsable: true)))
            #expect(back.contains(.announced(Self.v4, frames: 2)))
            #expect(driver.phase == .held)
        }
    }

    @Test func `left-overs are removed at the start, foreign addresses are not`() throws {
        try NetworkNamespace.run {
            try NetworkNamespace.ip("address add 10.0.0.100/32 dev eth1")
            try NetworkNamespace.ip("address add 10.0.0.77/32 dev eth1")
            try NetworkNamespace.ip("link set lo up")
            let index = unsafe if_nametoindex("eth1")
            var commands = try NetlinkCommands(tag: 0xBA)
            let earlier = KernelAddress.Key(host: .v4(0x0A00_0063), index: index)
            #expect(commands.execute(.init(.add, earlier)) == .done)

            let driver = try VIPDriver(addresses: [Self.v4])
            let events = driver.start(now: .now)
            #expect(
                events.contains(
                    .leftoverRemoved(Self.v4.address, prefixLength: 32, interface: "eth1")
                )
            )
            #expect(
                events.contains(
                    .leftoverRemoved(.v4(0x0A00_0063), prefixLength: 32, interface: "eth1")
                )
            )
            #expect(events.last == .released)
            #expect(try texts() == ["10.0.0.10/24", "10.0.0.77/32"])
        }
    }

    @Test func `a copy that carries the node's own address is left alone`() throws {
        try NetworkNamespace.run {
            try NetworkNamespace.ip("address flush dev eth1")
            try NetworkNamespace.ip("address add 10.0.0.100/24 dev eth1")
            try NetworkNamespace.ip("address add 10.0.0.10/24 dev eth1")
            let driver = try VIPDriver(addresses: [Self.v4])
            let fault = AddressFault.copyCarriesOthers(
                Self.v4.address,
                prefixLength: 24,
                interface: "eth1"
            )
            #expect(driver.start(now: .now).contains(.failed(fault)))
            #expect(try texts().count == 2)
        }
    }

    @Test func `an overrun of notifications ends in the right picture`() throws {
        try NetworkNamespace.run {
            let driver = try active()
            for round in 0..<3 {
                for number in 0..<250 {
                    try NetworkNamespace.address(number, isAdd: true, round: round)
                    try NetworkNamespace.address(number, isAdd: false, round: round)
                }
            }
            try NetworkNamespace.ip("address del 10.0.0.100/32 dev eth1")
            let events = wait(driver) { _ in (try? texts().contains("10.0.0.100/32")) ?? false }
            #expect(events.contains(.repaired(Self.v4)))
            #expect(driver.phase == .held)
        }
    }
}

extension AddressReconciler.Settings {
    /// For a reader that must not touch what carries the tag.
    static var untagged: Self {
        var settings = Self()
        settings.tag = 0xFF
        return settings
    }
}

extension NetworkNamespace {
    /// Makes the kernel send a notification, without the cost of a process.
    static func address(_ number: Int, isAdd: Bool, round: Int) throws {
        var commands = try NetlinkCommands(tag: 0)
        let address = IPAddress.v4(0x0A01_0000 + UInt32(round) << 8 + UInt32(number))
        let key = KernelAddress.Key(host: address, index: unsafe if_nametoindex("eth1"))
        #expect(commands.execute(.init(isAdd ? .add : .remove, key)) == .done)
    }
}
