internal import CBench
internal import Glibc

/// Client, proxy and server: three network namespaces in a row, joined by virtual cables. The
/// machine's own network is not touched.
///
///     client 10.77.1.1 ── 10.77.1.2 proxy 10.77.2.2 ── 10.77.2.1 server
///
/// The proxy's kernel forwards too, for those who go without a balancer.
final class Network {
    static let proxyAddress = "10.77.1.2"
    /// The server's; the others are for the further nodes of the database cluster.
    static let serverAddresses = ["10.77.2.1", "10.77.2.11", "10.77.2.12"]

    let client: String
    let proxy: String
    let server: String
    private var namespaces: [String] { [client, proxy, server] }

    init() throws {
        let prefix = "hbench\(getpid())-"
        client = prefix + "client"
        proxy = prefix + "proxy"
        server = prefix + "server"
        try Self.sweep()
        for namespace in namespaces { try Command.run(["ip", "netns", "add", namespace]) }
        try connect(client, "10.77.1.1", proxy, "10.77.1.2", "10.77.1.0/24", cable: "a")
        try connect(proxy, "10.77.2.2", server, "10.77.2.1", "10.77.2.0/24", cable: "b")
        for address in Self.serverAddresses.dropFirst() {
            try ip(server, "address add \(address)/32 dev b1")
        }
        try ip(client, "route add default via 10.77.1.2 \(Self.congestionControl)")
        try ip(server, "route add default via 10.77.2.2 \(Self.congestionControl)")
        for namespace in namespaces {
            try ip(namespace, "link set lo up")
            try setKernel(in: namespace)
        }
        // Whoever opens sockets from here is a client.
        try enter(client)
    }

    deinit { close() }

    /// Kills all that runs in the namespaces and removes them. What cannot be removed is left for
    /// the next run's sweep.
    func close() {
        for namespace in namespaces { try? Self.remove(namespace) }
    }

    private func connect(
        _ left: String,
        _ leftAddress: String,
        _ right: String,
        _ rightAddress: String,
        _ segment: String,
        cable: String
    ) throws {
        try ip(left, "link add \(cable)0 type veth peer name \(cable)1 netns \(right)")
        for (namespace, end, address) in [
            (left, "\(cable)0", leftAddress), (right, "\(cable)1", rightAddress),
        ] {
            try ip(namespace, "address add \(address)/32 dev \(end)")
            try ip(namespace, "link set \(end) up")
            let source = "src \(address) \(Self.congestionControl)"
            try ip(namespace, "route add \(segment) dev \(end) \(source)")
        }
    }

    /// One congestion control for all: what the machine prefers (it may be bbr, whose pacing doubles
    /// the CPU of bulk over a virtual cable) must not decide. By the routes, because a namespace
    /// may set only those as its default that the machine allows.
    private static let congestionControl = "congctl cubic"

    /// Ports below 10000 stay for listeners.
    private static let kernelSettings = [
        ("net/ipv4/ip_local_port_range", "10000 65535"),
        ("net/ipv4/tcp_tw_reuse", "1"),
        ("net/ipv4/tcp_max_syn_backlog", "16384"),
        ("net/core/somaxconn", "16384"),
        ("net/ipv4/ip_forward", "1"),
    ]

    private func setKernel(in namespace: String) throws {
        // /proc/sys/net is that of the thread that opens it.
        try enter(namespace)
        for (setting, value) in Self.kernelSettings {
            try System.write(value, to: "/proc/sys/\(setting)")
        }
    }

    private func enter(_ namespace: String) throws {
        guard unsafe bench_enter_namespace(namespace) == 0 else {
            throw BenchError("namespace \(namespace): \(System.reason())")
        }
    }

    private func ip(_ namespace: String, _ words: String) throws {
        try Command.run(["ip", "-n", namespace] + words.split(separator: " ").map(String.init))
    }

    /// Removes what runs that were killed have left: namespaces and folders whose process is gone.
    static func sweep() throws {
        for name in System.entries(of: "/run/netns") where isOrphan(name) { try remove(name) }
        for name in System.entries(of: "/tmp") where isOrphan(name) {
            try Command.run(["rm", "-rf", "--", "/tmp/\(name)"])
        }
    }

    private static func isOrphan(_ name: String) -> Bool {
        guard let pid = creator(of: name), pid != getpid() else { return false }
        return kill(pid, 0) != 0
    }

    /// The process that made what has this name.
    private static func creator(of name: String) -> Int32? {
        guard name.hasPrefix("hbench"), let end = name.firstIndex(of: "-") else { return nil }
        return Int32(name.dropFirst("hbench".count)[..<end])
    }

    /// Another run that goes on at this moment.
    static var otherRun: Int32? {
        System.entries(of: "/run/netns").compactMap(creator)
            .first { $0 != getpid() && kill($0, 0) == 0 }
    }

    /// All processes that live in a namespace but this one.
    static func processes(in namespace: String) throws -> [Int32] {
        try Command.run(["ip", "netns", "pids", namespace])
            .split(separator: "\n").compactMap { Int32($0) }.filter { $0 != getpid() }
    }

    static func killProcesses(_ pids: [Int32]) {
        for pid in pids { kill(pid, SIGKILL) }
    }

    private static func remove(_ namespace: String) throws {
        guard System.entries(of: "/run/netns").contains(namespace) else { return }
        for _ in 0..<200 {
            let pids = try processes(in: namespace)
            if pids.isEmpty { break }
            killProcesses(pids)
            usleep(5_000)
        }
        try Command.run(["ip", "netns", "delete", namespace])
    }
}
