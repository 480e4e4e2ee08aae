/// Debian's `sysbench`: queries as applications send them.
struct Sysbench {
    static let user = "bench"
    static let workloads = ["oltp_point_select", "oltp_read_write"]
    static let threads = [1, 16, 64]

    let program: String

    struct Outcome {
        var transactionsPerSecond = 0.0
        var queries = 0.0
        /// In milliseconds.
        var latency95 = 0.0
    }

    private static let tables = [
        "--db-driver=mysql", "--mysql-db=sbtest", "--tables=4", "--table-size=10000",
    ]

    func prepare(socket: String) throws {
        try Command.run(
            [program, "oltp_read_write"] + Self.tables
                + ["--mysql-socket=\(socket)", "--mysql-user=root", "prepare"]
        )
    }

    func run(
        _ workload: String,
        threads: Int,
        seconds: Double,
        to address: String,
        in network: Network
    ) throws -> Outcome {
        // It knows whole seconds only.
        let time = max(1, Int(seconds.rounded()))
        let output = try Command.run(
            [program, workload] + Self.tables
                + [
                    "--mysql-host=\(address)", "--mysql-port=3306", "--mysql-user=\(Self.user)",
                    "--threads=\(threads)", "--time=\(time)", "--percentile=95", "run",
                ],
            in: Child.Place(namespace: network.client),
            isInterruptible: true
        )
        return try Self.parse(output)
    }

    static func parse(_ output: String) throws -> Outcome {
        var outcome = Outcome()
        for line in output.split(separator: "\n") {
            let words = line.split { " \t(:".contains($0) }
            switch words.first {
            case "total" where words.count == 2: outcome.queries = Double(words[1]) ?? 0
            case "transactions" where words.count > 2:
                outcome.transactionsPerSecond = Double(words[2]) ?? 0
            case "95th" where words.count > 2: outcome.latency95 = Double(words[2]) ?? 0
            default: break
            }
        }
        guard outcome.queries > 0, outcome.transactionsPerSecond > 0 else {
            throw BenchError("sysbench did nothing:\n\(output)")
        }
        return outcome
    }
}
