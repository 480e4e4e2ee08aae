/// sysbench through each contender to one cluster that stays for all of them.
///
/// Nothing is pinned here: three databases and their client fill the machine.
final class GaleraMeasurements {
    private let network: Network
    private let cluster: GaleraCluster
    private let logSink: Child
    private let sysbench: Sysbench
    private let programs: Programs

    init(_ programs: Programs) throws {
        self.programs = programs
        sysbench = Sysbench(program: programs.sysbench)
        network = try Network()
        cluster = try GaleraCluster(in: network, sysbench)
        logSink = try Child(
            [programs.echo, "syslog"],
            in: Child.Place(namespace: network.proxy),
            isSpokenTo: true
        )
        _ = try logSink.readLine(seconds: 10)
    }

    func close() {
        logSink.kill()
        cluster.stop()
        network.close()
    }

    func run(
        _ contender: Contender,
        _ configuration: ProxyConfiguration,
        seconds: Double,
        into results: inout Results
    ) throws {
        let proxy =
            contender.kind == .none
            ? nil
            : try Proxy(contender, configuration, programs, in: network, hasDatabase: true)
        defer { proxy?.child.kill() }
        let sink = logSink.pid
        let pids = try Network.processes(in: network.proxy).filter { $0 != sink }
        defer { Network.killProcesses(pids) }
        // Without a balancer everything goes to the first node.
        let target = proxy == nil ? Network.serverAddresses[0] : Network.proxyAddress
        for workload in Sysbench.workloads {
            for threads in Sysbench.threads {
                let name = "\(workload) x \(threads)"
                Console.progress("\(contender.name): \(name)")
                let before = (Usage(of: pids), Usage.machine())
                let outcome = try sysbench.run(
                    workload,
                    threads: threads,
                    seconds: seconds,
                    to: target,
                    in: network
                )
                let after = (Usage(of: pids), Usage.machine())
                let millions = outcome.queries / 1e6
                let cpu = proxy == nil ? nil : (after.0 - before.0).cpu / millions
                let rate = Row(name, "transactions/s", digits: 0, isHigherBetter: true)
                results.add(Row(name, "proxy CPU s/M queries"), contender, cpu)
                let machine = (after.1 - before.1).cpu / millions
                results.add(Row(name, "machine CPU s/M queries"), contender, machine)
                results.add(rate, contender, outcome.transactionsPerSecond)
                results.add(Row(name, "p95 ms"), contender, outcome.latency95)
            }
        }
    }
}
