import Primitives
import Testing

@Suite struct StallMeterTests {
    private static func instant(_ milliseconds: Int64) -> Instant {
        Instant(nanoseconds: milliseconds * 1_000_000)
    }

    /// The stall at each look, in milliseconds.
    private static func stalls(
        rhythm: Int64 = 50,
        _ looks: [(now: Int64, sign: Int64)]
    ) -> [Int64] {
        var meter = StallMeter(rhythm: .milliseconds(rhythm))
        return looks.map { meter.look(at: instant($0.sign), now: instant($0.now)).milliseconds }
    }

    @Test func `what moves is never stalled for longer than it rests`() {
        let looks: [(Int64, Int64)] = (1...100).map { ($0 * 50, $0 / 2 * 100) }
        #expect(Self.stalls(looks).max() == 50)
    }

    @Test func `what stands still is stalled from its last sign on`() {
        let stalls = Self.stalls([(1000, 990), (1050, 990), (1100, 990), (1150, 990), (1200, 1199)])
        #expect(stalls == [10, 60, 110, 160, 1])
    }

    @Test func `a promise that is to come is no stall, one that is broken is`() {
        let stalls = Self.stalls([(1000, 1200), (1100, 1200), (1200, 1200), (1250, 1200)])
        #expect(stalls == [0, 0, 0, 50])
    }

    @Test func `while the observer did not move either nobody has hung`() {
        // All were stopped for an hour and go on: the observer is the first to run.
        let hour: Int64 = 3_600_000
        let stalls = Self.stalls([
            (1000, 1000), (1000 + hour, 1000), (1050 + hour, 1000), (1100 + hour, 1090 + hour),
        ])
        #expect(stalls == [0, 100, 150, 10])
        // Seen for the first time after such a stop.
        #expect(Self.stalls([(hour, 10)]) == [100])
    }

    @Test func `an observer that always comes late needs longer, and finds it out all the same`() {
        let looks: [(Int64, Int64)] = (1...10).map { ($0 * 400, 0) }
        #expect(Self.stalls(looks) == (1...10).map { $0 * 100 })
    }
}
