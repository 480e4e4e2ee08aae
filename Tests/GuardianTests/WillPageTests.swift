import Glibc
import Guardian
import LinuxIO
import Primitives
import Testing
import VIPManager

@Suite struct WillPageTests {
    /// Where the page keeps the will of an odd and of an even sequence number: behind 192 bytes
    /// for the number itself and the vigil, two slots of the same size, each a length and the text.
    private static let slots = [1: 192 + 8096, 2: 192]

    /// The daemon's view of a page, made from the descriptor that the guardian hands over.
    private func daemonsView(of page: WillPage) throws -> WillPage {
        let copy = try SystemCall.run("dup") { dup(page.descriptor.raw) }
        return try WillPage(adopting: OwnedDescriptor(adopting: copy))
    }

    private func will(_ frame: UInt8) -> Will {
        var will = WillTests.example
        will.frame = [frame]
        return will
    }

    private func overwrite(_ page: WillPage, at offset: Int, _ bytes: [UInt8]) {
        #expect(unsafe pwrite(page.descriptor.raw, bytes, bytes.count, offset) == bytes.count)
    }

    @Test func `a page that nobody wrote holds nothing to do`() throws {
        #expect(try WillPage().read() == Will())
    }

    @Test func `the guardian reads the last will that the daemon wrote`() throws {
        let page = try WillPage()
        let daemon = try daemonsView(of: page)
        for number in 0..<100 {
            daemon.write(will(UInt8(number)))
            #expect(page.read() == will(UInt8(number)))
        }
    }

    @Test func `a shorter will leaves nothing of a longer one`() throws {
        let page = try WillPage()
        page.write(WillTests.example)
        page.write(WillTests.example)
        page.write(Will())
        #expect(page.read() == Will())
    }

    @Test(arguments: [1, 2])
    func `a daemon that dies while it writes leaves the earlier will`(writes: Int) throws {
        let page = try WillPage()
        for number in 1...writes { page.write(will(UInt8(number))) }
        // The slot that the next write fills and does not switch to any more.
        let torn = try #require(Self.slots[writes % 2 + 1])
        overwrite(page, at: torn, [UInt8](repeating: 0xFF, count: 8096))
        #expect(page.read() == will(UInt8(writes)))
    }

    @Test func `a length beyond the slot is not followed`() throws {
        let page = try WillPage()
        page.write(WillTests.example)
        let slot = try #require(Self.slots[1])
        overwrite(page, at: slot, [0xFF, 0xFF, 0xFF, 0xFF])
        #expect(page.read() == Will())
    }

    @Test func `there is room for as many addresses and rails as a configuration may have`() throws
    {
        let name = String(repeating: "x", count: 15)
        let longest = IPAddress.v6(UInt128.max)
        var will = Will()
        will.addresses = (0..<64).map { _ in VirtualAddress(longest, interface: name) }
        will.rails = (0..<4).map { _ in Will.Rail(from: longest, to: Endpoint(longest, 65_535)) }
        will.frame = [UInt8](repeating: 0xAB, count: 512)
        let page = try WillPage()
        page.write(will)
        #expect(page.read() == will)
    }
}
