internal import Glibc
internal import LinuxIO
package import Primitives
internal import Synchronization

/// One member of an etcd cluster, the arbiter of a pair. Needs Debian's etcd-server and
/// etcd-client (3.4).
///
/// It serves from `init` until `stop`, or until its owner lets go of it, and its data goes with it.
package final class EtcdServer: Sendable {
    /// How long a member may take until it serves clients.
    private static let patience = Duration.seconds(20)
    private static let loopback = IPAddress.v4(0x7F00_0001)

    package let name: String
    /// Where clients are served, over HTTP.
    package let endpoint: Endpoint
    private let peerEndpoint: Endpoint
    private let host: LabHost?
    private let directory: TemporaryDirectory
    private let process = Mutex<ChildProcess?>(nil)

    private var log: String { "\(directory.path)/\(name).log" }
    private var peerURL: String { "\(name)=http://\(peerEndpoint)" }

    /// A cluster of one on ports 2379 and 2380 of a host, ready to serve.
    package static func alone(on host: LabHost) throws -> EtcdServer {
        let server = try EtcdServer(
            host.name,
            Endpoint(host.address, 2379),
            Endpoint(host.address, 2380),
            on: host
        )
        try server.start()
        return server
    }

    /// A cluster on free ports of the machine's loopback, ready to serve.
    package static func cluster(of count: Int = 1) throws -> [EtcdServer] {
        // All at one time: a port that is given back may be given away again.
        let ports = try freePorts(2 * count)
        let servers = try (0..<count).map { index in
            try EtcdServer(
                "etcd\(index + 1)",
                Endpoint(loopback, ports[2 * index]),
                Endpoint(loopback, ports[2 * index + 1]),
                on: nil
            )
        }
        // A first member serves nobody before a majority is there.
        for server in servers { try server.launch(servers) }
        for server in servers { try server.waitUntilServing() }
        return servers
    }

    private init(
        _ name: String,
        _ endpoint: Endpoint,
        _ peerEndpoint: Endpoint,
        on host: LabHost?
    ) throws {
        self.name = name
        self.endpoint = endpoint
        self.peerEndpoint = peerEndpoint
        self.host = host
        directory = try TemporaryDirectory("etcd")
    }

    deinit { stop() }

    /// Starts a server again that was stopped; it has its data, and finds its cluster by them.
    package func start() throws {
        try launch([self])
        try waitUntilServing()
    }

    /// kill -9, as by a power cut.
    package func stop() {
        guard let child = process.withLock({ $0.take() }) else { return }
        child.killGroup(SIGKILL)
        child.wait()
    }

    /// Lets it stand still with its connections open, or go on.
    package func freeze(_ isFrozen: Bool = true) {
        process.withLock { $0 }?.killGroup(isFrozen ? SIGSTOP : SIGCONT)
    }

    /// Runs `etcdctl` beside this member, as an operator would.
    /// - Returns: what it prints
    @discardableResult
    package func control(_ words: String...) throws -> String {
        let arguments = ["--endpoints", "http://\(endpoint)"] + words
        guard let host else { return try Command.check("etcdctl", arguments) }
        let result = try host.run("etcdctl", arguments)
        guard result.status.isSuccess else { throw LabError("etcdctl: \(result.standardError)") }
        return result.standardOutput
    }

    /// - Parameter members: of the new cluster, where it has no data yet
    private func launch(_ members: [EtcdServer]) throws {
        let output = OwnedDescriptor(
            adopting: try SystemCall.run("open", log) {
                unsafe open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            }
        )
        let arguments = [
            "--name", name, "--data-dir", "\(directory.path)/data",
            "--listen-client-urls", "http://\(endpoint)",
            "--advertise-client-urls", "http://\(endpoint)",
            "--listen-peer-urls", "http://\(peerEndpoint)",
            "--initial-advertise-peer-urls", "http://\(peerEndpoint)",
            "--initial-cluster", members.map(\.peerURL).joined(separator: ","),
        ]
        let descriptors = [Int32(1): output.raw, 2: output.raw]
        let child =
            if let host {
                try host.spawn("etcd", arguments, descriptors: descriptors)
            } else {
                try ChildProcess.spawn(
                    "etcd",
                    arguments,
                    descriptors: descriptors,
                    newProcessGroup: true
                )
            }
        process.withLock { $0 = child }
    }

    private func waitUntilServing() throws {
        let child = process.withLock { $0 }
        let isServing = Patience.wait(Self.patience) {
            if child?.tryWait() != nil { return true }
            return (try? TextFile.read(log))?.contains("ready to serve client requests") == true
        }
        guard isServing, let child, child.tryWait() == nil else {
            let text = (try? TextFile.read(log)) ?? ""
            throw LabError("\(name) does not serve:\n\(text.suffix(2000))")
        }
    }

    private static func freePorts(_ count: Int) throws -> [UInt16] {
        var held: [Int32] = []
        defer { for raw in held { close(raw) } }
        return try (0..<count).map { _ in
            let socket = try Socket.bound(to: Endpoint(loopback, 0))
            let port = socket.localEndpoint?.port ?? 0
            held.append(socket.release().release())
            return port
        }
    }
}
