internal import ArgumentParser
internal import Glibc
internal import Lab
internal import LinuxIO
internal import Primitives

/// `failover-bench`: how long new connections fail when a node does, beside keepalived + HAProxy.
struct FailoverBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failover-bench",
        abstract: "Measures failovers of ha-balancer, and of keepalived + HAProxy, side by side.",
        discussion: """
            Two balancers, three servers and a client in network namespaces on one bridge. A \
            client starts a connection every 2 ms; the outage lasts from the start of the first \
            that fails to the start of the first of ten in a row that succeed. Twenty sessions are \
            held beside. Needs root, iproute2 and nftables; removes what it made, also when it \
            fails or is interrupted. Exit status: 0 measured, 1 failed, 2 wrong usage.
            """
    )

    /// The two nodes' daemons die by turns, and eight deaths in a row are a crash loop
    /// (`RestartPolicy.loop`).
    private static let killLimit = 14

    @Option(help: "The ha-balancer to measure; also by HA_BALANCER_BINARY.")
    var binary = BinaryLocator.path

    @Option(help: "How often each event is repeated.")
    var repeats = 10

    @Option(help: "Idle sessions that are open besides.")
    var idleSessions = 0

    @Option(help: ArgumentHelp("Contenders with commas; all that are installed, unless given."))
    var contenders: String?

    @Option(help: ArgumentHelp("Events with commas; all, unless given."))
    var events: String?

    @Option(help: "Settings with commas: default, tuned.")
    var settings = "default,tuned"

    @Option(help: "Also count false failovers for so many seconds under 8 CPU hogs.")
    var hogs: Int?

    @Option(help: "File for the figures.")
    var json: String?

    mutating func validate() throws {
        let plan = try plan()
        let isOurs = plan.contenders.contains(.haBalancer)
        let kills = plan.scenarios.contains(.balancerKilled)
        guard !(isOurs && kills) || repeats <= Self.killLimit else {
            throw ValidationError(
                "--repeats has to be \(Self.killLimit) or less with balancer-killed: a node whose "
                    + "daemon dies eight times in a row stays in fault"
            )
        }
        guard repeats > 0 else { throw ValidationError("--repeats has to be 1 or more") }
        guard (0...20_000).contains(idleSessions) else {
            throw ValidationError("--idle-sessions has to be 0 to 20000")
        }
        guard hogs ?? 1 > 0 else { throw ValidationError("--hogs has to be 1 or more") }
    }

    func run() throws {
        guard geteuid() == 0 else {
            Console.note("network namespaces need root: use sudo, or `make failover-bench`")
            throw ExitCode(1)
        }
        guard StageSupervisor.isStage else { return try supervise() }
        do {
            let results = try Bench(plan()).run()
            Table(results).lines.forEach(Console.line)
            if let json {
                try TextFile.write(Table(results).json, to: json)
                Console.note("the figures are in \(json)")
            }
        } catch {
            Console.note("\(error)")
            throw ExitCode(1)
        }
    }

    private func plan() throws -> Bench.Plan {
        var chosen = Contender.allCases
        if let contenders { chosen = try Self.parse(contenders, "--contenders") }
        let missing = chosen.filter { !$0.isInstalled }
        if contenders == nil {
            chosen.removeAll { missing.contains($0) }
        } else if let first = missing.first {
            throw ValidationError("\(first.rawValue) is not installed")
        }
        return Bench.Plan(
            binary: binary,
            repeats: repeats,
            idleSessions: idleSessions,
            contenders: chosen,
            scenarios: try events.map { try Self.parse($0, "--events") } ?? Scenario.allCases,
            settings: try Self.parse(settings, "--settings"),
            hogSeconds: hogs
        )
    }

    private static func parse<Value: RawRepresentable<String> & CaseIterable>(
        _ list: String,
        _ option: String
    ) throws -> [Value] {
        try list.split(separator: ",").map { word in
            guard let value = Value(rawValue: String(word)) else {
                let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("\(option): there is no '\(word)'; expected \(known)")
            }
            return value
        }
    }

    /// The same command once more, in a process that may be killed at any moment.
    private func supervise() throws {
        // The player's own path is another one: what was found beside this program is told to it.
        let arguments = CommandLine.arguments.dropFirst() + ["--binary", binary]
        let outcome =
            try idleSessions == 0
            ? StageSupervisor.run("/proc/self/exe", Array(arguments))
            : LabNetwork.withDeepQueue {
                try StageSupervisor.run("/proc/self/exe", Array(arguments))
            }
        switch outcome {
        case .ended(.exited(let status)): throw ExitCode(status)
        case .ended(let status): Console.note("it ended early (\(status))")
        case .interrupted: Console.note("interrupted; what it had made is removed")
        }
        throw ExitCode(1)
    }
}

/// Wrong usage ends with 2, as with `ha-balancer`.
func main() -> Int32 {
    do {
        var command = try FailoverBench.parseAsRoot()
        try command.run()
        return 0
    } catch let status as ExitCode {
        return status.rawValue
    } catch {
        let isHelp = FailoverBench.exitCode(for: error).isSuccess
        let text = FailoverBench.fullMessage(for: error)
        if isHelp { Console.line(text) } else { Console.note(text) }
        return isHelp ? 0 : 2
    }
}

exit(main())
