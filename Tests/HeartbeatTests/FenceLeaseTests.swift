import Heartbeat
import Primitives
import Testing

@Suite struct FenceLeaseTests {
    private let lease = FenceLease(interval: .milliseconds(50), deadAfter: .milliseconds(250))

    @Test func `a lease is dead-after without one beat, from before the beat left`() {
        #expect(lease.duration == .milliseconds(200))
        let sent = Instant(nanoseconds: 7_000_000_000)
        #expect(lease.end(forBeatAt: sent) == sent + .milliseconds(200))
    }

    @Test(arguments: [10, 25, 49] as [Int64])
    func `when the peer acts the lease is over, also if the last beat was lost`(
        interval: Int64
    ) {
        let lease = FenceLease(
            interval: .milliseconds(interval),
            deadAfter: .milliseconds(250)
        )
        let heard = Instant(nanoseconds: 7_000_000_000)
        let lost = heard + .milliseconds(interval)
        let detector = FailureDetector(deadAfter: .milliseconds(250))
        let last = lease.end(forBeatAt: lost)
        let before = last - .nanoseconds(1)
        #expect(detector.verdict(lastHeard: heard, fenceOutlives: .zero, now: before) == .alive)
    }

    @Test func `a fence is opened for no longer than the beat before has paid for`() {
        let t0 = Instant(nanoseconds: 7_000_000_000)
        #expect(lease.end(opening: t0, previous: nil) == t0 + .milliseconds(200))
        let ends = [0, 50, 51, 190].map { milliseconds in
            lease.end(opening: t0, previous: t0 - .milliseconds(milliseconds))
        }
        #expect(ends.map { ($0 - t0).milliseconds } == [200, 200, 199, 60])
    }

    @Test func `what a beat says of its fence depends on the kind`() {
        #expect(FenceKind.none.outlives(lease) == .zero)
        #expect(FenceKind.deadline.outlives(lease) == .milliseconds(250))
        // 2 s, up to a second late, and a beat that was lost.
        #expect(FenceKind.addressLifetime.outlives(lease) == .milliseconds(3050))
    }

    @Test func `the flag of a fenced node is on the wire, and an older node passes over it`() {
        var beat = FrameCodecTests.sample
        beat.isFenced = true
        let bytes = FrameCodec.encode(beat, by: SumAuthenticator())
        #expect(bytes[81] == 0x07)
        #expect(FrameCodec.decode(bytes[...], by: SumAuthenticator()) == .success(beat))
        // Without it the frame is the one of earlier versions, byte by byte.
        beat.isFenced = false
        let plain = FrameCodec.encode(beat, by: SumAuthenticator())
        #expect(Array(plain.dropLast(32)) == FrameCodecTests.content)
    }
}
