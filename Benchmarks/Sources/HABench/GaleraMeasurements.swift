internal import CBench
internal import Glibc

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
        defer { stop(proxy) }
        let pids = try balancerProcesses()
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

    /// Those of the balancer: in the proxy's namespace there is nothing else but the log sink.
    private func balancerProcesses() throws -> [Int32] {
        let sink = logSink.pid
        return try Network.processes(in: network.proxy).filter { $0 != sink }
    }

    /// Returns when nobody listens any more: a process that was killed needs some milliseconds for
    /// its sockets (1 to 15 were seen), and who starts meanwhile shares the port with them.
    private func stop(_ proxy: Proxy?) {
        guard let proxy else { return }
        proxy.child.kill()
        let port = Int32(ProxyConfiguration.databasePort)
        for _ in 0..<1000 {
            let pids = (try? balancerProcesses()) ?? []
            Network.killProcesses(pids)
            let isGone = unsafe bench_try_connect(Network.proxyAddress, port) != 0
            if pids.isEmpty, isGone { return }
            usleep(5_000)
        }
    }
}
