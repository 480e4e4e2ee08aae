internal import Glibc

/// Everything for one contender in one round: namespaces of its own (so that nobody inherits
/// another's connections in TIME_WAIT), server, log sink and the balancer.
final class Stage {
    let contender: Contender
    let network: Network
    let proxy: Proxy?
    private let server: Child
    private let logSink: Child
    private let programs: Programs
    private let pids: [Int32]

    /// What one run of `load` told, and what it cost.
    struct Run {
        let fields: [String: Double]
        let proxy: Usage
        /// Client, server, log sink and proxy.
        let processes: Usage
        let machine: Usage

        subscript(_ field: String) -> Double { fields[field] ?? .nan }
    }

    init(_ contender: Contender, _ configuration: ProxyConfiguration, _ programs: Programs) throws {
        self.contender = contender
        self.programs = programs
        network = try Network()
        server = try Child(
            [programs.echo],
            in: Child.Place(namespace: network.server, cpu: contender.loadCPU),
            isSpokenTo: true
        )
        _ = try server.readLine(seconds: 10)
        logSink = try Child(
            [programs.echo, "syslog"],
            in: Child.Place(namespace: network.proxy, cpu: contender.loadCPU),
            isSpokenTo: true
        )
        _ = try logSink.readLine(seconds: 10)
        proxy =
            contender.kind == .none
            ? nil : try Proxy(contender, configuration, programs, in: network)
        // A balancer may be more than one process; by now all are there.
        let sink = logSink.pid
        pids = try Network.processes(in: network.proxy).filter { $0 != sink }
    }

    deinit { close() }

    func close() {
        proxy?.child.kill()
        server.kill()
        logSink.kill()
        network.close()
    }

    var memory: Memory { Memory(of: pids) }
    var proxyUsage: Usage { Usage(of: pids) }

    /// Starts `load`, which stops at its barriers.
    func startLoad(_ arguments: [String]) throws -> Child {
        let target = proxy == nil ? Network.serverAddresses[0] : Network.proxyAddress
        return try Child(
            [programs.load] + arguments + ["--sync", target],
            in: Child.Place(namespace: network.client, cpu: contender.loadCPU),
            isSpokenTo: true
        )
    }

    /// Runs `load` and takes the readings at its barriers.
    func run(_ arguments: String) throws -> Run {
        let load = try startLoad(arguments.split(separator: " ").map(String.init))
        _ = try load.readLine()
        let before = readings(load)
        load.release()
        var line = try load.readLine()
        let after = readings(load)
        if line == "done" {
            load.release()
            line = try load.readLine()
        }
        load.release()
        guard try load.wait(seconds: 10) else { throw BenchError("load does not end") }
        try checkThatProxyLives()
        return Run(
            fields: Self.fields(of: line),
            proxy: after.proxy - before.proxy,
            processes: after.processes - before.processes,
            machine: after.machine - before.machine
        )
    }

    /// Figures of a balancer that was restarted in between are none.
    func checkThatProxyLives() throws {
        guard pids.allSatisfy({ kill($0, 0) == 0 }), proxy?.child.hasEnded != true else {
            throw BenchError("\(contender.name) has died; it said:\n\(proxy?.printed ?? "")")
        }
    }

    private struct Readings {
        let proxy: Usage
        let processes: Usage
        let machine: Usage
    }

    private func readings(_ load: Child) -> Readings {
        let proxy = proxyUsage
        let others = Usage(of: [load.pid, server.pid, logSink.pid])
        return Readings(
            proxy: proxy,
            processes: Usage(cpu: proxy.cpu + others.cpu),
            machine: .machine()
        )
    }

    /// `key=value` for each value that is a number.
    static func fields(of line: String) -> [String: Double] {
        var fields: [String: Double] = [:]
        for word in line.split(separator: " ") {
            let parts = word.split(separator: "=")
            if parts.count == 2, let value = Double(parts[1]) { fields[String(parts[0])] = value }
        }
        return fields
    }
}

extension Contender {
    /// Where client and server run: not where the pinned proxy is.
    var loadCPU: Int32? { isPinned && System.cpuCount > 1 ? 1 : nil }
}
