import ControlPlane
import Lab
import LinuxIO
import Primitives
import Testing

/// The stage of one test: the article's hosts, three stand-ins for its databases, two real daemons.
final class Scene {
    let network: LabNetwork
    let pair: LabPair
    private(set) var databases: [MySQLStandIn] = []
    private let probe: ARPProbe
    /// The highest epoch that a holder was seen with.
    private(set) var epoch: UInt64 = 0

    /// Makes all of it and starts no daemon.
    init(
        _ options: LabPair.Options = LabPair.Options(),
        binary: String = BinaryLocator.path
    ) throws {
        network = try LabNetwork()
        pair = try LabPair(in: network, binary: binary, options: options)
        probe = try ARPProbe(from: network[.client])
        try startDatabases()
    }

    var client: LabHost { network[.client] }
    var service: Endpoint { Endpoint(HostPlan.virtualAddress, 3306) }

    func daemon(_ node: Int) -> LabDaemon { pair.daemons[node] }

    /// Makes a scene, plays it, and takes everything down, also after a failure; what the daemons
    /// wrote is then part of it.
    static func play(
        _ options: LabPair.Options = LabPair.Options(),
        binary: String = BinaryLocator.path,
        _ body: (Scene) throws -> Void
    ) throws {
        let scene = try Scene(options, binary: binary)
        do {
            try body(scene)
            try scene.network.close()
        } catch {
            let logs = scene.pair.daemons.map { "\($0.host.name):\n\($0.log)" }
            try scene.network.close()
            throw LabError("\(error)\n" + logs.joined(separator: "\n"))
        }
    }

    /// As `play`, with the pair complete.
    static func playComplete(
        _ options: LabPair.Options = LabPair.Options(),
        _ body: (Scene, _ holder: Int) throws -> Void
    ) throws {
        try play(options) { scene in
            try scene.pair.start()
            try body(scene, try scene.waitUntilComplete())
        }
    }

    func startDatabases() throws {
        databases = try HostPlan.galera.map { try MySQLStandIn(on: network[$0]) }
    }

    func stopDatabases() {
        for database in databases { database.stop() }
        databases = []
    }
}

/// What the nodes say.
extension Scene {
    /// What `status --json` prints on a node.
    func status(_ node: Int) throws -> StatusReport {
        let result = try daemon(node).command("status", "--json")
        guard result.status.isSuccess else {
            throw LabError("status: \(result.status): \(result.standardError)")
        }
        return try StatusReport(json: result.standardOutput)
    }

    func pairStatus(_ node: Int) throws -> PairStatus {
        guard let pair = try status(node).pair else { throw LabError("no pair in the status") }
        return pair
    }

    /// What the node says of itself.
    func role(_ node: Int) throws -> NodeStatus.Role? {
        try pairStatus(node).nodes.first { $0.isThisNode }?.role
    }

    /// Waits until the node says that it has this role.
    func wait(for role: NodeStatus.Role, on node: Int, timeout: Duration = .seconds(10)) throws {
        guard try Patience.wait(timeout, until: { try self.role(node) == role }) else {
            throw LabError("no \(role) on \(daemon(node).host.name) after \(timeout)")
        }
    }

    /// See `LabPair.waitUntilComplete`.
    /// - Returns: the holder.
    @discardableResult
    func waitUntilComplete(timeout: Duration = .seconds(20)) throws -> Int {
        try pair.waitUntilComplete(timeout: timeout)
    }
}

/// What must be true after every event.
extension Scene {
    /// The virtual IP is on this node and on no other, a host that is switched off apart; clients
    /// are told its hardware address and no other; and the epoch has risen, or at least not fallen.
    func expectHolder(
        _ node: Int,
        off: Set<Int> = [],
        epochRose: Bool = true,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let holders = try pair.holders().filter { !off.contains($0) }
        #expect(holders == [node], sourceLocation: sourceLocation)
        let mac = daemon(node).host.plan.hardwareAddress
        #expect(
            try probe.answers(for: HostPlan.virtualAddress) == [mac],
            sourceLocation: sourceLocation
        )
        let status = try pairStatus(node)
        #expect(status.holder == daemon(node).host.name, sourceLocation: sourceLocation)
        if epochRose {
            #expect(status.epoch > epoch, sourceLocation: sourceLocation)
        } else {
            #expect(status.epoch >= epoch, sourceLocation: sourceLocation)
        }
        epoch = max(epoch, status.epoch)
    }
}
