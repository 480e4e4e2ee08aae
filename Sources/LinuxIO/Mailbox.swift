internal import Glibc
internal import Synchronization

/// A bounded queue into a thread that waits on `descriptor`. Any thread puts, one thread takes.
package final class Mailbox<Message: Sendable>: Sendable {
    private let messages = Mutex<[Message]>([])
    private let event: EventDescriptor
    private let capacity: Int

    /// - Parameter capacity: messages that may wait; more are refused.
    package init(capacity: Int) throws(SystemError) {
        self.capacity = capacity
        event = try EventDescriptor()
    }

    /// Readable while messages may wait. Owned by this object.
    package var descriptor: Int32 { event.descriptor.raw }

    /// - Returns: `false` when the queue is full and the message was not taken.
    @discardableResult
    package func put(_ message: Message) -> Bool {
        let isTaken = messages.withLock { messages in
            guard messages.count < capacity else { return false }
            messages.append(message)
            return true
        }
        if isTaken { event.signal() }
        return isTaken
    }

    /// Waits while the queue is full, for what must arrive. Somebody has to be emptying it.
    package func putWhenFree(_ message: Message) {
        while !put(message) { sched_yield() }
    }

    /// The same as `put` for a thread that must not wait, not even for the lock.
    /// - Returns: `false` when the queue is full or somebody is at it this very moment.
    package func putWithoutWaiting(_ message: Message) -> Bool {
        let isTaken = messages.withLockIfAvailable { messages in
            guard messages.count < capacity else { return false }
            messages.append(message)
            return true
        }
        guard isTaken == true else { return false }
        event.signal()
        return true
    }

    /// Waits for messages and hands each to `body`, on this thread, until one ends it.
    /// - Parameter body: `false` for the last message; what waits behind that is dropped.
    package func serve(_ body: (Message) -> Bool) throws(SystemError) {
        var epoll = try Epoll()
        try epoll.add(descriptor, .readable, token: 0)
        while true {
            try epoll.wait(timeout: nil) { _, _ in }
            for message in takeAll() where !body(message) { return }
        }
    }

    /// All that waits, oldest first. Without waiting for the lock: where somebody is at it, nothing
    /// is taken and `descriptor` stays readable.
    package func takeAll() -> [Message] {
        let taken = messages.withLockIfAvailable { messages in
            // Drained under the lock: a message put later signals anew.
            event.drain()
            let taken = messages
            messages = []
            return taken
        }
        return taken ?? []
    }
}
