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
        .holderSaysNothing: [.oneHolder, .doubleEnds],
        .hasNoLease: [.oneHolder],
        .ignoresBrokenLease: [.oneHolder],
        .forgetsProbes: [.oneHolder],
        .asksNobody: [.oneHolder],
        .trustsBroadcasts: [.oneHolder],
        .takesWhenIsolated: [.isolation],
    ]

    @Test(arguments: Mutation.allCases)
    func `the simulator finds that a rule is missing`(_ mutation: Mutation) async throws {
        let run = await SeedRun.run(1..<8001, mutation: mutation, stopsAtFailure: true)
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

    @Test func `defences that are not there are noticed`() {
        // The same schedules, held to what the lease and the probe promise.
        let strict = (UInt64(1)...400).lazy.compactMap { seed -> Violation? in
            var schedule = Schedule(seed: seed)
            schedule.protections = Protections(fence: true, probe: true)
            return schedule.run().violation
        }
        #expect(strict.first?.rule == .oneHolder)
    }
}
