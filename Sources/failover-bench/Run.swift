internal import Glibc
internal import Lab
internal import LinuxIO
internal import Primitives

/// One contender with one setting in a lab of its own.
final class Run {
    /// An outage that lasts longer is one that does not end.
    private static let patience = Duration.seconds(15)
    private static let sessionCount = 20
    private static let service = Endpoint(HostPlan.virtualAddress, 3306)

    private let network: LabNetwork
    private let databases: [MySQLStandIn]
    private let stage: any Stage
    private let probe: ARPProbe
    private let repeats: Int
    private let idleSessions: Int
    private var hosts: [LabHost] { [network[.node01], network[.node02]] }

    init(_ contender: Contender, _ setting: Setting, _ plan: Bench.Plan) throws {
        let network = try LabNetwork()
        self.network = network
        databases = try HostPlan.galera.map { try MySQLStandIn(on: network[$0]) }
        stage = try contender.makeStage(in: network, plan, setting)
        repeats = plan.repeats
        idleSessions = plan.idleSessions
        probe = try ARPProbe(from: network[.client])
        try stage.start()
        try waitUntilComplete()
    }

    func close() {
        do {
            try network.close()
        } catch {
            Console.note("\(error)")
        }
        for database in databases { database.stop() }
    }

    func measure(_ scenario: Scenario) throws -> [Bench.Sample] {
        try (0..<repeats).map { _ in
            let holder = try waitUntilComplete()
            let sessions = try SessionHolder(
                Self.sessionCount,
                from: network[.client],
                to: Self.service
            )
            let crowd = try IdleCrowd(idleSessions, from: network[.client], to: Self.service)
            defer { withExtendedLifetime(crowd) {} }
            guard sessions.waitUntilOpen(timeout: .seconds(10)) else {
                throw LabError("no sessions through the virtual IP:\n\(stage.log)")
            }
            // At the heal the outage of the cut is over, and not measured with it.
            if scenario == .cutAndHealed { try cut(holder) }
            let meter = try OutageMeter(from: network[.client], to: Self.service)
            Patience.pause(.milliseconds(150))
            try befall(holder, scenario)
            let sample = try finish(scenario, holder, meter, sessions)
            try mend(holder, scenario)
            return sample
        }
    }

    private func cut(_ holder: Int) throws {
        try network.isolate(hosts[holder])
        Patience.pause(.seconds(3))
        let probe = try OutageMeter(from: network[.client], to: Self.service)
        guard probe.waitForRecovery(timeout: Self.patience) else {
            throw LabError("nobody took over after the cut:\n\(stage.log)")
        }
        probe.stop()
    }

    private func finish(
        _ scenario: Scenario,
        _ holder: Int,
        _ meter: OutageMeter,
        _ sessions: SessionHolder
    ) throws -> Bench.Sample {
        if !scenario.moves { Patience.pause(.seconds(5)) }
        let isServed = meter.waitForRecovery(timeout: Self.patience)
        let isDouble = try probe.answers(for: HostPlan.virtualAddress).count > 1
        // A session that nobody tells is lost when its query is not answered.
        _ = Patience.wait(.seconds(isServed && scenario.moves ? 6 : 0)) {
            sessions.lost == Self.sessionCount
        }
        let lost = sessions.stop().count { $0.loss != nil }
        let log = meter.stop()
        guard isServed else { return .init(outage: nil, lostSessions: lost, isDouble: isDouble) }
        return .init(outage: log.longest, lostSessions: lost, isDouble: isDouble)
    }

    private func befall(_ holder: Int, _ scenario: Scenario) throws {
        switch scenario {
        case .balancerKilled: try stage.killBalancer(holder)
        case .allKilled: try stage.killAll(holder)
        case .powerOff: try network.powerOff(hosts[holder])
        case .linkDown: try network.linkDown(hosts[holder])
        case .hang: try stage.signalAll(holder, SIGSTOP)
        case .planned: try stage.movePlanned(from: holder)
        case .heartbeatBlocked: try stage.blockHeartbeats()
        case .cutAndHealed: try network.unblockAll()
        }
    }

    private func mend(_ holder: Int, _ scenario: Scenario) throws {
        switch scenario {
        case .balancerKilled, .planned:
            if stage is KeepalivedStage { try stage.revive(holder) }
        case .allKilled: try stage.revive(holder)
        case .powerOff:
            try stage.revive(holder)
            try network.linkUp(hosts[holder])
        case .linkDown: try network.linkUp(hosts[holder])
        case .hang: try stage.signalAll(holder, SIGCONT)
        case .heartbeatBlocked, .cutAndHealed: try network.unblockAll()
        }
    }

    /// - Returns: the holder
    @discardableResult
    private func waitUntilComplete() throws -> Int {
        var holder: Int?
        let isComplete = try Patience.wait(.seconds(30)) {
            holder = try stage.holderIfComplete()
            if holder == nil { Patience.pause(.milliseconds(50)) }
            return holder != nil
        }
        guard isComplete, let holder else {
            throw LabError("the pair does not become complete:\n\(stage.log)")
        }
        return holder
    }

    /// Eight endless loops beside the pair, and how often the virtual IP moved.
    func countFalseFailovers(_ seconds: Int) throws -> Int {
        try waitUntilComplete()
        let before = try stage.activations()
        let hogs = try (0..<8).map { _ in
            try ChildProcess.spawn("sh", ["-c", "while :; do :; done"], newProcessGroup: true)
        }
        Patience.pause(.seconds(seconds))
        for hog in hogs {
            hog.killGroup(SIGKILL)
            hog.wait()
        }
        try waitUntilComplete()
        return try stage.activations() - before
    }
}
