internal import BalancerCore
internal import CLinux

/// What one worker counts for one frontend, backend or server. Written by the worker only; any
/// thread reads the fields, each by itself, through `hb_counter_read`.
struct TrafficCounters {
    var current: UInt64 = 0
    var total: UInt64 = 0
    var bytesIn: UInt64 = 0
    var bytesOut: UInt64 = 0
    var clientAborts: UInt64 = 0
    var serverAborts: UInt64 = 0
    var connectErrors: UInt64 = 0
    /// Of a frontend, by `tcp-request connection` and by `tcp-request content`.
    var deniedConnections: UInt64 = 0
    var deniedSessions: UInt64 = 0
    /// Connections of a frontend whose PROXY header was none.
    var failedHeaders: UInt64 = 0
    var retries: UInt64 = 0
    var redispatches: UInt64 = 0
    /// Sessions that began in second `rateSecond` of the monotonic clock, and in the one before.
    var rateSecond: UInt64 = 0
    var rateCurrent: UInt64 = 0
    var ratePrevious: UInt64 = 0
}

typealias TrafficPointer = UnsafeMutablePointer<TrafficCounters>

func countStart(_ counters: TrafficPointer, second: UInt64) {
    unsafe countArrival(counters)
    unsafe countSession(counters, second: second)
}

/// A connection has come that is no session yet.
func countArrival(_ counters: TrafficPointer) {
    unsafe hb_counter_add(&counters.pointee.current, 1)
}

/// What was counted as it came is a session.
func countSession(_ counters: TrafficPointer, second: UInt64) {
    unsafe hb_counter_add(&counters.pointee.total, 1)
    if unsafe counters.pointee.rateSecond != second {
        let follows = unsafe counters.pointee.rateSecond &+ 1 == second
        unsafe hb_counter_set(
            &counters.pointee.ratePrevious,
            follows ? counters.pointee.rateCurrent : 0
        )
        unsafe hb_counter_set(&counters.pointee.rateCurrent, 0)
        unsafe hb_counter_set(&counters.pointee.rateSecond, second)
    }
    unsafe hb_counter_add(&counters.pointee.rateCurrent, 1)
}

func countEnd(_ counters: TrafficPointer, _ cause: TerminationCode.Cause) {
    unsafe hb_counter_add(&counters.pointee.current, .max)  // minus one
    if cause == .clientAbort { unsafe hb_counter_add(&counters.pointee.clientAborts, 1) }
    if cause == .serverAbort { unsafe hb_counter_add(&counters.pointee.serverAborts, 1) }
}
