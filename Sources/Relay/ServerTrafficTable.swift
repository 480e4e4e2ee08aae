internal import BalancerCore
internal import LinuxIO

/// Counters for every server that a backend can have, by `ServerID.index`: mapped, so that only the
/// rows of servers that exist cost memory.
private let rows = BalancerLimits.serversPerBackend

func mapServerTraffic() throws(SystemError) -> TrafficPointer {
    // All zero is `TrafficCounters()`.
    unsafe try mapMemory(bytes: rows * MemoryLayout<TrafficCounters>.stride)
        .bindMemory(to: TrafficCounters.self, capacity: rows)
}

func unmapServerTraffic(_ table: TrafficPointer) {
    unsafe unmapMemory(table, bytes: rows * MemoryLayout<TrafficCounters>.stride)
}
