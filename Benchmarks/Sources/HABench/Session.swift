internal import CBench
internal import Glibc

/// One run of `ha-bench`: all rounds of all contenders.
struct Session {
    let contenders: [Contender]
    let groups: Set<Group>
    let effort: Effort
    let rounds: Int
    let programs: Programs

    private static let wantedDescriptors = 65_536

    func run() throws -> Results {
        let folder = try System.makeTemporaryFolder()
        defer { _ = try? Command.run(["rm", "-rf", "--", folder]) }
        let descriptors = bench_raise_descriptor_limit(Self.wantedDescriptors)
        func configuration(_ contender: Contender) -> ProxyConfiguration {
            ProxyConfiguration(contender: contender, descriptors: descriptors, folder: folder)
        }
        var results = Results(
            date: Results.timestamp(),
            setting: Results.Setting(
                kernel: Self.kernel,
                cpus: System.cpuCount,
                rounds: rounds,
                seconds: effort.seconds,
                sessionLimit: configuration(contenders[0]).sessionLimit
            ),
            versions: programs.versions,
            contenders: []
        )
        var able: [Contender] = []
        for contender in contenders {
            if let obstacle = try programs.obstacle(for: contender, configuration(contender)) {
                results.leaveOut(contender, obstacle)
            } else {
                able.append(contender)
            }
        }
        results.contenders = able.map(\.name)
        if groups != [.galera] { try runStages(able, configuration, &results) }
        if groups.contains(.galera) { try runGalera(able, configuration, &results) }
        Console.endProgress()
        return results
    }

    private func runStages(
        _ contenders: [Contender],
        _ configuration: (Contender) -> ProxyConfiguration,
        _ results: inout Results
    ) throws {
        for round in 1...rounds {
            // Back and forth, so that whatever drifts meanwhile hits nobody more than others.
            let order = round.isMultiple(of: 2) ? contenders.reversed() : contenders
            for contender in order {
                Console.progress("round \(round) of \(rounds): \(contender.name)")
                try attempt(contender, &results) { results in
                    // Idle connections get a stage to themselves: what a balancer holds in
                    // reserve after other loads would make them look cheaper.
                    for part in [groups.subtracting([.idle]), groups.intersection([.idle])] {
                        guard !part.subtracting([.galera]).isEmpty else { continue }
                        let stage = try Stage(contender, configuration(contender), programs)
                        defer { stage.close() }
                        try Measurements(stage: stage, effort: effort, groups: part)
                            .run(into: &results, verifies: round == 1)
                    }
                }
            }
        }
    }

    private func runGalera(
        _ contenders: [Contender],
        _ configuration: (Contender) -> ProxyConfiguration,
        _ results: inout Results
    ) throws {
        Console.progress("starting the Galera cluster")
        let measurements = try GaleraMeasurements(programs)
        defer { measurements.close() }
        for round in 1...rounds {
            let order = round.isMultiple(of: 2) ? contenders.reversed() : contenders
            for contender in order {
                try attempt(contender, &results) { results in
                    try measurements.run(
                        contender,
                        configuration(contender),
                        seconds: effort.seconds,
                        into: &results
                    )
                }
            }
        }
    }

    /// A contender that fails does not end the run of the others.
    private func attempt(
        _ contender: Contender,
        _ results: inout Results,
        _ body: (inout Results) throws -> Void
    ) throws {
        do {
            try body(&results)
        } catch let error as BenchError {
            try System.checkInterruption()
            results.fail(contender, error.description)
        }
    }

    private static var kernel: String {
        (System.read("/proc/sys/kernel/osrelease") ?? "").split(separator: "\n").first
            .map(String.init) ?? "unknown"
    }
}

extension Programs {
    /// The first lines of what they say of themselves.
    var versions: [String: String] {
        let commands = ["haproxy": [haproxy, "-v"], "ha-balancer": [haBalancer, "--version"]]
        return commands.compactMapValues { command in
            let output = try? Command.attempt(command).output
            return output?.split(separator: "\n").first.map(String.init)
        }
    }
}
