internal import Glibc

/// One `mariadbd` of a `GaleraCluster`.
final class GaleraNode {
    let dataFolder: String
    let socket: String
    private let name: String
    private let address: String
    private let log: String
    private let namespace: String
    private var process: Child?

    init(_ name: String, address: String, folder: String, namespace: String) {
        self.name = name
        self.address = address
        self.namespace = namespace
        dataFolder = "\(folder)/\(name)"
        socket = "\(folder)/\(name).sock"
        log = "\(folder)/\(name).log"
    }

    /// A server that promises nothing after a power cut: what is measured is not the disk.
    static let settings = [
        "--innodb-flush-method=nosync", "--innodb-flush-log-at-trx-commit=0",
        "--innodb-log-file-size=48M", "--innodb-buffer-pool-size=96M",
        "--innodb-buffer-pool-dump-at-shutdown=off", "--performance-schema=off",
    ]

    /// Starts the server and waits until it is a synced member.
    /// - Parameter members: addresses of the cluster to join; none: it begins one.
    func start(members: [String], isOffTheNetwork: Bool = false) throws {
        let provider = "gmcast.listen_addr=tcp://\(address):4567;ist.recv_addr=\(address):4568"
        let child = try Child(
            [
                "mariadbd", "--no-defaults", "--user=mysql", "--datadir=\(dataFolder)",
                "--socket=\(socket)", "--pid-file=\(socket).pid", "--port=3306",
                "--bind-address=\(address)", "--skip-name-resolve", "--max-connections=1000",
                "--binlog-format=ROW", "--default-storage-engine=InnoDB",
                "--innodb-autoinc-lock-mode=2", "--wsrep-on=ON",
                "--wsrep-provider=/usr/lib/galera/libgalera_smm.so",
                "--wsrep-provider-options=gcache.size=64M;\(provider)",
                "--wsrep-cluster-name=bench", "--wsrep-sst-method=rsync",
                "--wsrep-node-name=\(name)", "--wsrep-node-address=\(address)",
                "--wsrep-sst-receive-address=\(address):4444",
                "--wsrep-cluster-address=gcomm://\(members.joined(separator: ","))",
            ] + (members.isEmpty ? ["--wsrep-new-cluster"] : []) + Self.settings
                + (isOffTheNetwork ? ["--skip-networking"] : []),
            in: Child.Place(namespace: namespace),
            log: log
        )
        process = child
        let isUp = try System.wait(seconds: 60) { try child.hasEnded || isSynced() }
        guard isUp, !child.hasEnded else {
            let tail = (System.read(log) ?? "").split(separator: "\n").suffix(30)
            throw BenchError("\(name) is no synced member:\n\(tail.joined(separator: "\n"))")
        }
    }

    private func isSynced() throws -> Bool {
        guard unsafe access(socket, F_OK) == 0 else { return false }
        let (status, output) = try query("show status like 'wsrep_local_state'")
        return status == 0 && output == "wsrep_local_state\t4\n"
    }

    @discardableResult
    func query(_ statements: String) throws -> (status: Int32, output: String) {
        try Command.attempt(
            ["mariadb", "--no-defaults", "-u", "root", "-S", socket, "-BN", "-e", statements]
        )
    }

    /// Ends it in good order.
    func shutDown() throws {
        process?.signal(SIGTERM)
        guard try process?.wait(seconds: 60) ?? true else {
            throw BenchError("\(name) does not shut down")
        }
    }

    func kill() { process?.kill() }
}
