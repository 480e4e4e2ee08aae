internal import Glibc
internal import LinuxIO
internal import Primitives
internal import Synchronization

/// Names of the lab's namespaces, `hb<pid>-<number>-<host>`, and what belongs to such a name.
enum NamespaceName {
    private static let counter = Atomic<Int>(0)

    /// A prefix that no other network of this or another process uses.
    static func makePrefix() -> String {
        let number = counter.wrappingAdd(1, ordering: .relaxed).oldValue
        return "hb\(getpid())-\(number)-"
    }

    /// The pid in a name of the lab, be it of a namespace or of a temporary directory.
    static func creator(of name: String) -> Int32? {
        guard name.hasPrefix("hb"), let end = name.firstIndex(of: "-") else { return nil }
        return Int32(name.dropFirst(2)[..<end])
    }

    /// Kills every process in a namespace and waits until they have left it. The own process is
    /// never among them: `ip netns pids` goes by the first thread.
    static func killProcesses(in namespace: String) throws {
        let deadline = Instant.now + .seconds(10)
        while true {
            let listed = try Command.check("ip", ["netns", "pids", namespace])
            let pids = listed.split(separator: "\n").compactMap { Int32($0) }
                .filter { $0 != getpid() }
            if pids.isEmpty { return }
            guard Instant.now < deadline else {
                throw LabError("processes of \(namespace) do not die: \(pids)")
            }
            for pid in pids { kill(pid, SIGKILL) }
            usleep(2_000)
        }
    }

    /// Removes a namespace with its processes and its files under `/etc/netns`.
    static func remove(_ namespace: String) throws {
        try killProcesses(in: namespace)
        try Command.check("ip", ["netns", "delete", namespace])
        try Command.check("rm", ["-rf", "--", "/etc/netns/\(namespace)"])
        // Fails while other networks have files there.
        _ = unsafe rmdir("/etc/netns")
    }

    /// Removes what runs that were killed have left: namespaces and temporary directories whose
    /// creator is gone.
    static func sweep() throws {
        for namespace in try entries(of: "/run/netns") where isOrphan(namespace) {
            try remove(namespace)
        }
        for directory in try entries(of: "/tmp") where isOrphan(directory) {
            try Command.check("rm", ["-rf", "--", "/tmp/\(directory)"])
        }
    }

    private static func isOrphan(_ name: String) -> Bool {
        guard let pid = creator(of: name) else { return false }
        return kill(pid, 0) == -1 && SystemError.last("kill").errno == ESRCH
    }

    private static func entries(of directory: String) throws -> [String] {
        let listed = try Command.run("ls", ["-1", directory])
        // The directory of the namespaces does not exist before the first one.
        guard listed.status.isSuccess else { return [] }
        return listed.standardOutput.split(separator: "\n").map(String.init)
    }
}
