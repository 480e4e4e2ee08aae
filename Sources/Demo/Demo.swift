internal import Glibc
internal import Lab
internal import LinuxIO
internal import Primitives

/// The article's scene without its single point of failure: two balancers, three databases and a
/// client in network namespaces; load through the virtual IP; a kill, a move by hand, a power cut.
package final class Demo {
    package struct Settings: Sendable {
        /// The program that the nodes run, absolute.
        package var binary: String
        /// Real MariaDB Galera nodes in place of the stand-ins.
        package var usesGalera: Bool
        package var usesColour: Bool

        package init(binary: String, usesGalera: Bool, usesColour: Bool) {
            self.binary = binary
            self.usesGalera = usesGalera
            self.usesColour = usesColour
        }
    }

    private struct Measurement {
        let event: String
        let outage: Duration
        let failures: Int
    }

    /// What new connections may miss with the default settings, whatever happens.
    private static let promise: Duration = .milliseconds(500)

    private let settings: Settings
    private let console: DemoConsole
    private let target = Endpoint(HostPlan.virtualAddress, 3306)
    private var measurements: [Measurement] = []

    package init(_ settings: Settings) {
        self.settings = settings
        console = DemoConsole(colour: settings.usesColour)
    }

    /// Runs the scene to its end and removes what it made.
    /// - Returns: whether everything went as promised.
    package func run() throws -> Bool {
        drawing()
        let network = try LabNetwork()
        defer { try? network.close() }
        console.event("lab", "six hosts in network namespaces, one Ethernet segment")
        let databases = try startDatabases(network)
        defer { databases.stop() }
        let pair = try LabPair(in: network, binary: settings.binary)
        try pair.start()
        guard let holder = try pair.holders().first else { throw LabError("nobody holds the VIP") }
        console.event(short(holder), "active: holds \(HostPlan.virtualAddress)", .good)
        console.event(short(1 - holder), "standby: hears \(name(holder)) every 50 ms")
        try pair.waitUntilComplete(timeout: .seconds(10))
        try showRotation(network)
        let meter = try OutageMeter(from: network[.client], to: target)
        defer { meter.stop() }
        console.event("client", "500 new connections a second to \(target)")
        Patience.pause(.seconds(1))
        try scenes(pair, network, meter)
        return try summary(pair, meter.stop())
    }

    private func scenes(_ pair: LabPair, _ network: LabNetwork, _ meter: OutageMeter) throws {
        console.headline("1. kill -9 of the active daemon")
        let first = try measure("kill -9 of the daemon", pair, meter) { holder in
            console.event(short(holder), "kill -9", .bad)
            try pair.daemons[holder].signalDaemon(SIGKILL)
        }
        try pair.daemons[1 - first].waitUntilReady()
        console.event(
            short(1 - first),
            "its guardian removed the address, told the other node and started the daemon again: "
                + "it is standby, nothing moves back by itself",
            .faint
        )
        try pair.waitUntilComplete(timeout: .seconds(10))

        console.headline("2. an operator moves it back: `ha-balancer failover`")
        try measure("planned failover", pair, meter) { holder in
            let result = try pair.daemons[holder].command("failover")
            let text = result.standardOutput + result.standardError
            console.event(short(holder), String(text.prefix { $0 != "\n" }))
        }
        try pair.waitUntilComplete(timeout: .seconds(10))

        console.headline("3. power cut of the active host")
        try measure("power cut of the host", pair, meter) { holder in
            console.event(short(holder), "power off", .bad)
            try network.powerOff(pair.daemons[holder].host)
        }
    }

    /// Does something to the holder, waits until the client is served again, and says how long it
    /// was not.
    /// - Returns: the new holder.
    @discardableResult
    private func measure(
        _ event: String,
        _ pair: LabPair,
        _ meter: OutageMeter,
        _ act: (Int) throws -> Void
    ) throws -> Int {
        let before = meter.report
        guard let old = try pair.waitForHolder(timeout: .seconds(5)) else {
            throw LabError("no single holder before: \(event)")
        }
        try act(old)
        guard let new = try newHolder(pair, after: old) else {
            throw LabError(
                "\(event): no other node took the virtual IP:\n\(pair.daemons[1 - old].log)"
            )
        }
        console.event(short(new), "active", .good)
        guard meter.waitForRecovery(timeout: .seconds(10)) else {
            throw LabError("\(event): the client is not served again")
        }
        let report = meter.report
        let outages = report.outages.dropFirst(before.outages.count)
        let longest = outages.map(\.duration).max() ?? .zero
        let failures = report.failureCount - before.failureCount
        measurements.append(Measurement(event: event, outage: longest, failures: failures))
        let tone: DemoConsole.Tone = longest <= Self.promise ? .good : .bad
        console.event(
            "client",
            "new connections failed for \(longest.milliseconds) ms (\(failures) of them)",
            tone
        )
        return new
    }

    /// A host without power keeps the address in its dead kernel, behind a cut cable.
    private func newHolder(_ pair: LabPair, after old: Int) throws -> Int? {
        let other = 1 - old
        let found = try Patience.wait(.seconds(5)) {
            try pair.daemons[other].host.addresses().contains(HostPlan.virtualAddress)
        }
        return found ? other : nil
    }

    private func name(_ index: Int) -> String { index == 0 ? "haproxy-node01" : "haproxy-node02" }

    private func short(_ index: Int) -> String { index == 0 ? "node01" : "node02" }
}

