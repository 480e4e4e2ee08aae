/// Who is measured: a balancer with its settings, or none.
struct Contender: Hashable {
    enum Kind: Hashable {
        /// The client speaks to the server itself; the proxy's kernel forwards.
        case none
        case haproxy(splice: Bool)
        /// The value of `tune.engine`; `nil`: not set, for versions that do not know it.
        case haBalancer(engine: String?)
    }

    let name: String
    let kind: Kind
    let threads: Int

    /// One thread on a CPU of its own: what it costs is not blurred by moves between CPUs.
    var isPinned: Bool { threads == 1 }

    /// All that there are on this machine, those with one thread first.
    static let all: [Contender] = {
        let kinds: [(String, Kind)] = [
            ("haproxy", .haproxy(splice: false)), ("splice", .haproxy(splice: true)),
            ("ha-balancer", .haBalancer(engine: nil)),
            ("epoll", .haBalancer(engine: "epoll")), ("io_uring", .haBalancer(engine: "io_uring")),
        ]
        var contenders = [Contender(name: "none", kind: .none, threads: 1)]
        for threads in Set([1, System.cpuCount]).sorted() {
            for (name, kind) in kinds {
                let suffix = threads == 1 ? "" : "-\(threads)"
                contenders.append(Contender(name: name + suffix, kind: kind, threads: threads))
            }
        }
        return contenders
    }()

    /// Those that are measured unless others are asked for.
    static let usual = all.filter { $0.kind != .haBalancer(engine: nil) }

    /// The one whose figures are 1.00 in the table that `name` is in: HAProxy with as many threads.
    static func reference(for name: String) -> String {
        guard let suffix = threadSuffix(of: name) else { return "haproxy" }
        return "haproxy" + suffix
    }

    /// `-2` of `epoll-2`.
    static func threadSuffix(of name: String) -> Substring? {
        guard let dash = name.lastIndex(of: "-"), Int(name[dash...].dropFirst()) != nil else {
            return nil
        }
        return name[dash...]
    }
}
