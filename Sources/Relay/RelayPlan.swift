internal import Primitives

/// What the relay does: plain values, made from the configuration. A reload makes a new one.
package struct RelayPlan: Sendable {
    package var frontends: [FrontendPlan]
    package var backends: [BackendPlan]
    /// Worker threads, 1...64. Fixed when the engine starts; a reload cannot change it.
    package var threads: Int
    /// `tune.engine`. Fixed when the engine starts, as `threads`.
    package var engine: EngineChoice
    /// `maxconn` of the global section: sessions of all frontends together.
    package var maxConnections: Int
    /// Where sessions that came in on a virtual address connect from.
    package var virtualSources: [VirtualSource]
    /// A worker shows its pulse at least this often, also when idle; `nil`: only when it has work.
    package var pulseInterval: Duration?
    /// With io_uring: the small pieces of data after which a session streams.
    package var streamsAfter: UInt8 = RelayLimits.calmStart
    /// Bulk data is moved by `splice(2)`, without copying it through the program.
    package var splicesBulk: Bool

    package init(
        frontends: [FrontendPlan],
        backends: [BackendPlan],
        threads: Int = 1,
        engine: EngineChoice = .auto,
        maxConnections: Int = 2000,
        virtualSources: [VirtualSource] = [],
        pulseInterval: Duration? = nil,
        splicesBulk: Bool = true
    ) {
        precondition((1...RelayLimits.workers).contains(threads), "\(threads) threads")
        precondition(maxConnections > 0, "a relay for no connections")
        self.frontends = frontends
        self.backends = backends
        self.threads = threads
        self.engine = engine
        self.maxConnections = maxConnections
        self.virtualSources = virtualSources
        self.pulseInterval = pulseInterval
        self.splicesBulk = splicesBulk
    }
}
