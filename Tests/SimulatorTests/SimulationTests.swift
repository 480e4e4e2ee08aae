import Glibc
import Simulator
import Testing

/// The shipped protocol in a world where everything goes wrong. `make soak SEEDS=n SEED=first`
/// runs more of it.
@Suite(.serialized) struct SimulationTests {
    private static func number(_ variable: String) -> UInt64? {
        unsafe getenv(variable).flatMap { unsafe UInt64(String(cString: $0)) }
    }

    private static let first = number("HA_BALANCER_SEED") ?? 1
    private static let count = number("HA_BALANCER_SEEDS") ?? 20_000

    /// With an arbiter a fifth of them: the rest of the protocol is the same.
    @Test(arguments: [false, true])
    func `no schedule breaks a rule`(hasArbiter: Bool) async {
        let clock = ContinuousClock()
        let start = clock.now
        let count = hasArbiter ? Self.count / 5 : Self.count
        let run = await SeedRun.run(
            Self.first..<Self.first + count,
            hasArbiter: hasArbiter,
            tellsProgress: Self.number("HA_BALANCER_SEEDS") != nil
        )
        let seconds = Double((clock.now - start).components.seconds)
        print(
            "\(run.schedules) schedules\(hasArbiter ? " with an arbiter" : "") from seed \(Self.first) in \(seconds) s: "
                + "\(run.activations) activations, excused "
                + Excuse.allCases.map { "\($0) \(run.excused[$0] ?? 0)" }.joined(separator: ", ")
        )
        #expect(run.failures.isEmpty, "\(run.report)")
        #expect(!run.failures.isEmpty || run.schedules == Int(count))
    }

    @Test func `the same seed is the same run`() {
        let seed = Self.first + 4
        let once = SeedRun.story(of: seed)
        #expect(!once.isEmpty)
        #expect(once == SeedRun.story(of: seed))
    }
}
