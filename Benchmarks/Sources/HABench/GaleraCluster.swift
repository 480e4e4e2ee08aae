internal import Glibc

/// A MariaDB Galera cluster of three in the server's namespace, with the tables of sysbench.
///
/// All nodes start from copies of one data folder, so that those who join need next to nothing.
final class GaleraCluster {
    private let nodes: [GaleraNode]
    private let folder: String

    init(in network: Network, _ sysbench: Sysbench) throws {
        for program in ["mariadbd", "mariadb-install-db", "rsync", "sysbench"] {
            guard try Command.attempt(["which", program]).status == 0 else {
                throw BenchError("\(program) is missing: scripts/setup-debian.sh bench installs it")
            }
        }
        let folder = try System.makeTemporaryFolder()
        self.folder = folder
        try Command.run(["chown", "mysql:", folder])
        nodes = Network.serverAddresses.enumerated().map { index, address in
            GaleraNode(
                "node\(index + 1)",
                address: address,
                folder: folder,
                namespace: network.server
            )
        }
        try fill(nodes[0], sysbench)
        for node in nodes.dropFirst() {
            try Command.run(["cp", "-a", nodes[0].dataFolder, node.dataFolder])
        }
        // One after the other: two that join at once make each other wait.
        try nodes[0].start(members: [])
        for node in nodes.dropFirst() { try node.start(members: Network.serverAddresses) }
        let size = try nodes[0].query("show status like 'wsrep_cluster_size'").output
        guard size.hasSuffix("\t3\n") else { throw BenchError("the cluster is not three: \(size)") }
    }

    deinit { stop() }

    func stop() {
        for node in nodes { node.kill() }
        _ = try? Command.run(["rm", "-rf", "--", folder])
    }

    private func fill(_ first: GaleraNode, _ sysbench: Sysbench) throws {
        try Command.run(
            [
                "mariadb-install-db", "--no-defaults", "--user=mysql",
                "--datadir=\(first.dataFolder)", "--auth-root-authentication-method=normal",
                "--skip-test-db",
            ] + GaleraNode.settings
        )
        try first.start(members: [], isOffTheNetwork: true)
        try first.query(
            """
            create database sbtest;
            create user '\(Sysbench.user)'@'%'; grant all on sbtest.* to '\(Sysbench.user)'@'%';
            """
        )
        try sysbench.prepare(socket: first.socket)
        try first.shutDown()
    }
}
