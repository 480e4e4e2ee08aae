import Primitives
import Testing
import VIPManager

@Suite struct ReleasingTests {
    static let v4 = HoldingTests.v4
    static let v4Key = HoldingTests.v4Key

    func kernel(_ addresses: [VirtualAddress] = [v4]) -> FakeKernel {
        var kernel = FakeKernel(addresses)
        kernel.links[2] = KernelLink(
            index: 2,
            name: "eth1",
            isUp: true,
            hasCarrier: true,
            mac: MACAddress(0x0242_0A00_000A)
        )
        return kernel
    }

    @Test func `releasing removes the address and nothing else, and announces no more`() {
        var kernel = kernel()
        kernel.add("10.0.0.10", prefixLength: 24)
        kernel.start()
        kernel.hold()
        _ = (kernel.takeReports(), kernel.takeOperations(), kernel.takeAnnouncements())
        kernel.release()
        #expect(kernel.takeOperations() == [.init(.remove, Self.v4Key)])
        #expect(kernel.takeReports() == [.released])
        kernel.pass(.seconds(70))
        #expect(kernel.takeAnnouncements() == [])
        #expect(kernel.addresses.keys.map(\.prefixLength) == [24])
    }

    @Test func `releasing asks the kernel even if the address is not known to be there`() {
        var kernel = kernel()
        kernel.start()
        _ = kernel.takeReports()
        kernel.release()
        #expect(kernel.takeOperations() == [.init(.remove, Self.v4Key)])
        #expect(kernel.takeReports() == [.released])
    }

