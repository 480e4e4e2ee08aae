import Primitives
import Testing
import VIPManager

@Suite struct HoldingTests {
    static let v4 = VirtualAddress(.v4(0x0A00_0064), interface: "eth1")
    static let v6 = VirtualAddress(.v6(0xFD00 << 112 | 0x100), interface: "eth1")
    static let v4Key = KernelAddress.Key(host: v4.address, index: 2)
    static let v6Key = KernelAddress.Key(host: v6.address, index: 2)

    func standby(_ addresses: [VirtualAddress] = [v4]) -> FakeKernel {
        var kernel = FakeKernel(addresses)
        kernel.links[2] = KernelLink(
            index: 2,
            name: "eth1",
            isUp: true,
            hasCarrier: true,
            mac: MACAddress(0x0242_0A00_000A)
        )
        kernel.add("10.0.0.10", prefixLength: 24)
        kernel.start()
        #expect(
            kernel.takeReports() == [.linkChanged(interface: "eth1", isUsable: true), .released]
        )
        return kernel
    }

    func active(_ addresses: [VirtualAddress] = [v4]) -> FakeKernel {
        var kernel = standby(addresses)
        kernel.hold()
        #expect(kernel.reconciler.phase == .held)
        _ = (kernel.takeReports(), kernel.takeOperations(), kernel.takeAnnouncements())
        return kernel
    }

    @Test func `holding adds the host address, reads it back and announces it`() {
        var kernel = standby()
        kernel.hold()
        #expect(kernel.takeOperations() == [AddressOperation(.add, Self.v4Key)])
        #expect(kernel.takeReports() == [.held, .announced(Self.v4, frames: 2)])
        #expect(kernel.takeAnnouncements().map(\.index) == [2])
    }

    @Test func `an acknowledged address that was not read back is not held`() {
        var kernel = standby()
        kernel.delaysNotifications = true
        kernel.hold()
        #expect(kernel.reconciler.phase == .acquiring)
        kernel.tell(.changed(.addressAdded(KernelAddress(key: Self.v4Key, tag: 0xBA, flags: 0))))
        #expect(kernel.reconciler.phase == .held)
    }

    @Test func `an acknowledged address that the next audit does not find is added again`() {
        var kernel = standby()
        kernel.delaysNotifications = true
        kernel.hold()
        kernel.addresses[Self.v4Key] = nil
        kernel.delaysNotifications = false
        kernel.pass(.seconds(1))
        #expect(kernel.takeOperations() == [.init(.add, Self.v4Key), .init(.add, Self.v4Key)])
        #expect(kernel.reconciler.phase == .held)
    }

    @Test func `all addresses move together`() {
        var kernel = standby([Self.v4, Self.v6])
        kernel.refusals[.init(.add, Self.v6Key)] = .ipv6Disabled
        kernel.hold()
        #expect(kernel.takeReports() == [.failed(.ipv6Disabled(interface: "eth1"))])
        #expect(kernel.reconciler.phase == .acquiring)
        kernel.pass(.seconds(3))
        #expect(kernel.takeReports() == [], "a fault is told once")
        kernel.refusals = [:]
        kernel.pass(.seconds(1))
        #expect(kernel.takeReports().first == .held)
    }

    @Test func `holding twice changes nothing`() {
        var kernel = active()
        kernel.hold()
        #expect(kernel.takeOperations() == [])
        #expect(kernel.takeReports() == [])
    }

    @Test func `an address that is already there is adopted and tagged`() {
        var kernel = standby()
        kernel.delaysNotifications = true
        kernel.add("10.0.0.100", prefixLength: 32)  // unseen: its notification is still under way
        kernel.delaysNotifications = false
        kernel.hold()
        #expect(kernel.takeOperations() == [.init(.add, Self.v4Key)])
        #expect(kernel.reconciler.phase == .held)
        #expect(kernel.addresses[Self.v4Key]?.tag == 0xBA)
    }

    @Test func `a removed address is put back at once and announced again`() {
        var kernel = active()
        kernel.remove(Self.v4Key)
        #expect(kernel.takeReports() == [.repaired(Self.v4), .announced(Self.v4, frames: 2)])
        #expect(kernel.addresses[Self.v4Key] != nil)
        #expect(kernel.reconciler.phase == .held)
    }

    @Test func `an address that is removed again and again is put back once a second`() {
        var kernel = active()
        for _ in 0..<10 { kernel.remove(Self.v4Key) }
        #expect(kernel.takeReports().filter { $0 == .repaired(Self.v4) }.count == 10)
        kernel.remove(Self.v4Key)
        #expect(kernel.takeReports() == [.failed(.removedRepeatedly(Self.v4))])
        kernel.pass(.milliseconds(1000))
        #expect(kernel.takeReports().prefix(2) == [.repaired(Self.v4), .held])
        kernel.remove(Self.v4Key)
        #expect(kernel.takeReports() == [.failed(.removedRepeatedly(Self.v4))])
    }

    @Test func `a removal that no notification told is found by the audit`() {
        var kernel = active()
        kernel.addresses[Self.v4Key] = nil
        kernel.pass(.seconds(1))
        let reports = kernel.takeReports()
        #expect(reports.contains(.repaired(Self.v4)))
        #expect(kernel.addresses[Self.v4Key] != nil)
    }

    @Test func `lost notifications make both tables be read again`() {
        var kernel = active()
        kernel.links[2] = nil
        kernel.addresses = [:]
        kernel.tell(.notificationsLost)
        #expect(
            kernel.takeReports() == [
                .linkChanged(interface: "eth1", isUsable: false),
                .failed(.interfaceMissing("eth1")),
            ]
        )
    }

    @Test func `a recreated interface is found by its name and gets the address again`() {
        var kernel = active()
        kernel.removeLink(2)
        #expect(kernel.takeReports().last == .failed(.interfaceMissing("eth1")))
        kernel.setLink(7, "eth1", isUp: false, hasCarrier: false)
        #expect(kernel.takeReports() == [.failed(.interfaceDown("eth1"))])
        kernel.setLink(7, "eth1")
        #expect(
            kernel.takeReports() == [
                .linkChanged(interface: "eth1", isUsable: true), .held,
                .announced(Self.v4, frames: 2),
            ]
        )
        #expect(kernel.takeAnnouncements().map(\.index) == [7])
    }

    @Test func `a link that comes back is announced again`() {
        var kernel = active()
        kernel.pass(.seconds(10))
        _ = (kernel.takeReports(), kernel.takeAnnouncements())
        kernel.setLink(2, "eth1", hasCarrier: false)
        #expect(kernel.takeReports() == [.linkChanged(interface: "eth1", isUsable: false)])
        kernel.setLink(2, "eth1")
        #expect(
            kernel.takeReports() == [
                .linkChanged(interface: "eth1", isUsable: true), .announced(Self.v4, frames: 2),
            ]
        )
        #expect(kernel.reconciler.phase == .held)
    }

    @Test func `a new MAC is announced`() {
        var kernel = active()
        kernel.pass(.seconds(10))
        _ = kernel.takeAnnouncements()
        kernel.setLink(2, "eth1", mac: MACAddress(0x0242_0A00_00FF))
        #expect(kernel.takeAnnouncements().map(\.mac) == [MACAddress(0x0242_0A00_00FF)])
    }

    @Test func `announcements follow the schedule and start anew on request`() {
        var kernel = active()
        kernel.pass(.seconds(5))
        #expect(kernel.takeAnnouncements().count == 4)
        kernel.announceAnew()
        #expect(kernel.takeAnnouncements().count == 1)
        kernel.pass(.milliseconds(100))
        #expect(kernel.takeAnnouncements().count == 1)
    }

    @Test func `an announcement that fails is told once and tried until it works`() {
        var kernel = standby()
        kernel.announcementFault = .queueFull
        kernel.hold()
        kernel.pass(.milliseconds(450))
        #expect(kernel.takeReports() == [.held, .announcementFailed(Self.v4, .queueFull)])
        kernel.announcementFault = nil
        kernel.pass(.milliseconds(100))
        #expect(kernel.takeReports() == [.announced(Self.v4, frames: 2)])
    }

    @Test func `an interface without Ethernet is not announced on`() {
        var kernel = FakeKernel([Self.v4])
        kernel.links[2] = KernelLink(
            index: 2,
            name: "eth1",
            isUp: true,
            hasCarrier: true,
            mac: nil
        )
        kernel.start()
        kernel.hold()
        #expect(kernel.reconciler.phase == .held)
        #expect(kernel.takeAnnouncements() == [])
    }

    @Test func `a wider copy of an IPv4 address is left alone while active`() {
        var kernel = active()
        kernel.add("10.0.0.100", prefixLength: 24)
        kernel.pass(.seconds(2))
        #expect(kernel.takeOperations() == [])
        #expect(kernel.addresses.count == 3)
    }

    @Test func `a wider copy of an IPv6 address is replaced, there is room for one only`() {
        var kernel = standby([Self.v6])
        // It appears in the instant before the address is wanted.
        let copy = KernelAddress.Key(index: 2, address: Self.v6.address, prefixLength: 64)
        kernel.refusals[.init(.remove, copy)] = .unanswered
        kernel.add("fd00::100", prefixLength: 64)
        kernel.refusals = [:]
        _ = (kernel.takeOperations(), kernel.takeReports())
        kernel.hold()
        #expect(kernel.takeOperations() == [.init(.remove, copy), .init(.add, Self.v6Key)])
        #expect(kernel.reconciler.phase == .held)
    }

    @Test func `an IPv6 address whose duplicate detection failed is not held but added anew`() {
        var kernel = active([Self.v6])
        kernel.add("fd00::100", prefixLength: 128, flags: KernelAddress.duplicateFlag)
        #expect(kernel.takeOperations() == [.init(.remove, Self.v6Key), .init(.add, Self.v6Key)])
        #expect(kernel.reconciler.phase == .held)
    }
}
