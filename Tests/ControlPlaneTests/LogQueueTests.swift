import ControlPlane
import LinuxIO
import Primitives
import Synchronization
import Testing

struct LogQueueTests {
    @Test
    func `lines come out in the order they went in, and only the first wakes`() {
        let wakes = Atomic<Int>(0)
        let queue = LogQueue(capacity: 10) { wakes.add(1, ordering: .relaxed) }
        let entries = (1...3).map { LogEntry(.info, "line \($0)") }
        entries.forEach(queue.append)
        #expect(wakes.load(ordering: .relaxed) == 1)
        #expect(queue.drain() == entries)
        #expect(queue.drain() == [])
        queue.append(entries[0])
        #expect(wakes.load(ordering: .relaxed) == 2)
    }

    @Test
    func `what finds no room is counted and told once`() {
        let queue = LogQueue(capacity: 2) {}
        for number in 1...5 { queue.append(LogEntry(.info, "line \(number)")) }
        let lines = queue.drain()
        #expect(
            lines.map(\.text) == ["line 1", "line 2", "3 log lines were lost: the queue was full."]
        )
        #expect(lines.last?.severity == .warning)
        #expect(queue.drain() == [])
    }

    @Test
    func `with many writers every line is either delivered or counted`() async throws {
        let writers = 4
        let perWriter = 20_000
        let finished = Counter()
        let queue = LogQueue(capacity: 1000) {}
        let texts = try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    try await offPool {
                        for number in 0..<perWriter {
                            queue.append(LogEntry(.info, "\(writer) \(number)"))
                        }
                        finished.value.add(1, ordering: .releasing)
                    }
                }
            }
            return try await offPool {
                let end = Instant.now + .seconds(60)
                var texts: [String] = []
                while finished.value.load(ordering: .acquiring) < writers, .now < end {
                    texts += queue.drain().map(\.text)
                }
                texts += queue.drain().map(\.text)
                return texts
            }
        }
        let lost = texts.compactMap { text -> Int? in
            text.hasSuffix("the queue was full.") ? Int(text.prefix { $0 != " " }) : nil
        }
        let delivered = texts.count - lost.count
        #expect(delivered + lost.reduce(0, +) == writers * perWriter)
        #expect(delivered > 0)
    }
}

private final class Counter: Sendable {
    let value = Atomic<Int>(0)
}
