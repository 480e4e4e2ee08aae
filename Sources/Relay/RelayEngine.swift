package import BalancerCore
package import LinuxIO
package import Primitives
internal import Synchronization

/// See `RelayEngine.start`.
package typealias ConnectWeighing = @Sendable (Backend, ConnectEvidence) -> Void

/// The data plane: listeners, worker threads and their sessions.
///
/// Thread-safe. No call waits for a session; those that need the workers wait for their answer, at
/// most `RelayLimits.orderPatience` each. Sockets live from `start` to `stop`; an engine that was
/// started has to be stopped.
package final class RelayEngine: Sendable {
    struct Running {
        var plan: RelayPlan
        var workers: [Worker] = []
        var listeners: [[BoundListener]] = []
        /// In the order of their slots; never shorter, so that a slot means one name for ever.
        var frontends: [FrontendEntry] = []
        var backends: [Backend] = []
        var isAccepting = false
        var selection: EngineSelection?
        /// Frontends that the operator has closed.
        var standings: [String: FrontendStanding] = [:]
        /// `set maxconn`: of frontends, and of the process.
        var operatorLimits: [String: Int] = [:]
        var operatorLimit: Int?
        /// What had been counted when the counters were cleared.
        var cleared: RelayStatistics?
        /// Of workers that have ended.
        var leftRecords: [SessionRecord] = []
    }

    let admission: Admission
    let running: Mutex<Running>
    private let pulseBoard: PulseBoard

    package init(plan: RelayPlan) {
        admission = Admission(limit: plan.maxConnections)
        running = Mutex(Running(plan: plan))
        pulseBoard = PulseBoard(workers: plan.threads)
    }

    /// Binds every listener, then starts the workers: when it throws, nothing was started.
    /// - Throws: an error that names the address that cannot be bound, or what the system refused;
    ///   also when the plan asks for io_uring and this system does not have it
    /// - Parameter weigh: takes what connects say about a server's health, on a worker's thread:
    ///   must not wait
    package func start(
        weigh: @escaping ConnectWeighing = { _, _ in }
    ) throws(SystemError) {
        try running.withLock { running throws(SystemError) in
            precondition(running.workers.isEmpty, "an engine is started once")
            let selection = try EngineSelection(running.plan.engine)
            let names = try running.slots(for: running.plan)
            let listeners = try running.bind(running.plan, names)
            let capacity = Self.sessionCapacity(for: running.plan)
            var workers: [Worker] = []
            for number in 0..<running.plan.threads {
                workers.append(
                    try Worker(
                        number: number,
                        admission: admission,
                        pulses: pulseBoard,
                        capacity: capacity,
                        engine: selection.kind,
                        weigh: weigh
                    )
                )
            }
            for worker in workers {
                worker.siblings = workers.map { Worker.Unowned(worker: $0) }
            }
            running.workers = workers
            running.selection = selection
            try running.adopt(names)
            running.listeners = listeners
            for worker in workers { worker.install(running.installation(for: worker.number)) }
            for (count, worker) in workers.enumerated() {
                do throws(SystemError) {
                    try worker.start()
                } catch {
                    for started in workers[..<count] { _ = started.send(.stop) }
                    for started in workers[..<count] { started.join() }
                    running.workers = []
                    running.listeners = []
                    throw error
                }
            }
            running.isAccepting = true
        }
    }

    /// A reload may raise `maxconn` up to this.
    private static func sessionCapacity(for plan: RelayPlan) -> Int {
        max(plan.maxConnections, 1 << 16)
    }

    /// Resets every session, closes every socket and ends the workers.
    package func stop() {
        running.withLock { running in
            for worker in running.workers {
                // A mailbox is full only while its worker hangs: then the process has to go anyway.
                precondition(worker.send(.stop), "relay worker \(worker.number) takes no orders")
            }
            for worker in running.workers {
                worker.join()
                running.leftRecords += worker.drainRecords()
            }
            running.workers = []
            running.listeners = []
            running.isAccepting = false
        }
    }

    /// When each worker's loop last turned, by worker; `Instant.zero` before it started. Takes no
    /// lock and waits for nothing: the heart asks.
    package func pulses() -> [Instant] { pulseBoard.instants }

    /// Which engine runs; `nil` before `start`.
    package var selection: EngineSelection? { running.withLock { $0.selection } }

    /// The name of a frontend in records and listings.
    package func frontendName(_ slot: Int) -> String {
        running.withLock { running in running.frontends[slot].name }
    }

    /// The name of a backend in records and listings.
    package func backendName(_ slot: Int) -> String {
        running.withLock { running in running.backends[slot].name }
    }
}
