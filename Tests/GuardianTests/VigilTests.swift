import Glibc
import Guardian
import Lab
import LinuxIO
import Primitives
import Synchronization
import Testing

/// The mutex by which a death is learned. A thread that ends without a word dies, for the kernel,
/// as it would with its process.
@Suite struct VigilTests {
    private final class Answer: Sendable {
        let value = Mutex<Bool?>(nil)
    }

    private static func keeper(_ page: WillPage, _ answer: Answer) throws -> Thread {
        try Thread.start(name: "keeper") {
            let hasDied = page.keepVigil()
            answer.value.withLock { $0 = hasDied }
        }
    }

    @Test(arguments: [false, true])
    func `the end of the thread that holds it is told, and whether it was in order`(
        isInOrder: Bool
    ) throws {
        let page = try WillPage()
        let answer = Answer()
        let keeper = try Self.keeper(page, answer)
        // As the daemon has it: a mapping of its own.
        let copy = try SystemCall.run("dup") { dup(page.descriptor.raw) }
        let childs = try WillPage(adopting: OwnedDescriptor(adopting: copy))
        let shared = Shared()
        let heart = try Thread.start(name: "heart") {
            shared.isHeld.store(childs.beginVigil(now: .now), ordering: .releasing)
            while !shared.mayEnd.load(ordering: .acquiring) { Patience.pause(.milliseconds(1)) }
            if isInOrder { childs.endVigil() }
        }
        #expect(Patience.wait(.seconds(5)) { shared.isHeld.load(ordering: .acquiring) })
        Patience.pause(.milliseconds(50))
        #expect(answer.value.withLock { $0 } == nil)
        #expect(page.promised != nil)
        shared.mayEnd.store(true, ordering: .releasing)
        heart.join()
        keeper.join()
        #expect(answer.value.withLock { $0 } == !isInOrder)
        #expect((page.promised == nil) == isInOrder)
    }

    private final class Shared: Sendable {
        let isHeld = Atomic(false)
        let mayEnd = Atomic(false)
    }

    @Test func `who waits for a heart that never comes can be called off`() throws {
        let page = try WillPage()
        let answer = Answer()
        let keeper = try Self.keeper(page, answer)
        Patience.pause(.milliseconds(20))
        page.cancelVigil()
        keeper.join()
        #expect(answer.value.withLock { $0 } == false)
    }

    @Test func `a promise is read as it was made`() throws {
        let page = try WillPage()
        #expect(page.promised == nil)
        let due = Instant(nanoseconds: 123_456_789_012)
        page.promise(by: due)
        #expect(page.promised == due)
    }
}
