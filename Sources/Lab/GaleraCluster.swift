internal import LinuxIO

/// A real MariaDB Galera cluster of three in the database hosts of a `LabNetwork`, run as user
/// mysql.
///
/// All nodes start from copies of one data directory that a first server filled and left in good
/// order, so that those who join need the changes since then only (IST) and not all of it.
/// Everything lies in a temporary directory that goes with the cluster. Needs Debian's
/// mariadb-server, galera-4 and rsync.
package final class GaleraCluster: Sendable {
    /// The application's account; it may log in from both balancers and from the virtual address.
    package static let user = "app"
    package static let password = "article"
    /// An account without a password, for `SessionHolder`.
    package static let probeUser = "probe"
    /// How long a node may take to become a synced member.
    package static let patience = Duration.seconds(40)

    package let nodes: [GaleraNode]
    private let directory: TemporaryDirectory

    /// Starts the cluster and waits until all three are synced members.
    /// - Parameter grants: a file of SQL that is run before the cluster starts, such as
    ///   `deploy/grants.sql`; without one the accounts are made for 10.0.0.10, .11 and .100.
    /// - Throws: `LabError` with the end of the log of the node that did not come up.
    package init(in network: LabNetwork, grants: String? = nil) throws {
        let directory = try TemporaryDirectory("galera")
        self.directory = directory
        try Command.check("chown", ["mysql:", directory.path])
        let hosts = HostPlan.galera.map { network[$0] }
        nodes = hosts.map { GaleraNode($0, directory: directory.path, members: hosts) }
        try makeTemplate(on: nodes[0], grants: grants)
        // One after the other: two that join at once make each other wait for 5 s more.
        try nodes[0].start(bootstrap: true)
        for node in nodes.dropFirst() { try node.start(bootstrap: false) }
        for node in nodes {
            let size = try node.query("show status like 'wsrep_cluster_size'")
            guard size.contains("\t3") else {
                throw LabError("\(node.name) is not one of three: \(size)\n\(node.logTail())")
            }
        }
    }

    deinit { stop() }

    /// Kills the nodes; nobody reads their data again.
    package func stop() {
        for node in nodes { node.kill() }
    }

    /// Fills the first node's directory and copies it for the others.
    private func makeTemplate(on first: GaleraNode, grants: String?) throws {
        try Command.check(
            "mariadb-install-db",
            [
                "--no-defaults", "--user=mysql", "--datadir=\(first.dataDirectory)",
                "--auth-root-authentication-method=normal", "--skip-test-db",
            ] + GaleraNode.smallServer
        )
        try first.start(bootstrap: true, offTheNetwork: true)
        try first.query(Self.accounts)
        if let grants { try first.query("source \(grants)") }
        try first.shutDown()
        for node in nodes.dropFirst() {
            try Command.check("cp", ["-a", first.dataDirectory, node.dataDirectory])
        }
    }

    /// Balanced sessions come from the virtual address, checks from the nodes' own.
    private static let accounts =
        ["10.0.0.10", "10.0.0.11", "10.0.0.100"].map { host in
            """
            create or replace user 'haproxy'@'\(host)';
            create or replace user '\(user)'@'\(host)' identified by '\(password)';
            create or replace user '\(probeUser)'@'\(host)';
            grant all on lab.* to '\(user)'@'\(host)';
            """
        }.joined(separator: "\n") + "\ncreate database lab;"
}
