internal import BalancerCore
internal import ControlPlane
internal import LinuxIO
internal import Relay
internal import Synchronization

/// The operator's word about frontends and the whole process.
extension ControlFacade {
    func carryOut(_ order: FrontendOrder, onFrontend name: String) throws(FrontendRefusal) {
        guard let standing = daemon.engine.standing(ofFrontend: name) else { throw .noFrontend }
        switch (order, standing) {
        case (.maxConnections(let limit), _):
            _ = daemon.engine.setLimit(limit, ofFrontend: name)
        case (.shutdown, .stopped): throw .because("Frontend was already shut down.\n")
        case (.enable, .stopped):
            throw .because("Frontend was previously shut down, cannot enable.\n")
        case (.disable, .stopped):
            throw .because("Frontend was previously shut down, cannot disable.\n")
        case (.enable, .open): throw .because("All sockets are already enabled.\n")
        case (.disable, .paused): throw .because("All sockets are already disabled.\n")
        case (.enable, .paused):
            try set(.open, ofFrontend: name, "resume")
            daemon.log.line(.warning, "Resumed frontend \(name).", of: name)
        case (.disable, .open):
            try set(.paused, ofFrontend: name, "pause")
            daemon.log.line(.warning, "Paused frontend \(name).", of: name)
        case (.shutdown, .open), (.shutdown, .paused):
            try set(.stopped, ofFrontend: name, "stop")
            daemon.log.line(.warning, "Proxy \(name) stopped\(cumulated(name)).", of: name)
        }
    }

    private func set(
        _ standing: FrontendStanding,
        ofFrontend name: String,
        _ verb: String
    ) throws(FrontendRefusal) {
        do {
            try daemon.engine.set(standing, ofFrontend: name)
        } catch {
            daemon.log.line(.alert, "frontend \(name): \(error)", of: name)
            throw .because(
                "Failed to \(verb) frontend, check logs for precise cause (port conflict?).\n"
            )
        }
    }

    private func cumulated(_ name: String) -> String {
        let statistics = daemon.engine.statistics(sinceStart: true)
        let frontend = statistics.frontends.first { $0.name == name }?.traffic
        let backend = statistics.backends.first { $0.name == name }?.traffic
        return " (cumulated conns: FE: \(frontend?.connections ?? 0), BE: \(backend?.total ?? 0))"
    }

    func setMaxConnections(_ limit: Int?) -> Bool {
        guard limit ?? 0 <= daemon.parts.withLock({ $0.plan.maxConnections }) else { return false }
        daemon.engine.setLimit(limit)
        return true
    }

    func clearCounters(all: Bool) {
        for backend in daemon.parts.withLock({ $0.backends }) { backend.clearCounters(all: all) }
        daemon.engine.clearCounters(all: all)
    }

    func serverStates() -> [ServerStateReport] {
        ServerStates(parts: daemon.parts.withLock { $0 }, now: .now).reports()
    }
}
