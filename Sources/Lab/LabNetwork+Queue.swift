/// What all hosts of the lab share, and real hosts do not.
extension LabNetwork {
    private static let queueLimit = "/proc/sys/net/core/netdev_max_backlog"

    /// Runs `body` with room for 50 000 frames on their way through this machine, and puts the
    /// limit back.
    ///
    /// The queue of a CPU takes 1000 frames by default (`net.core.netdev_max_backlog`), of all
    /// hosts together: what the ends of thousands of connections push out of it would be counted
    /// as an outage of the client that watches.
    package static func withDeepQueue<Result>(_ body: () throws -> Result) throws -> Result {
        let before = try TextFile.read(queueLimit)
        try TextFile.write("50000", to: queueLimit)
        defer { try? TextFile.write(before, to: queueLimit) }
        return try body()
    }
}
