internal import Glibc
internal import LinuxIO
package import Primitives
internal import Synchronization

/// One `mariadbd` of a `GaleraCluster`.
package final class GaleraNode: Sendable {
    package let host: LabHost
    let dataDirectory: String
    private let socket: String
    private let log: String
    private let members: String
    private let process = Mutex<ChildProcess?>(nil)

    package var name: String { host.name }
    package var endpoint: Endpoint { Endpoint(host.address, 3306) }

    init(_ host: LabHost, directory: String, members: [LabHost]) {
        self.host = host
        dataDirectory = "\(directory)/\(host.name)"
        socket = "\(directory)/\(host.name).sock"
        log = "\(directory)/\(host.name).log"
        self.members = members.map { "\($0.address)" }.joined(separator: ",")
    }

    /// Settings for a server that starts in a moment and promises nothing after a power cut.
    static let smallServer = [
        "--innodb-flush-method=nosync", "--innodb-flush-log-at-trx-commit=0",
        "--innodb-log-file-size=4M", "--innodb-buffer-pool-size=16M",
        "--innodb-buffer-pool-dump-at-shutdown=off", "--aria-pagecache-buffer-size=1M",
        "--key-buffer-size=1M", "--performance-schema=off",
    ]

    private static let provider = "/usr/lib/galera/libgalera_smm.so"

    /// Starts the server and waits until it is a synced member (`wsrep_local_state` 4).
    /// - Parameters:
    ///   - bootstrap: begins a new cluster instead of joining the others.
    ///   - offTheNetwork: listens on its Unix socket only.
    func start(bootstrap: Bool, offTheNetwork: Bool = false) throws {
        let output = OwnedDescriptor(
            adopting: try SystemCall.run("open", log) {
                unsafe open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
            }
        )
        let cluster = bootstrap ? ["gcomm://", "--wsrep-new-cluster"] : ["gcomm://\(members)"]
        let child = try host.spawn(
            "mariadbd",
            [
                "--no-defaults", "--user=mysql", "--datadir=\(dataDirectory)",
                "--socket=\(socket)", "--pid-file=\(socket).pid", "--port=3306",
                "--skip-name-resolve", "--max-connections=1000", "--binlog-format=ROW",
                "--default-storage-engine=InnoDB", "--innodb-autoinc-lock-mode=2",
                "--wsrep-on=ON", "--wsrep-provider=\(Self.provider)",
                "--wsrep-provider-options=gcache.size=8M", "--wsrep-cluster-name=lab",
                "--wsrep-sst-method=rsync", "--wsrep-node-name=\(name)",
                "--wsrep-node-address=\(host.address)", "--wsrep-cluster-address=\(cluster[0])",
            ] + cluster.dropFirst() + Self.smallServer
                + (offTheNetwork ? ["--skip-networking"] : []),
            descriptors: [1: output.raw, 2: output.raw]
        )
        process.withLock { $0 = child }
        let isUp = Patience.wait(GaleraCluster.patience) {
            child.tryWait() != nil || isSynced
        }
        guard isUp, child.tryWait() == nil else {
            throw LabError("\(name) did not become a synced member:\n\(logTail())")
        }
    }

    /// Starts a node again that was killed or shut down; it joins the others.
    package func rejoin() throws {
        try start(bootstrap: false)
    }

    /// Whether it says of itself that it is in step with the cluster.
    package var isSynced: Bool {
        guard unsafe access(socket, F_OK) == 0 else { return false }
        let state = try? query("show status like 'wsrep_local_state'")
        return state == "wsrep_local_state\t4\n"
    }

    /// Runs statements as root over the Unix socket and returns what the client prints: no header,
    /// columns apart by tabs.
    @discardableResult
    package func query(_ statements: String) throws -> String {
        try Command.check(
            "mariadb",
            ["--no-defaults", "-u", "root", "-S", socket, "--batch", "-N", "-e", statements]
        )
    }

    /// Ends the server in good order, as an operator would.
    package func shutDown() throws {
        guard let child = process.withLock({ $0 }) else { return }
        child.kill(SIGTERM)
        guard let status = child.wait(timeout: GaleraCluster.patience), status.isSuccess else {
            throw LabError("\(name) did not shut down:\n\(logTail())")
        }
    }

    /// kill -9 of the server and what it started.
    package func kill() {
        guard let child = process.withLock({ $0 }) else { return }
        child.killGroup(SIGKILL)
        child.wait()
    }

    /// The last lines of its log.
    package func logTail(lines: Int = 30) -> String {
        let text = (try? TextFile.read(log)) ?? "\(log) cannot be read"
        return text.split(separator: "\n", omittingEmptySubsequences: false).suffix(lines)
            .joined(separator: "\n")
    }
}
