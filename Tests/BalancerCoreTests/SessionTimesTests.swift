import BalancerCore
import Primitives
import Testing

@Suite struct SessionTimesTests {
    private func pool() -> Backend {
        Backend(
            BackendDefinition(
                name: "db",
                servers: [
                    ServerDefinition(name: "s1", endpoint: Endpoint(.v4(0x7F00_0001), 3306))
                ]
            ),
            now: .zero
        )
    }

    /// Runs sessions of these lengths in milliseconds, one a second.
    private func run(_ lengths: [Int], on backend: Backend) throws {
        for (second, length) in lengths.enumerated() {
            let now = Instant.zero + .seconds(second)
            let assignment = try #require(backend.assign(for: .v4(1), now: now))
            backend.finished(
                assignment.server,
                times: SessionTimes.Sample(
                    queue: .milliseconds(length / 10),
                    connect: .milliseconds(1),
                    total: .milliseconds(length)
                ),
                now: now
            )
        }
    }

    @Test func `the mean of few is their mean, and it forgets`() throws {
        let backend = pool()
        try run([100, 200, 600], on: backend)
        var times = backend.snapshot(now: .zero).counters.times
        #expect(times.total.value == 300 && times.total.maximum == 600)
        #expect(times.queue.value == 30 && times.connect.value == 1)
        try run([Int](repeating: 100, count: 10_000), on: backend)
        times = backend.snapshot(now: .zero).counters.times
        #expect((100...101).contains(times.total.value))
        #expect(times.total.maximum == 600)
    }

    @Test func `a session that reached no server has no times`() throws {
        let backend = pool()
        let assignment = try #require(backend.assign(for: .v4(1), now: .zero))
        backend.finished(assignment.server, now: .zero)
        let counters = backend.snapshot(now: .zero).counters
        #expect(counters.times == SessionTimes())
        #expect(counters.connects == 1)
    }

    @Test func `the busiest second is remembered until it is cleared`() throws {
        let backend = pool()
        for milliseconds in [0, 999, 1000, 1001, 1999, 5000] {
            _ = backend.assign(for: .v4(1), now: .zero + .milliseconds(milliseconds))
        }
        #expect(backend.snapshot(now: .zero).counters.busiestSecond.maximum == 3)
        backend.clearCounters(all: false)
        #expect(backend.snapshot(now: .zero).counters.busiestSecond.maximum == 0)
    }
}
