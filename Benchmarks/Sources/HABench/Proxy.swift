internal import CBench
internal import Glibc

/// A balancer that runs in the proxy's namespace.
final class Proxy {
    let child: Child
    /// From its start until a connection to it succeeded, in seconds.
    private(set) var startTime = 0.0
    private let log: String

    /// - Throws: with what it printed, when it does not listen within 10 s.
    init(
        _ contender: Contender,
        _ configuration: ProxyConfiguration,
        _ programs: Programs,
        in network: Network,
        hasDatabase: Bool = false
    ) throws {
        let file = "\(configuration.folder)/\(contender.name).cfg"
        log = "\(configuration.folder)/\(contender.name).log"
        try System.write(configuration.text(hasDatabase: hasDatabase), to: file)
        let command =
            switch contender.kind {
            case .haBalancer: [programs.haBalancer, "run", "-f", file]
            case .haproxy, .none: [programs.haproxy, "-db", "-f", file]
            }
        let isPinned = contender.isPinned && !hasDatabase
        let begin = System.nanoseconds
        child = try Child(
            command,
            in: Child.Place(namespace: network.proxy, cpu: isPinned ? 0 : nil),
            log: log
        )
        let port = Int32(hasDatabase ? ProxyConfiguration.databasePort : 7000)
        let deadline = begin + 10_000_000_000
        while unsafe bench_try_connect(Network.proxyAddress, port) != 0 {
            try System.checkInterruption()
            guard !child.hasEnded, System.nanoseconds < deadline else {
                throw BenchError("\(contender.name) does not listen:\n\(printed)")
            }
            usleep(100)
        }
        startTime = Double(System.nanoseconds - begin) / 1e9
    }

    /// The end of what it has printed.
    var printed: String {
        (System.read(log) ?? "").split(separator: "\n").suffix(10).joined(separator: "\n")
    }
}

/// Where the programs are.
struct Programs {
    let haproxy: String
    let haBalancer: String
    let load: String
    let echo: String
    let sysbench = "sysbench"

    init(haproxy: String, haBalancer: String) throws {
        self.haproxy = haproxy
        self.haBalancer = haBalancer
        load = "\(System.programFolder)/load"
        echo = "\(System.programFolder)/echo"
        for path in [load, echo] where unsafe access(path, X_OK) != 0 {
            throw BenchError("\(path) is missing: `make bench` builds it")
        }
    }

    /// What keeps a contender from being measured; `nil` if nothing does.
    func obstacle(for contender: Contender, _ configuration: ProxyConfiguration) throws -> String? {
        let file = "\(configuration.folder)/check.cfg"
        try System.write(configuration.text(hasDatabase: false), to: file)
        let command: [String]
        let advice: String
        switch contender.kind {
        case .none: return nil
        case .haproxy:
            command = [haproxy, "-c", "-f", file]
            advice = "scripts/setup-debian.sh bench installs it"
        case .haBalancer:
            command = [haBalancer, "check", "-f", file]
            advice = "make build builds it; --binary PATH is another one"
        }
        do {
            let (status, output) = try Command.attempt(command)
            if status == 0 { return nil }
            // The first line says what; the rest shows where in a file that nobody wrote.
            let first = output.split(separator: "\n").first { $0.contains("error") }
            return first.map(String.init) ?? output
        } catch {
            return "\(error); \(advice)"
        }
    }
}
