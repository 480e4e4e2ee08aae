import Heartbeat
import Primitives
import Testing

@Suite struct PeerTrackerTests {
    let now = Instant(nanoseconds: 5_000_000_000)

    func tracker(rails: Int = 1) -> PeerTracker {
        PeerTracker(pairID: 1, selfID: 10, peerID: 20, selfBoot: 100, nonce: 7, railCount: rails)
    }

    func beat(_ sequence: UInt64, boot: UInt64 = 200, echo: UInt64 = 7) -> Beat {
        var beat = Beat(pairID: 1, nodeID: 20, bootID: boot, sequence: sequence, role: .standby)
        beat.echo = echo
        return beat
    }

    @Test func `a boot is believed only with the current nonce`() {
        var tracker = tracker()
        #expect(
            tracker.receive(beat(1, echo: 6), rail: 0, now: now) { _ in nil }
                == .dropped(.unprovenBoot)
        )
        #expect(
            tracker.receive(beat(2), rail: 0, now: now) { _ in nil }
                == .accepted(isNews: true, isNewBoot: true)
        )
        #expect(tracker.nonce != 7)
        // The boot that was replaced cannot come back with its recorded echo.
        let newNonce = tracker.nonce
        _ = tracker.receive(beat(1, boot: 201, echo: newNonce), rail: 0, now: now) { _ in nil }
        #expect(
            tracker.receive(beat(3, echo: 7), rail: 0, now: now) { _ in nil }
                == .dropped(.unprovenBoot)
        )
        #expect(
            tracker.receive(beat(3, echo: newNonce), rail: 0, now: now) { _ in nil }
                == .dropped(.unprovenBoot)
        )
    }

    @Test func `numbers only rise on a rail, and a second rail brings no news`() {
        var tracker = tracker(rails: 2)
        _ = tracker.receive(beat(5), rail: 0, now: now) { _ in nil }
        #expect(tracker.receive(beat(5), rail: 0, now: now) { _ in nil } == .dropped(.replayed))
        #expect(tracker.receive(beat(4), rail: 0, now: now) { _ in nil } == .dropped(.replayed))
        #expect(
            tracker.receive(beat(5), rail: 1, now: now) { _ in nil }
                == .accepted(isNews: false, isNewBoot: false)
        )
        #expect(tracker.drops == [.replayed: 2])
    }

    @Test func `what is not believed is counted on its rail, and a foreign version is kept`() {
        var tracker = tracker(rails: 2)
        tracker.drop(FrameDecodingError(.unauthentic), rail: 0)
        tracker.drop(FrameDecodingError(.version, major: 3), rail: 1)
        _ = tracker.receive(beat(5), rail: 1, now: now) { _ in nil }
        _ = tracker.receive(beat(5), rail: 1, now: now) { _ in nil }
        #expect(tracker.rails[0].drops == [.unauthentic: 1])
        #expect(tracker.rails[1].drops == [.version: 1, .replayed: 1])
        #expect(tracker.drops == [.unauthentic: 1, .version: 1, .replayed: 1])
        #expect(tracker.foreignMajor == 3)
    }

    @Test func `strangers are dropped under their names`() {
        var tracker = tracker()
        var other = beat(1)
        other.pairID = 2
        #expect(tracker.receive(other, rail: 0, now: now) { _ in nil } == .dropped(.otherPair))
        var own = beat(1)
        own.nodeID = 10
        #expect(tracker.receive(own, rail: 0, now: now) { _ in nil } == .dropped(.reflected))
        var third = beat(1)
        third.nodeID = 30
        #expect(tracker.receive(third, rail: 0, now: now) { _ in nil } == .dropped(.unknownNode))
    }

    @Test func `a release counts for the tracked boot only, and ends it`() {
        var tracker = tracker()
        var will = beat(.max)
        will.kind = .release
        #expect(tracker.receive(will, rail: 0, now: now) { _ in nil } == .dropped(.unprovenBoot))
        _ = tracker.receive(beat(1), rail: 0, now: now) { _ in nil }
        #expect(
            tracker.receive(will, rail: 0, now: now) { _ in nil }
                == .accepted(isNews: true, isNewBoot: false)
        )
        #expect(tracker.receive(beat(2), rail: 0, now: now) { _ in nil } == .dropped(.releasedBoot))
    }

    @Test func `loss is what is missing of the last beats`() {
        var tracker = tracker()
        for sequence in stride(from: UInt64(1), through: 399, by: 2) {
            _ = tracker.receive(beat(sequence), rail: 0, now: now) { _ in nil }
        }
        #expect((490...510).contains(tracker.rails[0].lossPermille))
        for sequence in UInt64(400)...540 {
            _ = tracker.receive(beat(sequence), rail: 0, now: now) { _ in nil }
        }
        #expect(tracker.rails[0].lossPermille == 0)
    }

    @Test func `the round trip leaves out the time that the peer held the beat`() {
        var tracker = tracker()
        var answer = beat(1)
        answer.heardBootID = 100
        answer.heardSequence = 9
        answer.heldMicroseconds = 40_000
        let sent = now - .microseconds(40_350)
        _ = tracker.receive(answer, rail: 0, now: now) { $0 == 9 ? sent : nil }
        #expect(tracker.rails[0].roundTrip.average == .microseconds(350))
        #expect(tracker.rails[0].peerHeardAt == now - .milliseconds(40))
    }

    @Test func `silence is judged by the limit and by what the fence can outlive`() {
        let detector = FailureDetector(deadAfter: .milliseconds(250))
        let heard = now
        #expect(detector.verdict(lastHeard: nil, fenceOutlives: .zero, now: now) == .unknown)
        #expect(
            detector.verdict(
                lastHeard: heard,
                fenceOutlives: .zero,
                now: heard + .milliseconds(249)
            )
                == .alive
        )
        #expect(
            detector.verdict(
                lastHeard: heard,
                fenceOutlives: .zero,
                now: heard + .milliseconds(250)
            )
                == .silent(since: heard)
        )
        #expect(
            detector.verdict(
                lastHeard: heard,
                fenceOutlives: .milliseconds(400),
                now: heard + .milliseconds(399)
            )
                == .alive
        )
    }
}
