import Simulator
import Testing

/// The simulator can fail: with any one rule taken away it finds a schedule that shows it.
@Suite(.serialized) struct MutationTests {
    /// What has to be broken first, as far as that is certain.
    private static let expected: [Mutation: Set<Rule>] = [
        .ignoresPeerEpochs: [.epochRises],
        .forgetsEpochs: [.epochUnique],
        .silentSurvivor: [.survivorAnnounces, .clientKnows],
        .announcesNothing: [.announced],
        .noBootHold: [.patience, .oneHolder],
        .hastyVerdict: [.patience, .oneHolder],
        .believesReplays: [.oneHolder],
        .believesOldReleases: [.oneHolder],
        .ignoresSecondHolder: [.doubleEnds],
        .ignoresReadiness: [.readyHolder],
        .guardianTellsFirst: [.oneHolder],
        .neverRepairs: [.someoneActive],
        .holderSaysNothing: [.oneHolder, .doubleEnds, .readyHolder],
        .hasNoLease: [.oneHolder],
        // A fence that a probe has shut stays shut, and the holder does not know.
        .ignoresBrokenLease: [.oneHolder, .someoneActive],
        .asksNobody: [.oneHolder],
        .asksNoArbiter: [.oneHolder],
        .blindArbiter: [.oneHolder],
        .trustsBroadcasts: [.oneHolder],
        .takesWhenIsolated: [.isolation],
    ]

    @Test(arguments: Mutation.allCases)
    func `the simulator finds that a rule is missing`(_ mutation: Mutation) async throws {
        let run = await SeedRun.run(
            1..<8001,
            mutation: mutation,
            hasArbiter: mutation.needsArbiter,
            stopsAtFailure: true
        )
        let first = try #require(
            run.failures.min { $0.seed < $1.seed },
            "nothing found in \(run.schedules) schedules"
        )
        let rules = try #require(Self.expected[mutation])
        print("\(mutation): seed \(first.seed), \(first.violation.rule.rawValue)")
        #expect(
            rules.contains(first.violation.rule),
            "seed \(first.seed): \(first.violation.rule): \(first.violation.text)"
        )
    }

    @Test func `what a defence prevents is excused only where it is missing`() throws {
        let seed = try #require(
            (UInt64(1)...8000).first {
                Schedule(seed: $0, mutation: .hasNoLease).run().violation?.rule == .oneHolder
            }
        )
        var lenient = Schedule(seed: seed, mutation: .hasNoLease)
        lenient.protections = Protections(probe: true)
        let excused = lenient.run().excused
        #expect(
            excused[.daemonStopped, default: 0] + excused[.orphanedAddress, default: 0] > 0,
            "seed \(seed): \(excused)"
        )
    }
}
