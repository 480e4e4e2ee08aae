import Glibc
import Simulator

/// Many schedules on all cores; what is kept of them.
struct SeedRun: Sendable {
    /// Failures that are kept; more of them say nothing new.
    private static let failureLimit = 10

    var schedules = 0
    var activations = 0
    var excused: [Excuse: Int] = [:]
    /// The first seed that broke each rule, and how many did.
    var failures: [(seed: UInt64, violation: Violation)] = []
    var hasArbiter = false

    static func run(
        _ seeds: Range<UInt64>,
        mutation: Mutation? = nil,
        hasArbiter: Bool = false,
        stopsAtFailure: Bool = false,
        tellsProgress: Bool = false
    ) async -> SeedRun {
        // Seeds taken by one task at a time.
        let chunk: UInt64 = tellsProgress ? 500 : 50
        let workers = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        return await withTaskGroup(of: SeedRun.self) { group in
            var total = SeedRun(hasArbiter: hasArbiter)
            var next = seeds.lowerBound
            func add() {
                guard next < seeds.upperBound else { return }
                let part = next..<min(next + chunk, seeds.upperBound)
                next = part.upperBound
                // If one of them traps, the last lines say where to look.
                if tellsProgress { print("seeds \(part)") }
                group.addTask { one(part, mutation, hasArbiter, stopsAtFailure) }
            }
            for _ in 0..<workers { add() }
            for await part in group {
                total.merge(part)
                let enough = stopsAtFailure ? 1 : failureLimit
                if total.failures.count < enough { add() }
            }
            return total
        }
    }

    private static func one(
        _ seeds: Range<UInt64>,
        _ mutation: Mutation?,
        _ hasArbiter: Bool,
        _ stopsAtFailure: Bool
    ) -> SeedRun {
        var part = SeedRun()
        for seed in seeds {
            let result = Schedule(seed: seed, mutation: mutation, hasArbiter: hasArbiter)
                .run()
            part.schedules += 1
            part.activations += result.activations
            part.excused.merge(result.excused, uniquingKeysWith: +)
            guard let violation = result.violation else { continue }
            part.failures.append((seed, violation))
            if stopsAtFailure { break }
        }
        return part
    }

    private mutating func merge(_ other: SeedRun) {
        schedules += other.schedules
        activations += other.activations
        excused.merge(other.excused, uniquingKeysWith: +)
        failures += other.failures
    }

    /// What a failing seed did, line by line.
    static func story(of seed: UInt64, hasArbiter: Bool = false) -> String {
        Schedule(seed: seed, hasArbiter: hasArbiter).run(recordsTrace: true).trace
            .joined(separator: "\n")
    }

    /// The failures for people: the trace of the first, the seeds of the others.
    var report: String {
        guard let first = failures.min(by: { $0.seed < $1.seed }) else { return "no failure" }
        let list = failures.map { failure in
            "seed \(failure.seed): \(failure.violation.rule.rawValue): \(failure.violation.text)"
        }
        return list.joined(separator: "\n") + "\n\n"
            + Self.story(of: first.seed, hasArbiter: hasArbiter)
    }
}
