internal import Glibc
internal import Lab
internal import LinuxIO
internal import Primitives

/// Lets every scenario befall every contender, in one lab after the other.
struct Bench {
    struct Plan {
        var binary: String
        var repeats: Int
        /// Open besides the twenty that are watched.
        var idleSessions: Int
        var contenders: [Contender]
        var scenarios: [Scenario]
        var settings: [Setting]
        var hogSeconds: Int?
    }

    /// One repetition.
    struct Sample {
        /// `nil`: connections did not succeed again in time.
        var outage: Duration?
        /// Of 20 sessions.
        var lostSessions: Int
        /// Both nodes answered ARP for the virtual IP when the client was served again.
        var isDouble: Bool
    }

    struct Row {
        var contender: Contender
        var setting: Setting
        var scenario: Scenario
        var samples: [Sample]
    }

    struct Hogged {
        var contender: Contender
        var setting: Setting
        var seconds: Int
        var falseFailovers: Int
    }

    struct Results {
        var rows: [Row] = []
        var hogged: [Hogged] = []
    }

    let plan: Plan

    init(_ plan: Plan) { self.plan = plan }

    func run() throws -> Results {
        var results = Results()
        for setting in plan.settings {
            for contender in plan.contenders {
                let run = try Run(contender, setting, plan)
                defer { run.close() }
                for scenario in plan.scenarios {
                    let samples = try run.measure(scenario)
                    results.rows.append(
                        Row(
                            contender: contender,
                            setting: setting,
                            scenario: scenario,
                            samples: samples
                        )
                    )
                    Console.note(
                        "\(contender.rawValue), \(setting.rawValue), \(scenario.rawValue): "
                            + Table.three(samples) + " ms"
                    )
                }
                guard let seconds = plan.hogSeconds else { continue }
                let count = try run.countFalseFailovers(seconds)
                results.hogged.append(
                    Hogged(
                        contender: contender,
                        setting: setting,
                        seconds: seconds,
                        falseFailovers: count
                    )
                )
                Console.note("\(contender.rawValue), \(setting.rawValue), hogs: \(count)")
            }
        }
        return results
    }
}
