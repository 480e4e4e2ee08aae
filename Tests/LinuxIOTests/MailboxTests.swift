import Glibc
import LinuxIO
import Primitives
import Synchronization
import Testing

@Suite struct MailboxTests {
    @Test func `messages come out once and in the order in which they were put`() throws {
        let mailbox = try Mailbox<Int>(capacity: 8)
        #expect(mailbox.takeAll() == [])
        for message in 1...3 { #expect(mailbox.put(message)) }
        #expect(mailbox.putWithoutWaiting(4))
        #expect(mailbox.takeAll() == [1, 2, 3, 4])
        #expect(mailbox.takeAll() == [])
        #expect(mailbox.put(5))
        #expect(mailbox.takeAll() == [5])
    }

    @Test func `a full mailbox refuses and keeps what it has, until it is emptied`() throws {
        let mailbox = try Mailbox<Int>(capacity: 2)
        #expect(mailbox.put(1) && mailbox.put(2))
        #expect(!mailbox.put(3))
        #expect(!mailbox.putWithoutWaiting(4))
        #expect(mailbox.takeAll() == [1, 2])
        #expect(mailbox.putWithoutWaiting(5) && mailbox.put(6))
        #expect(!mailbox.put(7))
        #expect(mailbox.takeAll() == [5, 6])
    }

    @Test func `its descriptor is readable exactly while messages wait`() throws {
        let mailbox = try Mailbox<Int>(capacity: 2)
        #expect(!isReadable(mailbox.descriptor, within: .zero))
        mailbox.put(1)
        #expect(isReadable(mailbox.descriptor, within: .zero))
        mailbox.put(2)
        _ = mailbox.takeAll()
        #expect(!isReadable(mailbox.descriptor, within: .zero))
        #expect(mailbox.putWithoutWaiting(3))
        #expect(isReadable(mailbox.descriptor, within: .zero))
    }

    @Test(arguments: [true, false])
    func `a message wakes a thread that waits already`(mayWait: Bool) throws {
        let mailbox = try Mailbox<Int>(capacity: 1)
        let sender = try Sender {
            // Long enough that the other thread is most likely asleep in epoll_wait.
            usleep(20_000)
            _ = mayWait ? mailbox.put(7) : mailbox.putWithoutWaiting(7)
        }
        #expect(isReadable(mailbox.descriptor, within: .seconds(10)))
        sender.join()
        #expect(mailbox.takeAll() == [7])
    }

    @Test func `what must arrive waits for room, and a server takes all up to the last message`()
        throws
    {
        let mailbox = try Mailbox<Int>(capacity: 2)
        let sender = try Sender {
            for message in 1...1000 { mailbox.putWhenFree(message) }
        }
        var taken: [Int] = []
        try mailbox.serve { message in
            taken.append(message)
            return message < 1000
        }
        sender.join()
        #expect(taken == Array(1...1000))
    }

    /// The taker relies on being woken: a signal that got lost would show as silence.
    @Test func `nothing is lost, doubled or overtaken while four threads put`() throws {
        let perSender = 20_000
        let mailbox = try Mailbox<Message>(capacity: 64)
        let isOver = Flag()
        let senders = try (0..<4).map { sender in
            try Sender {
                for number in 0..<perSender {
                    let message = Message(sender: sender, number: number)
                    // Two of the four never wait for the lock.
                    while !(sender < 2 ? mailbox.put(message) : mailbox.putWithoutWaiting(message))
                    {
                        guard !isOver.value.load(ordering: .relaxed) else { return }
                        sched_yield()
                    }
                }
            }
        }
        var taken: [[Int]] = Array(repeating: [], count: 4)
        while taken.reduce(0, { $0 + $1.count }) < 4 * perSender {
            guard isReadable(mailbox.descriptor, within: .seconds(10)) else {
                Issue.record("silent for 10 s after \(taken.map(\.count)) messages")
                break
            }
            let messages = mailbox.takeAll()
            #expect(messages.count <= 64)
            for message in messages { taken[message.sender].append(message.number) }
        }
        isOver.value.store(true, ordering: .relaxed)
        for sender in senders { sender.join() }
        #expect(taken.allSatisfy { $0 == Array(0..<perSender) })
        #expect(mailbox.takeAll().isEmpty)
        #expect(!isReadable(mailbox.descriptor, within: .zero))
    }

    private func isReadable(_ descriptor: Int32, within timeout: Duration) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, Int32(timeout.milliseconds)) == 1
    }
}

private struct Message: Sendable {
    let sender: Int
    let number: Int
}

private final class Flag: Sendable {
    let value = Atomic(false)
}

/// A thread that many of can be kept in an array.
private final class Sender {
    private var thread: Thread?

    init(_ body: @escaping @Sendable () -> Void) throws {
        thread = try Thread.start(name: "sender", body)
    }

    func join() { thread.take()?.join() }
}
