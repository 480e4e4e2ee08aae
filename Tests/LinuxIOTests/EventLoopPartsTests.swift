import LinuxIO
import Primitives
import Synchronization
import Testing

@Suite struct EventLoopPartsTests {
    /// What is ready within `timeout`, by token.
    private func ready(_ epoll: inout Epoll, within timeout: Duration) throws -> [UInt64: Readiness]
    {
        var found: [UInt64: Readiness] = [:]
        try epoll.wait(timeout: timeout) { found[$0] = $1 }
        return found
    }

    @Test func `a signal from another thread wakes the loop once`() throws {
        var epoll = try Epoll()
        let event = try EventDescriptor()
        try epoll.add(event.descriptor.raw, .readable, token: 0xFFFF_FFFF_0000_0007)
        #expect(try ready(&epoll, within: .zero).isEmpty)
        event.signal()
        event.signal()
        #expect(try ready(&epoll, within: .seconds(5)) == [0xFFFF_FFFF_0000_0007: .readable])
        #expect(event.drain() == 2)
        #expect(event.drain() == 0)
        #expect(try ready(&epoll, within: .zero).isEmpty)
    }

    @Test func `a timer fires at its instant, not before, and once`() throws {
        var epoll = try Epoll()
        let timer = try TimerDescriptor()
        try epoll.add(timer.descriptor.raw, .readable, token: 1)
        let instant = Instant.now + .milliseconds(30)
        timer.arm(at: instant)
        #expect(try ready(&epoll, within: .seconds(5)).count == 1)
        #expect(Instant.now >= instant)
        #expect(timer.drain() == 1)
        #expect(timer.drain() == 0)
    }

    @Test func `a timer for the past fires at once and a disarmed one never`() throws {
        var epoll = try Epoll()
        let timer = try TimerDescriptor()
        try epoll.add(timer.descriptor.raw, .readable, token: 1)
        timer.arm(at: .zero)
        #expect(try ready(&epoll, within: .seconds(5)).count == 1)
        timer.arm(at: Instant.now + .milliseconds(1))
        timer.disarm()
        #expect(try ready(&epoll, within: .milliseconds(20)).isEmpty)
        timer.arm(at: .distantFuture)
        #expect(try ready(&epoll, within: .milliseconds(20)).isEmpty)
    }

    @Test func `what was removed from the set is not reported`() throws {
        var epoll = try Epoll()
        let event = try EventDescriptor()
        event.signal()
        try epoll.add(event.descriptor.raw, .readable, token: 1)
        try epoll.modify(event.descriptor.raw, .readable, token: 2)
        #expect(try ready(&epoll, within: .zero) == [2: .readable])
        try epoll.remove(event.descriptor.raw)
        #expect(try ready(&epoll, within: .zero).isEmpty)
    }

    @Test func `a descriptor that is already watched is refused with its reason`() throws {
        let epoll = try Epoll()
        let event = try EventDescriptor()
        try epoll.add(event.descriptor.raw, .readable, token: 1)
        let error = #expect(throws: SystemError.self) {
            try epoll.add(event.descriptor.raw, .readable, token: 1)
        }
        #expect(error?.description == "epoll_ctl: File exists")
    }

    @Test func `a thread runs its body to the end before join returns`() throws {
        let counter = Counter()
        let thread = try Thread.start(name: "fifteen-letters") {
            counter.value.add(2, ordering: .relaxed)
        }
        thread.join()
        #expect(counter.value.load(ordering: .relaxed) == 2)
    }

    @Test func `a closed descriptor in a system call is a crash, not an error`() async {
        await #expect(processExitsWith: .failure) {
            let epoll = try Epoll()
            let event = try EventDescriptor()
            let raw = event.descriptor.raw
            _ = consume event
            try epoll.add(raw, .readable, token: 1)
        }
    }
}

private final class Counter: Sendable {
    let value = Atomic(0)
}
