internal import CLinux
internal import Glibc
package import LinuxIO
package import Primitives
internal import Synchronization

/// One host of a `LabNetwork`: a network namespace with `lo` and `eth1`, and what runs in it.
///
/// It is a namespace of the network only: files, processes and clocks are those of the machine. It
/// stays in being while the network is open. All methods may be called from any thread.
package final class LabHost: Sendable {
    package let plan: HostPlan
    /// The name of the namespace, as `ip netns` prints it.
    package let namespace: String
    private let descriptor: OwnedDescriptor
    private let children = Mutex<[ChildProcess]>([])

    package var name: String { plan.name }
    package var address: IPAddress { plan.address }

    init(_ plan: HostPlan, namespace: String) throws(SystemError) {
        self.plan = plan
        self.namespace = namespace
        let path = "/run/netns/\(namespace)"
        descriptor = OwnedDescriptor(
            adopting: try SystemCall.run("open", path) {
                unsafe open(path, O_RDONLY | O_CLOEXEC)
            }
        )
    }

    /// Starts a program in this host, in a process group of its own; it is killed with the network
    /// at the latest. The pid is the program's own.
    /// - Parameter descriptors: Number in the child to number here, as in `ChildProcess.spawn`.
    package func spawn(
        _ program: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        descriptors: [Int32: Int32] = [:]
    ) throws(SystemError) -> ChildProcess {
        // `ip netns exec` replaces itself by the program, and gives it a /sys and an /etc/hosts of
        // the namespace, which a bare setns would not.
        let child = try ChildProcess.spawn(
            "ip",
            ["netns", "exec", namespace, program] + arguments,
            environment: environment,
            descriptors: descriptors,
            newProcessGroup: true
        )
        children.withLock { children in
            children.removeAll { $0.tryWait() != nil }
            children.append(child)
        }
        return child
    }

    /// Runs a program in this host to its end.
    package func run(_ program: String, _ arguments: [String] = []) throws -> Command.Result {
        try Command.run("ip", ["netns", "exec", namespace, program] + arguments)
    }

    /// Starts a thread in this host: the sockets it opens belong to the host for ever.
    package func startThread(
        name: String,
        _ body: @escaping @Sendable () -> Void
    ) throws(SystemError) -> Thread {
        try Thread.start(name: name) {
            let result = hb_enter_network_namespace(self.descriptor.raw)
            // The descriptor is a namespace's, and without root it could not have been made.
            precondition(result == 0, "could not enter a namespace of our own")
            body()
        }
    }

    /// Runs `body` in this host and waits for it.
    package func inside<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) throws -> Value {
        let outcome = Outcome<Value>()
        try startThread(name: "hb-inside") { outcome.set(Result(catching: body)) }.join()
        return try outcome.get()
    }

    /// Every IPv4 and IPv6 address of `eth1` and `lo` at this moment.
    package func addresses() throws -> Set<IPAddress> {
        try inside { Set(try HostInterface.all().flatMap(\.addresses).map(\.address)) }
    }

    /// Adds an address to `eth1`, as an operator would by hand.
    package func addAddress(_ address: IPAddress) throws {
        try changeAddress("add", address)
    }

    /// Removes an address from `eth1` behind the back of whoever set it.
    package func removeAddress(_ address: IPAddress) throws {
        try changeAddress("del", address)
    }

    private func changeAddress(_ verb: String, _ address: IPAddress) throws {
        let prefix = "\(address)/\(address.hostPrefixLength)"
        try LabNetwork.ip(namespace, ["address", verb, prefix, "dev", "eth1"])
    }

    /// Writes a setting under `/proc/sys`, such as `net/ipv4/conf/eth1/arp_ignore`.
    package func setKernel(_ setting: String, _ value: String) throws {
        try inside { try TextFile.write(value, to: "/proc/sys/\(setting)") }
    }

    /// Kills every process of this host at one instant, as a power cut would, and reaps its own.
    package func killEverything() throws {
        // Those started a moment ago may not have entered the namespace yet.
        let started = children.withLock { children in children }
        for child in started { child.killGroup(SIGKILL) }
        try NamespaceName.killProcesses(in: namespace)
        for child in started { child.wait() }
    }
}

/// Carries a result out of a thread that has been joined.
private final class Outcome<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)

    func set(_ value: Result<Value, any Error>) {
        result.withLock { $0 = value }
    }

    func get() throws -> Value {
        guard let result = result.withLock({ $0 }) else {
            preconditionFailure("read before the thread was joined")
        }
        return try result.get()
    }
}
