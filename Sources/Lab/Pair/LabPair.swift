internal import LinuxIO
package import Primitives

/// The article's two balancers in a lab, as a pair: real daemons, one key, one configuration.
package final class LabPair {
    /// What a test may want otherwise than the article has it.
    package struct Options: Sendable {
        /// Lines of the `pair` section beside nodes, addresses and key.
        package var pairLines: [String] = []
        /// All of them on `eth1`.
        package var virtualAddresses = [HostPlan.virtualAddress]
        /// One address each, node01's first, for every rail beside the article's.
        package var furtherRails: [[IPAddress]] = []
        /// One for both nodes, or, where somebody made a mistake, one each.
        package var keys = ["a key for the lab, known to everybody"]
        package var maxConnections = 4096
        package var proxyLines = [
            "listen galera_cluster",
            "    bind 0.0.0.0:3306",
            "    balance roundrobin",
            "    option tcpka",
            "    option mysql-check user haproxy",
            "    server galera-node01 10.0.0.1:3306 check inter 500 weight 1",
            "    server galera-node02 10.0.0.2:3306 check inter 500 weight 1",
            "    server galera-node03 10.0.0.3:3306 check inter 500 weight 1",
        ]

        package init() {}
    }

    package let network: LabNetwork
    package let options: Options
    /// node01 and node02.
    package let daemons: [LabDaemon]
    private let keyDirectory: TemporaryDirectory

    /// Prepares the files of both nodes; starts nothing.
    package init(in network: LabNetwork, binary: String, options: Options = Options()) throws {
        self.network = network
        self.options = options
        keyDirectory = try TemporaryDirectory("key")
        daemons = try [HostPlan.node01, .node02].map {
            try LabDaemon(on: network[$0], binary: binary)
        }
        for (index, key) in options.keys.enumerated() {
            try TextFile.write(key + "\n", to: keyPath(of: index))
        }
        for daemon in daemons { try daemon.configure(configuration(of: daemon)) }
    }

    /// The secret file of a node; that of node01 for both where there is one key.
    private func keyPath(of node: Int) -> String {
        keyDirectory.path + "/pair\(min(node, options.keys.count - 1)).key"
    }

    private func node(_ index: Int) -> String {
        let host = daemons[index].host
        let addresses = [host.address] + options.furtherRails.map { $0[index] }
        let list = addresses.map { "\($0)" }.joined(separator: " ")
        return "    node \(host.name) \(list) priority \(150 - 50 * index)"
    }

    /// The same text for both nodes but for the paths, since they share the machine's files.
    package func configuration(of daemon: LabDaemon) -> String {
        let lines =
            [
                "global",
                "    maxconn \(options.maxConnections)",
                "    state-dir \(daemon.statePath)",
                "    stats socket \(daemon.socketPath) mode 600 level admin",
                "defaults",
                "    mode tcp",
                "    option dontlognull",
                "    option redispatch",
                "    retries 3",
                "    timeout connect 5s",
                "    timeout client 1h",
                "    timeout server 1h",
            ] + options.proxyLines + [
                "pair galera-vip",
                node(0),
                node(1),
                "    secret-file \(keyPath(of: daemons[0] === daemon ? 0 : 1))",
            ] + options.virtualAddresses.map { "    virtual-ip \($0) dev eth1" }
            + options.pairLines.map { "    " + $0 }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Starts both and waits until exactly one holds the virtual IP.
    package func start() throws {
        for daemon in daemons { try daemon.start() }
        for daemon in daemons { try daemon.waitUntilReady() }
        guard try waitForHolder(timeout: .seconds(10)) != nil else {
            throw LabError("no node took the virtual IP:\n" + daemons.map(\.log).joined())
        }
    }

    /// Which of the two kernels have the virtual IP now.
    package func holders() throws -> [Int] {
        try daemons.indices.filter {
            try daemons[$0].host.addresses().contains(HostPlan.virtualAddress)
        }
    }

    /// Waits until exactly one node has it, other than `other`.
    /// - Returns: its index, or `nil` if that did not come about in time.
    package func waitForHolder(
        otherThan other: Int? = nil,
        timeout: Duration
    ) throws -> Int? {
        var holder: Int?
        let found = try Patience.wait(timeout) {
            let holders = try self.holders()
            guard holders.count == 1, holders[0] != other else { return false }
            holder = holders[0]
            return true
        }
        return found ? holder : nil
    }
}
