import Lab
import Primitives
import Testing

@Suite struct OutageLogTests {
    @Test func `an outage lasts from the first failure to the first of ten successes`() {
        var log = OutageLog()
        succeed(&log, from: 0, count: 5)
        fail(&log, at: 10)
        // Nine in a row do not end it.
        succeed(&log, from: 12, count: 9)
        fail(&log, at: 30)
        succeed(&log, from: 32, count: 9)
        #expect(log.ongoingSince == at(10) && log.outages.isEmpty)
        succeed(&log, from: 50, count: 1)
        #expect(log.ongoingSince == nil)
        #expect(log.outages.map(\.start) == [at(10)] && log.outages.map(\.end) == [at(32)])
        #expect(log.outages.map(\.failures) == [2])
        #expect(log.outages.map(\.answeredBy) == ["10.11.0-node"])
        #expect(log.longest == .milliseconds(22))
        #expect(log.attempts == 26 && log.failureCount == 2)
    }

    @Test func `slow successes are counted beside it`() {
        var log = OutageLog()
        log.succeeded(start: at(0), latency: .milliseconds(200), answeredBy: "a")
        log.succeeded(start: at(2), latency: .milliseconds(201), answeredBy: "b")
        #expect(log.slowSuccesses == 1 && log.slowest == .milliseconds(201))
        #expect(log.answers == ["a": 1, "b": 1])
        #expect(log.outages.isEmpty)
    }

    private func at(_ milliseconds: Int64) -> Instant {
        Instant(nanoseconds: milliseconds * 1_000_000)
    }

    private func succeed(_ log: inout OutageLog, from start: Int64, count: Int64) {
        for index in 0..<count {
            log.succeeded(
                start: at(start + 2 * index),
                latency: .milliseconds(1),
                answeredBy: "10.11.0-node"
            )
        }
    }

    private func fail(_ log: inout OutageLog, at start: Int64) {
        log.failed(start: at(start), .refused)
    }
}
