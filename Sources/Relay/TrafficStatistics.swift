internal import CLinux
internal import Primitives

/// What the workers counted for one frontend, backend or server, added up.
package struct TrafficStatistics: Sendable, Equatable {
    /// Sessions now. For a server: those that were assigned to it.
    package var current = 0
    /// Sessions since the start. For a server: assignments, retries at another server included.
    package var total: UInt64 = 0
    /// From clients. Counted as it is read, while sessions last.
    package var bytesIn: UInt64 = 0
    /// From servers.
    package var bytesOut: UInt64 = 0
    /// Sessions that ended because the client reset or went away: `cli_abrt`.
    package var clientAborts: UInt64 = 0
    /// Sessions that ended because the server reset: `srv_abrt`.
    package var serverAborts: UInt64 = 0
    /// Sessions that found no server: `econ`.
    package var connectErrors: UInt64 = 0
    /// Connections that `tcp-request connection reject` reset: `dcon`.
    package var deniedConnections: UInt64 = 0
    /// Sessions that `tcp-request content reject` ended: `dreq`.
    package var deniedSessions: UInt64 = 0
    /// Connections whose PROXY header was late, broken or missing: `ereq`.
    package var failedHeaders: UInt64 = 0
    package var retries: UInt64 = 0
    package var redispatches: UInt64 = 0
    /// Connections that were accepted, whatever became of them: `conn_tot`.
    package var connections: UInt64 { total &+ deniedConnections &+ failedHeaders }
    /// Sessions begun in the last second: those of this second and a share of the one before.
    package var rate = 0

    package init() {}

    mutating func add(_ counters: TrafficPointer, now: Instant) {
        unsafe current &+= Int(truncatingIfNeeded: hb_counter_read(&counters.pointee.current))
        unsafe total &+= hb_counter_read(&counters.pointee.total)
        unsafe bytesIn &+= hb_counter_read(&counters.pointee.bytesIn)
        unsafe bytesOut &+= hb_counter_read(&counters.pointee.bytesOut)
        unsafe clientAborts &+= hb_counter_read(&counters.pointee.clientAborts)
        unsafe serverAborts &+= hb_counter_read(&counters.pointee.serverAborts)
        unsafe connectErrors &+= hb_counter_read(&counters.pointee.connectErrors)
        unsafe deniedConnections &+= hb_counter_read(&counters.pointee.deniedConnections)
        unsafe deniedSessions &+= hb_counter_read(&counters.pointee.deniedSessions)
        unsafe failedHeaders &+= hb_counter_read(&counters.pointee.failedHeaders)
        unsafe retries &+= hb_counter_read(&counters.pointee.retries)
        unsafe redispatches &+= hb_counter_read(&counters.pointee.redispatches)
        unsafe rate += Self.rate(counters, now: now)
    }

    /// Takes away what was counted before; `current` and `rate` are of now.
    mutating func subtract(_ earlier: TrafficStatistics) {
        total &-= earlier.total
        bytesIn &-= earlier.bytesIn
        bytesOut &-= earlier.bytesOut
        clientAborts &-= earlier.clientAborts
        serverAborts &-= earlier.serverAborts
        connectErrors &-= earlier.connectErrors
        deniedConnections &-= earlier.deniedConnections
        deniedSessions &-= earlier.deniedSessions
        failedHeaders &-= earlier.failedHeaders
        retries &-= earlier.retries
        redispatches &-= earlier.redispatches
    }

    private static func rate(_ counters: TrafficPointer, now: Instant) -> Int {
        let second = UInt64(now.nanoseconds / 1_000_000_000)
        let current = unsafe Int(truncatingIfNeeded: hb_counter_read(&counters.pointee.rateCurrent))
        let previous = unsafe Int(
            truncatingIfNeeded: hb_counter_read(&counters.pointee.ratePrevious)
        )
        // What is left of this second is counted from the one before.
        let left = 1000 - Int(now.nanoseconds / 1_000_000 % 1000)
        switch unsafe second &- hb_counter_read(&counters.pointee.rateSecond) {
        case 0: return current + previous * left / 1000
        case 1: return current * left / 1000
        default: return 0
        }
    }
}
