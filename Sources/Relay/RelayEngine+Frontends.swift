package import LinuxIO
internal import Primitives
internal import Synchronization

/// The operator's word about frontends, which outlives a reload.
extension RelayEngine {
    /// `nil`: there is no such frontend.
    package func standing(ofFrontend name: String) -> FrontendStanding? {
        running.withLock { running in
            running.hasFrontend(name) ? running.standing(of: name) : nil
        }
    }

    /// Closes its listeners, or opens them again.
    /// - Throws: when an address was taken by another process meanwhile: all stays as it is
    package func set(
        _ standing: FrontendStanding,
        ofFrontend name: String
    ) throws(SystemError) {
        try running.withLock { running throws(SystemError) in
            let before = running.standings[name]
            running.standings[name] = standing == .open ? nil : standing
            guard running.isAccepting else { return }
            do throws(SystemError) {
                running.listeners = try running.bind(
                    running.plan,
                    try running.slots(for: running.plan)
                )
            } catch {
                running.standings[name] = before
                throw error
            }
            try running.install()
        }
    }

    /// `set maxconn frontend`
    /// - Returns: whether there is such a frontend
    package func setLimit(_ limit: Int, ofFrontend name: String) -> Bool {
        let isKnown = running.withLock { running in
            guard running.hasFrontend(name) else { return false }
            running.operatorLimits[name] = limit
            running.applyLimits()
            return true
        }
        if isKnown { resumeAccepting() }
        return isKnown
    }

    /// `set maxconn global`
    /// - Parameter limit: at most that of the plan; `nil`: that of the plan
    package func setLimit(_ limit: Int?) {
        running.withLock { running in
            running.operatorLimit = limit
            admission.limit.store(running.processLimit, ordering: .relaxed)
        }
        resumeAccepting()
    }

    /// A limit was raised, perhaps: those who wait in the backlog may come.
    private func resumeAccepting() {
        for worker in running.withLock({ $0.workers }) { worker.wake.signal() }
    }
}

extension RelayEngine.Running {
    func hasFrontend(_ name: String) -> Bool { plan.frontends.contains { $0.name == name } }

    func isOpen(_ frontend: FrontendPlan) -> Bool { standings[frontend.name] == nil }

    /// With the whole engine paused no frontend is open.
    func standing(of frontend: String) -> FrontendStanding {
        standings[frontend] ?? (isAccepting ? .open : .paused)
    }

    /// Sessions of the whole process: what the operator has said, at most that of the plan.
    var processLimit: Int { min(operatorLimit ?? .max, plan.maxConnections) }

    /// Those of the plan, unless the operator has said others.
    func applyLimits() {
        for frontend in plan.frontends {
            let entry = frontends.first { $0.name == frontend.name }
            let limit = operatorLimits[frontend.name] ?? frontend.maxConnections ?? .max
            entry?.limit.store(limit, ordering: .relaxed)
        }
    }
}
