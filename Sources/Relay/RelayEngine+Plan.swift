internal import BalancerCore
internal import Glibc
package import LinuxIO
internal import Primitives
internal import Synchronization

extension RelayEngine {
    /// Goes on with another plan: listeners that stay are not touched, new ones are bound before
    /// old ones are closed, sessions go on.
    ///
    /// A backend that stays is the same `Backend` object: the composition reconfigures it.
    /// - Parameter opensStopped: frontends that were shut down are opened again
    /// - Throws: when a listener cannot be bound; the old plan stays then
    package func apply(_ plan: RelayPlan, opensStopped: Bool = true) throws(SystemError) {
        try running.withLock { running throws(SystemError) in
            precondition(!running.workers.isEmpty, "a plan for an engine that does not run")
            let names = try running.slots(for: plan)
            let before = running.standings
            if opensStopped { running.standings = before.filter { $0.value != .stopped } }
            let listeners: [[BoundListener]]
            do throws(SystemError) {
                listeners = try running.bind(plan, names)
            } catch {
                running.standings = before
                throw error
            }
            var plan = plan
            plan.threads = running.workers.count
            running.plan = plan
            try running.adopt(names)
            // A paused engine goes on pausing: that they can be bound is known now.
            running.listeners = running.isAccepting ? listeners : []
            admission.limit.store(running.processLimit, ordering: .relaxed)
            try running.install()
        }
    }

    /// It has started, and `pause` is in force.
    package var isPaused: Bool {
        running.withLock { !$0.isAccepting && !$0.workers.isEmpty }
    }

    /// Stops accepting: connections are refused, sessions live. HAProxy's SIGTTOU, and the first
    /// step of its soft stop (SIGUSR1). Another process may bind the addresses from then on.
    package func pause() throws(SystemError) {
        try running.withLock { running throws(SystemError) in
            guard running.isAccepting else { return }
            running.isAccepting = false
            running.listeners = []
            try running.install()
        }
    }

    /// Accepts again after `pause` (HAProxy's SIGTTIN).
    /// - Throws: when an address was taken by another process meanwhile; it stays paused then
    package func resume() throws(SystemError) {
        try running.withLock { running throws(SystemError) in
            guard !running.isAccepting else { return }
            let names = try running.slots(for: running.plan)
            running.isAccepting = true
            do throws(SystemError) {
                running.listeners = try running.bind(running.plan, names)
            } catch {
                running.isAccepting = false
                throw error
            }
            try running.install()
        }
    }
}

/// Which entries a plan's frontends and backends have, those included that it brings new.
struct PlanNames {
    var frontends: [FrontendEntry]
    var backends: [Backend]
}

extension RelayEngine.Running {
    /// Slots of a plan: old names keep theirs. Changes nothing.
    func slots(for plan: RelayPlan) throws(SystemError) -> PlanNames {
        var names = PlanNames(frontends: frontends, backends: backends)
        for frontend in plan.frontends
        where !names.frontends.contains(where: { $0.name == frontend.name }) {
            names.frontends.append(
                FrontendEntry(
                    slot: names.frontends.count,
                    name: frontend.name,
                    limit: frontend.maxConnections ?? .max
                )
            )
        }
        for backend in plan.backends {
            if let known = names.backends.first(where: { $0.name == backend.backend.name }) {
                precondition(known === backend.backend, "a backend that stays is the same object")
                continue
            }
            names.backends.append(backend.backend)
        }
        guard max(names.frontends.count, names.backends.count) <= RelayLimits.names else {
            throw SystemError(
                "relay",
                "more than \(RelayLimits.names) section names",
                errno: ENOSPC
            )
        }
        return names
    }

    /// Makes the slots of a plan those of the engine, with counters for new backends.
    mutating func adopt(_ names: PlanNames) throws(SystemError) {
        for slot in names.backends.indices {
            for worker in workers where unsafe worker.state.pointee.backends[slot].servers == nil {
                unsafe worker.state.pointee.backends[slot].servers = unsafe try mapServerTraffic()
            }
        }
        frontends = names.frontends
        backends = names.backends
        applyLimits()
    }

