internal import Primitives

/// The counters of all workers, added up. The numbers are read one by one while the workers go on:
/// each is right, their sums may differ by what happened in between.
package struct RelayStatistics: Sendable {
    package struct Frontend: Sendable {
        package var name: String
        package var traffic: TrafficStatistics
        /// The most sessions at a time since the start: `smax`.
        package var peak: Int
        /// The most connections that came in a second: `conn_rate_max`.
        package var busiestSecond: Int
        package var maxConnections: Int
        package var standing: FrontendStanding
    }

    package struct Backend: Sendable {
        package var name: String
        package var traffic: TrafficStatistics
        /// By `ServerID.index`; servers that never had a session may be missing at the end.
        package var servers: [TrafficStatistics]
    }

    package var frontends: [Frontend]
    package var backends: [Backend]
    /// Sessions of the process now.
    package var sessions = 0
    package var maxConnections: Int
    /// The most connections that came in a second, on all frontends.
    package var busiestSecond: Int
    /// How often accepting paused because a `maxconn` was reached.
    package var limitPauses: UInt64 = 0
    /// How often a worker ran out of descriptors or socket memory: one line in the log for each.
    package var exhaustions: UInt64 = 0
    /// Finished sessions that were not reported because `drainRecords` was called too rarely.
    package var recordsDropped: UInt64 = 0
    /// Bytes that were moved without being copied through the program.
    package var splicedBytes: UInt64 = 0
    /// How often a session began to stream: data moved by completions (io_uring).
    package var streamStarts: UInt64 = 0
    /// Buffers that hold data for a slow receiver now.
    package var heldBuffers: UInt64 = 0
}

extension RelayStatistics {
    /// Takes away what was counted before.
    mutating func subtract(_ earlier: RelayStatistics) {
        for (slot, frontend) in earlier.frontends.enumerated() {
            frontends[slot].traffic.subtract(frontend.traffic)
        }
        for (slot, backend) in earlier.backends.enumerated() {
            backends[slot].traffic.subtract(backend.traffic)
            for (index, server) in backend.servers.enumerated() {
                backends[slot].servers[index].subtract(server)
            }
        }
    }
}