/// The beginning and the end of the scene.
extension Demo {
    private func drawing() {
        console.quote(
            """

            ha-balancer demo: a virtual IP that survives its balancer

                 client 10.0.0.50
                        |   10.0.0.100:3306
              +---------+---------+
              |                   |
            haproxy-node01     haproxy-node02      two balancers, one virtual IP
              |                   |
              +----+---------+----+----+
                   |         |         |
                 galera    galera    galera        \
            \(settings.usesGalera ? "MariaDB Galera, real" : "small MySQL stand-ins")
                 node01    node02    node03

            """
        )
    }

    private func startDatabases(_ network: LabNetwork) throws -> Databases {
        if settings.usesGalera {
            console.event("galera", "starting a real three-node MariaDB Galera cluster")
            let cluster = try GaleraCluster(in: network)
            console.event("galera", "three nodes, Primary and Synced", .good)
            return .galera(cluster)
        }
        let standIns = try HostPlan.galera.map { try MySQLStandIn(on: network[$0]) }
        console.event("galera", "three MySQL stand-ins listen on port 3306")
        return .standIns(standIns)
    }

    private enum Databases {
        case galera(GaleraCluster)
        case standIns([MySQLStandIn])

        func stop() {
            switch self {
            case .galera(let cluster): cluster.stop()
            case .standIns(let list): list.forEach { $0.stop() }
            }
        }
    }

    /// The article's query, three times through the virtual IP.
    private func showRotation(_ network: LabNetwork) throws {
        var names: [String] = []
        for _ in 0..<3 {
            let session = try SessionHolder(1, from: network[.client], to: target)
            guard session.waitUntilOpen(timeout: .seconds(5)), let answer = session.stop().first
            else {
                throw LabError("no database answers through the virtual IP")
            }
            names.append(answer.node)
        }
        console.event(
            "client",
            "select @@wsrep_node_name, three times: " + names.joined(separator: ", ")
        )
    }

    private func summary(_ pair: LabPair, _ log: OutageLog) throws -> Bool {
        console.headline("Summary: how long new connections failed")
        for measurement in measurements {
            let isShort = measurement.outage <= Self.promise
            console.result(
                measurement.event,
                "\(measurement.outage.milliseconds) ms",
                isShort ? .good : .bad
            )
        }
        console.result("all connections", "\(log.attempts), \(log.failureCount) of them failed")
        let isGood = measurements.allSatisfy { $0.outage <= Self.promise }
        console.headline(
            isGood
                ? "One address, two balancers, no single point of failure."
                : "An outage was longer than 500 ms: this machine is busy, or something is wrong."
        )
        return isGood
    }
}