    /// The listeners of a plan, by worker: those that are open already, and newly bound ones. When
    /// it throws, the new ones are closed again.
    func bind(_ plan: RelayPlan, _ names: PlanNames) throws(SystemError) -> [[BoundListener]] {
        var result: [[BoundListener]] = []
        for worker in 0..<(workers.isEmpty ? plan.threads : workers.count) {
            var bound: [BoundListener] = []
            for frontend in plan.frontends where isOpen(frontend) {
                guard let entry = names.frontends.first(where: { $0.name == frontend.name }) else {
                    preconditionFailure("a frontend without a slot")
                }
                for listener in frontend.listeners {
                    bound.append(
                        try self.listener(listener, frontend, entry.slot, worker: worker, result)
                    )
                }
            }
            result.append(bound)
        }
        return result
    }

    private func listener(
        _ listener: ListenerPlan,
        _ frontend: FrontendPlan,
        _ slot: Int,
        worker: Int,
        _ earlier: [[BoundListener]]
    ) throws(SystemError) -> BoundListener {
        let open = worker < listeners.count ? listeners[worker] : []
        let endpoint = listener.endpoint
        let takesIPv4 = listener.takesIPv4
        let old = open.first {
            $0.endpoint == endpoint && $0.frontend == slot && $0.takesIPv4 == takesIPv4
        }
        if let old {
            try old.socket.set(frontend.clientKeepAlive)
            return old
        }
        // The kernel would let another process of this user share the port: a socket that does not
        // share finds out whether it is free.
        if worker == 0, !open.contains(where: { $0.endpoint == endpoint }) {
            _ = try Socket.bound(to: endpoint, takesIPv4: takesIPv4)
        }
        let socket = try Socket.listener(
            on: endpoint,
            backlog: frontend.backlog,
            sharesPort: true,
            takesIPv4: takesIPv4
        )
        try socket.set(frontend.clientKeepAlive)
        return BoundListener(
            socket: socket,
            endpoint: endpoint,
            takesIPv4: takesIPv4,
            frontend: slot
        )
    }

    /// The plan as the worker is given it.
    func installation(for worker: Int) -> Installation {
        Installation(
            frontends: plan.frontends.compactMap { frontend in
                guard let entry = frontends.first(where: { $0.name == frontend.name }) else {
                    return nil
                }
                return Installation.Frontend(
                    entry: entry,
                    settings: FrontendSettings(frontend),
                    backend: frontend.backend.flatMap { slot(of: plan.backends[$0].backend) },
                    connectionRules: frontend.connectionRules,
                    contentRules: frontend.contentRules,
                    logsConnections: frontend.logsConnections,
                    logsArrivals: frontend.logsArrivals
                )
            },
            backends: plan.backends.compactMap { backend in
                slot(of: backend.backend).map { Installation.Backend(slot: $0, plan: backend) }
            },
            listeners: listeners.isEmpty ? [] : listeners[worker].map(described),
            virtualSources: plan.virtualSources,
            pulseInterval: plan.pulseInterval,
            splicesBulk: plan.splicesBulk,
            streamsAfter: plan.streamsAfter
        )
    }

    /// With what its `bind` line says of it.
    private func described(_ bound: BoundListener) -> Installation.Listener {
        let frontend = plan.frontends.first { $0.name == frontends[bound.frontend].name }
        let number = frontend?.listeners.firstIndex { $0.endpoint == bound.endpoint }
        guard let frontend, let number else {
            preconditionFailure("a listener that no line of the plan has")
        }
        return Installation.Listener(
            bound: bound,
            number: number,
            acceptsProxy: frontend.listeners[number].acceptsProxy
        )
    }

    private func slot(of backend: Backend) -> Int? {
        backends.firstIndex { $0 === backend }
    }

    /// Gives every worker the plan and waits until they have taken it.
    func install() throws(SystemError) {
        let answers = try Answers<Int>()
        for worker in workers {
            try worker.order(.install(installation(for: worker.number), answers))
        }
        _ = answers.wait(for: workers.count)
    }
}
