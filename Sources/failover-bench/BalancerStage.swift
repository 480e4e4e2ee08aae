internal import ControlPlane
internal import Glibc
internal import Lab
internal import LinuxIO
internal import Primitives

/// Two real `ha-balancer`s.
final class BalancerStage: Stage {
    private let network: LabNetwork
    private let pair: LabPair

    init(_ network: LabNetwork, binary: String, _ setting: Setting) throws {
        var options = LabPair.Options()
        options.maxConnections = 32_768
        options.pairLines = ["heartbeat " + Contender.haBalancer.note(setting)]
        self.network = network
        pair = try LabPair(in: network, binary: binary, options: options)
    }

    func start() throws { try pair.start() }

    func holderIfComplete() throws -> Int? {
        guard let holder = pair.holderIfComplete(), try pair.holders() == [holder] else {
            return nil
        }
        return holder
    }

    func killBalancer(_ node: Int) throws { try pair.daemons[node].signalDaemon(SIGKILL) }

    func killAll(_ node: Int) throws { try pair.daemons[node].killBoth() }

    func signalAll(_ node: Int, _ signal: Int32) throws {
        try pair.daemons[node].signalGuardian(signal)
        try pair.daemons[node].signalDaemon(signal)
    }

    func movePlanned(from node: Int) throws {
        let result = try pair.daemons[node].command("failover")
        guard result.status.isSuccess else { throw LabError("failover: \(result.standardError)") }
    }

    func revive(_ node: Int) throws {
        try pair.daemons[node].start()
        // Its kernel has kept the address, and the daemon takes it away first.
        _ = try Patience.wait(.seconds(5)) {
            try !pair.daemons[node].host.addresses().contains(HostPlan.virtualAddress)
        }
    }

    func blockHeartbeats() throws {
        let hosts = pair.daemons.map(\.host)
        try network.blockUDP(port: 694, from: hosts[0], to: hosts[1])
        try network.blockUDP(port: 694, from: hosts[1], to: hosts[0])
    }

    /// Each has an epoch of its own, and the number only rises.
    func activations() throws -> Int {
        guard let status = try pair.report(of: 0).pair else { throw LabError("no pair") }
        return Int(status.epoch)
    }

    var log: String { pair.daemons.map(\.log).joined() }
}
