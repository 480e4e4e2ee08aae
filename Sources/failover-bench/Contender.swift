internal import Glibc
internal import Lab

/// Who is measured.
enum Contender: String, CaseIterable {
    case haBalancer = "ha-balancer"
    case keepalived = "keepalived"

    var isInstalled: Bool {
        switch self {
        case .haBalancer: true
        case .keepalived: Self.isProgram("keepalived") && Self.isProgram("haproxy")
        }
    }

    private static func isProgram(_ name: String) -> Bool {
        ["/usr/sbin/", "/usr/bin/", "/usr/local/sbin/", "/sbin/"].contains {
            unsafe access($0 + name, X_OK) == 0
        }
    }

    var title: String {
        self == .haBalancer ? "ha-balancer" : "keepalived + HAProxy"
    }

    /// The lines that make it as quick as the setting says.
    func note(_ setting: Setting) -> String {
        switch (self, setting) {
        case (.haBalancer, .standard): "every 50ms dead-after 250ms"
        case (.haBalancer, .tuned): "every 10ms dead-after 60ms"
        case (.keepalived, .standard): "advert_int 1, script interval 1"
        case (.keepalived, .tuned): "advert_int 0.02, script interval 1"
        }
    }

    func makeStage(in network: LabNetwork, _ plan: Bench.Plan, _ setting: Setting) throws
        -> any Stage
    {
        switch self {
        case .haBalancer: try BalancerStage(network, binary: plan.binary, setting)
        case .keepalived: try KeepalivedStage(network, setting)
        }
    }
}

/// One contender on the two nodes of a lab. Nodes are 0 and 1.
protocol Stage: AnyObject {
    func start() throws
    /// The holder, when both nodes run, it alone has the virtual IP, and all servers are up.
    func holderIfComplete() throws -> Int?
    func killBalancer(_ node: Int) throws
    func killAll(_ node: Int) throws
    func signalAll(_ node: Int, _ signal: Int32) throws
    func movePlanned(from node: Int) throws
    /// Brings a node back whose processes are gone, as a boot would.
    func revive(_ node: Int) throws
    func blockHeartbeats() throws
    /// How often a node has become active since the start.
    func activations() throws -> Int
    var log: String { get }
}
