internal import ArgumentParser
internal import CBench
internal import Glibc

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Measure, print a table, write the figures to a file.",
        discussion: """
            Makes three network namespaces in a row (client, proxy, server) and runs every \
            contender in turn, in rounds that alternate. One thread: the proxy has CPU 0 for \
            itself, client and server have CPU 1. More threads (the contenders with a number): \
            nothing is pinned. Needs root, `ip`, HAProxy and, for --galera, sysbench and \
            MariaDB with Galera; `make bench` installs them.

            Ctrl-C ends all that was started. The machine should have nothing else to do: a row \
            whose rounds are more than 25 % apart is marked with `~`.
            """
    )

    @Option(help: "The ha-balancer to measure; also by HA_BALANCER_BINARY.")
    var binary = System.environment("HA_BALANCER_BINARY") ?? "../.build/release/ha-balancer"

    @Option(help: "The HAProxy to compare with.")
    var haproxy = "haproxy"

    @Option(
        help: ArgumentHelp(
            "Kinds of rows: \(Group.allCases.map(\.rawValue).joined(separator: ", ")).",
            discussion: "Several with commas. All but galera, unless given.",
            valueName: "kinds"
        )
    )
    var only: String?

    @Flag(help: "Also sysbench through a MariaDB Galera cluster of three.")
    var galera = false

    @Option(
        help: ArgumentHelp(
            "Contenders: \(Contender.all.map(\.name).joined(separator: ", ")).",
            discussion: "Several with commas. All but ha-balancer, which sets no engine.",
            valueName: "names"
        )
    )
    var contenders: String?

    @Option(help: "Rounds; the table shows medians. (default: 3)")
    var rounds: Int?

    @Option(help: "Length of each measurement. (default: 3)")
    var seconds: Double?

    @Flag(help: "One round of 0.3 s each: shows that all works, in less than two minutes.")
    var quick = false

    @Option(help: "File for the figures.")
    var json = "bench.json"

    func validate() throws {
        _ = try chosenGroups()
        _ = try chosenContenders()
        guard rounds ?? 1 > 0 else { throw ValidationError("--rounds has to be 1 or more") }
        guard seconds ?? 1 > 0.05 else { throw ValidationError("--seconds is too short") }
    }

    func run() throws {
        guard geteuid() == 0 else {
            Console.note("network namespaces need root: use sudo, or `make bench`")
            throw ExitCode(1)
        }
        if let other = Network.otherRun {
            Console.note("process \(other) measures too: neither will have good figures")
            throw ExitCode(1)
        }
        bench_catch_signals()
        do {
            let results = try Session(
                contenders: try chosenContenders(),
                groups: try chosenGroups(),
                effort: effort,
                rounds: rounds ?? (quick ? 1 : 3),
                programs: try Programs(haproxy: haproxy, haBalancer: binary)
            ).run()
            Table(results).lines.forEach(Console.line)
            try results.write(to: json)
            Console.note("the figures are in \(json)")
            guard results.failures.isEmpty else {
                Console.note("not all went well:\n  \(results.failures.joined(separator: "\n  "))")
                throw ExitCode(1)
            }
        } catch let interruption as Interrupted {
            Console.endProgress()
            Console.note("ended by signal \(interruption.signal); nothing is left behind")
            throw ExitCode(128 + interruption.signal)
        } catch let error as BenchError {
            Console.endProgress()
            Console.note(error.description)
            throw ExitCode(1)
        }
    }

    private var effort: Effort {
        let seconds = seconds ?? (quick ? 0.3 : 3)
        return Effort(
            seconds: seconds,
            warmup: quick ? 0.1 : 0.2,
            idleSeconds: quick ? 1 : 5
        )
    }

    private func chosenGroups() throws -> Set<Group> {
        guard let only else {
            return Set(Group.allCases).subtracting(galera ? [] : [.galera])
        }
        let groups = try only.split(separator: ",").map { name in
            guard let group = Group(rawValue: String(name)) else {
                throw ValidationError("--only: there is no kind '\(name)'")
            }
            return group
        }
        return Set(groups + (galera ? [.galera] : []))
    }

    private func chosenContenders() throws -> [Contender] {
        guard let contenders else { return Contender.usual }
        return try contenders.split(separator: ",").map { name in
            guard let contender = Contender.all.first(where: { $0.name == name }) else {
                throw ValidationError("--contenders: there is no '\(name)'")
            }
            return contender
        }
    }
}
