internal import Synchronization

/// Carries log lines from threads that must never wait (heart, relay workers) to the control
/// thread.
///
/// Bounded: when the control thread does not keep up, lines are lost and counted, never the beat of
/// the heart. Any thread may append; one thread drains.
package final class LogQueue: Sendable {
    private struct State {
        var entries: [LogEntry] = []
        var dropped: UInt64 = 0
    }

    /// The lock is held for an append or a swap only. Should its holder be preempted just then, a
    /// writer gives up after this many looks instead of waiting for it.
    private static let attempts = 1000

    private let state = Mutex(State())
    /// Lines lost because the lock was not to be had.
    private let contended = Atomic<UInt64>(0)
    private let capacity: Int
    private let wake: @Sendable () -> Void

    /// `wake` is called on the appending thread when the queue was empty before; it must not block
    /// (writing to an eventfd is right).
    package init(capacity: Int = 4096, wake: @escaping @Sendable () -> Void) {
        precondition(capacity > 0, "a queue for nothing")
        self.capacity = capacity
        self.wake = wake
    }

    /// Never blocks. A line that finds no room is dropped and counted.
    package func append(_ entry: LogEntry) {
        for _ in 0..<Self.attempts {
            let wasEmpty = state.withLockIfAvailable { state in
                guard state.entries.count < capacity else {
                    state.dropped += 1
                    return false
                }
                state.entries.append(entry)
                return state.entries.count == 1
            }
            guard let wasEmpty else { continue }
            if wasEmpty { wake() }
            return
        }
        contended.add(1, ordering: .relaxed)
    }

    /// Takes everything, oldest first. Lost lines are told once, as the last entry, to all targets.
    package func drain() -> [LogEntry] {
        var (entries, dropped) = state.withLock { state in
            let taken = (state.entries, state.dropped)
            state = State()
            return taken
        }
        dropped += contended.exchange(0, ordering: .relaxed)
        if dropped > 0 {
            let text = "\(dropped) log lines were lost: the queue was full."
            entries.append(LogEntry(.warning, text))
        }
        return entries
    }
}
