internal import Primitives

/// What a worker needs to know of a frontend while sessions run. Plain old data; 0 milliseconds:
/// never.
struct FrontendSettings {
    var clientTimeout: UInt32 = 0
    var clientFinTimeout: UInt32 = 0
}

/// What a worker needs to know of a backend while sessions run. Plain old data; 0 milliseconds:
/// never.
@safe struct BackendSettings {
    var connectTimeout: UInt32 = 0
    var queueTimeout: UInt32 = 0
    var serverTimeout: UInt32 = 0
    var serverFinTimeout: UInt32 = 0
    var tunnelTimeout: UInt32 = 0
    var retries: UInt8 = 0
    var redispatches = false
    /// One for each possible server, mapped when the backend is first seen.
    var servers: TrafficPointer?
    /// Servers in rows from here on never had a session. Read by other threads as counters are.
    var usedServers: UInt64 = 0
}

extension FrontendSettings {
    init(_ plan: FrontendPlan) {
        clientTimeout = plan.clientTimeout.wheelMilliseconds
        clientFinTimeout = plan.clientFinTimeout.wheelMilliseconds
    }
}

extension BackendSettings {
    /// Takes over a plan; what is counted stays.
    mutating func adopt(_ plan: BackendPlan) {
        connectTimeout = plan.connectTimeout.wheelMilliseconds
        queueTimeout = plan.queueTimeout.wheelMilliseconds
        serverTimeout = plan.serverTimeout.wheelMilliseconds
        serverFinTimeout = plan.serverFinTimeout.wheelMilliseconds
        tunnelTimeout = plan.tunnelTimeout.wheelMilliseconds
        retries = plan.retries
        redispatches = plan.redispatches
    }
}

extension Optional<Duration> {
    /// Half the range of the wrapping clock at most (24 days, HAProxy's limit as well), 0 for
    /// `nil`.
    fileprivate var wheelMilliseconds: UInt32 {
        guard let duration = self else { return 0 }
        return UInt32(clamping: Swift.max(1, Swift.min(duration.milliseconds, Int64(Int32.max))))
    }
}
