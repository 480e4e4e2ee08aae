/// One kind of memory that is kept for use: a line of `show pools`.
package struct PoolReport: Sendable {
    let name: String
    /// Of one.
    let bytes: Int
    let allocated: Int
    let used: Int

    package init(name: String, bytes: Int, allocated: Int, used: Int) {
        self.name = name
        self.bytes = bytes
        self.allocated = allocated
        self.used = used
    }

    /// HAProxy's form without what there is not: caches of threads, addresses, a flush by signal.
    static func text(_ pools: [PoolReport]) -> String {
        let sums = pools.map { ($0.allocated * $0.bytes, $0.used * $0.bytes) }
        return "Dumping pools usage.\n" + pools.map(\.line).joined()
            + "Total: \(pools.count) pools, \(sums.map(\.0).reduce(0, +)) bytes allocated,"
            + " \(sums.map(\.1).reduce(0, +)) used.\n"
    }

    private var line: String {
        "  - Pool \(name) (\(bytes) bytes) : \(allocated) allocated"
            + " (\(allocated * bytes) bytes), \(used) used\n"
    }
}