    @Test func `a left-over of an earlier life is removed at the start`() {
        var kernel = kernel()
        kernel.addresses[Self.v4Key] = KernelAddress(key: Self.v4Key, tag: 0xBA, flags: 0)
        kernel.start()
        #expect(
            kernel.takeReports() == [
                .linkChanged(interface: "eth1", isUsable: true),
                .leftoverRemoved(Self.v4.address, prefixLength: 32, interface: "eth1"), .released,
            ]
        )
    }

    @Test func `an address of an earlier configuration is known by its tag`() {
        var kernel = kernel()
        kernel.links[3] = KernelLink(
            index: 3,
            name: "eth0",
            isUp: true,
            hasCarrier: true,
            mac: .zero
        )
        kernel.add("10.0.0.99", prefixLength: 32, index: 3, tag: 0xBA)
        kernel.add("10.0.0.98", prefixLength: 32, index: 3, tag: 3)
        kernel.start()
        #expect(kernel.takeOperations().map(\.key.address) == [.v4(0x0A00_0063)])
    }

    @Test func `what carries our tag and is not in its place is removed while active too`() {
        var kernel = kernel()
        kernel.start()
        kernel.hold()
        _ = (kernel.takeReports(), kernel.takeOperations())
        kernel.add("10.0.0.99", prefixLength: 32, tag: 0xBA)
        #expect(
            kernel.takeReports() == [
                .leftoverRemoved(.v4(0x0A00_0063), prefixLength: 32, interface: "eth1")
            ]
        )
        #expect(kernel.reconciler.phase == .held)
    }

    @Test(arguments: [(32, 2), (24, 2), (24, 3)] as [(UInt8, UInt32)])
    func `on a standby node any copy is removed and told`(prefixLength: UInt8, index: UInt32) {
        var kernel = kernel()
        kernel.links[3] = KernelLink(
            index: 3,
            name: "eth0",
            isUp: true,
            hasCarrier: true,
            mac: .zero
        )
        kernel.start()
        _ = kernel.takeReports()
        kernel.add("10.0.0.100", prefixLength: prefixLength, index: index)
        #expect(
            kernel.takeReports() == [
                .leftoverRemoved(
                    Self.v4.address,
                    prefixLength: prefixLength,
                    interface: index == 2 ? "eth1" : "eth0"
                )
            ]
        )
        #expect(kernel.addresses.isEmpty)
    }

    @Test func `a copy that would take the node's own address along is left and told once`() {
        var kernel = kernel()
        kernel.add("10.0.0.100", prefixLength: 24)
        kernel.add("10.0.0.10", prefixLength: 24, flags: KernelAddress.secondaryFlag)
        kernel.start()
        kernel.pass(.seconds(3))
        #expect(
            kernel.takeReports() == [
                .linkChanged(interface: "eth1", isUsable: true),
                .failed(
                    .copyCarriesOthers(Self.v4.address, prefixLength: 24, interface: "eth1")
                ),
            ]
        )
        #expect(kernel.takeOperations() == [])
        #expect(kernel.reconciler.phase == .releasing)
        // The operator moves the node's own address: now the copy can go.
        kernel.remove(
            .init(index: 2, address: .v4(0x0A00_000A), prefixLength: 24)
        )
        kernel.pass(.seconds(1))
        #expect(kernel.reconciler.phase == .released)
    }

    @Test func `a secondary copy in the node's own subnet goes alone`() {
        var kernel = kernel()
        kernel.add("10.0.0.10", prefixLength: 24)
        kernel.add("10.0.0.100", prefixLength: 24, flags: KernelAddress.secondaryFlag)
        kernel.start()
        #expect(kernel.addresses.keys.map(\.address) == [.v4(0x0A00_000A)])
        #expect(kernel.reconciler.phase == .released)
    }

    @Test(
        arguments: [
            (.permissionDenied, .permissionDenied),
            (.refused(errno: 16), .refused(v4.address, errno: 16)),
            (.unanswered, .unanswered(v4.address)),
        ] as [(AddressOperationResult, AddressFault)]
    )
    func `a refused removal is named, and tried each second`(
        result: AddressOperationResult,
        fault: AddressFault
    ) {
        var kernel = kernel()
        kernel.start()
        kernel.hold()
        _ = (kernel.takeReports(), kernel.takeOperations())
        kernel.refusals[.init(.remove, Self.v4Key)] = result
        kernel.release()
        kernel.pass(.seconds(2))
        #expect(kernel.takeReports() == [.failed(fault)])
        #expect(kernel.takeOperations().count == 3)
        #expect(kernel.reconciler.phase == .releasing)
        kernel.refusals = [:]
        kernel.pass(.seconds(1))
        #expect(kernel.reconciler.phase == .released)
    }

    @Test func `an interface that is gone has released its addresses`() {
        var kernel = kernel()
        kernel.start()
        kernel.hold()
        kernel.links[2] = nil
        kernel.addresses = [:]
        _ = kernel.takeReports()
        kernel.release()
        #expect(kernel.takeReports() == [.released])
    }

    @Test func `an interrupted dump is repeated, but not for ever`() {
        var kernel = kernel()
        _ = kernel.reconciler.start(now: kernel.now)
        var repeats = 0
        while kernel.reconciler.handle(.dumpInterrupted, now: kernel.now) == [.dump(.links)] {
            repeats += 1
            try? #require(repeats < 100)
        }
        #expect(repeats == 8)
        kernel.pass(.seconds(1))
        #expect(kernel.reconciler.phase == .released)
    }

    @Test func `a notification that comes during a dump is not forgotten`() {
        var kernel = kernel()
        kernel.start()
        kernel.hold()
        _ = (kernel.takeReports(), kernel.takeOperations())
        // An audit: the dump tells the address, then the address is removed, then the dump ends.
        kernel.now = kernel.now + .seconds(1)
        #expect(kernel.reconciler.handle(.tick, now: kernel.now).contains(.dump(.addresses)))
        kernel.tell(.dumped(.addressAdded(KernelAddress(key: Self.v4Key, tag: 0xBA, flags: 0))))
        kernel.remove(Self.v4Key)
        kernel.tell(.dumpFinished)
        #expect(kernel.takeOperations() == [.init(.add, Self.v4Key)])
        #expect(kernel.reconciler.phase == .held)
    }
}
