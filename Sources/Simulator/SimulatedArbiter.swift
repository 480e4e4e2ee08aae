internal import PairControl
internal import Primitives

/// One key, and the ways to it.
struct SimulatedArbiter {
    var record: ArbiterRecord?
    var revision: UInt64 = 0
    /// Whether a host's questions and their answers arrive.
    var isReached = [true, true]
    var pace: ClosedRange<Duration> = SimulatedArbiter.normalPace

    static let normalPace: ClosedRange<Duration> = .microseconds(200)...(.milliseconds(8))
    static let slowPace: ClosedRange<Duration> = .milliseconds(5)...(.milliseconds(900))
    /// After this its client gives up.
    static let timeLimit: Duration = .milliseconds(250)

    /// Nothing is wrong with it.
    var isWhole: Bool {
        isReached == [true, true] && pace == Self.normalPace
    }

    mutating func carryOut(_ request: ArbiterRequest, isBlind: Bool) -> ArbiterAnswer {
        guard case .write(let record, let over) = request.kind, over == revision || isBlind else {
            return .found(record, revision: revision)
        }
        self.record = record
        revision += 1
        return .written(revision: revision)
    }
}

/// Questions and answers.
extension World {
    func askArbiter(_ request: ArbiterRequest, from host: SimulatedHost) {
        let arrives = now + dice.duration(arbiter.pace)
        timeline.plan(.arbiterAsked(host: host.index, life: host.life, request), at: arrives)
    }

    func arbiterAsked(_ index: Int, _ life: Int, _ request: ArbiterRequest) {
        let host = hosts[index]
        let asked = now
        var answer = ArbiterAnswer.failed("timed out")
        if arbiter.isReached[index] {
            answer = arbiter.carryOut(request, isBlind: mutation == .blindArbiter)
            if case .written = answer { say("\(host.name) writes: \(arbiter.record?.text ?? "")") }
        }
        // What was written may not be heard of.
        let pause = dice.duration(arbiter.pace)
        let isHeard = arbiter.isReached[index] && pause < SimulatedArbiter.timeLimit
        let mail = Mail.arbiter(isHeard ? answer : .failed("timed out"), request)
        timeline.plan(
            .mail(host: index, life: life, mail),
            at: asked + min(pause, SimulatedArbiter.timeLimit)
        )
    }
}
