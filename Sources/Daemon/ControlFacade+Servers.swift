internal import BalancerCore
internal import ControlPlane
internal import LinuxIO
internal import Primitives
internal import Relay
internal import Synchronization

/// The operator's word about servers.
extension ControlFacade {
    func weight(of server: ServerName) throws(ServerRefusal) -> ServerWeight {
        let (backend, id) = try find(server)
        let row = backend.snapshot(now: .now).servers.first { $0.id == id }
        guard let row else { throw .noServer }
        return ServerWeight(current: row.weight.whole, initial: row.initialWeight.whole)
    }

    func carryOut(_ order: ServerOrder, on server: ServerName) throws(ServerRefusal) {
        let (backend, id) = try find(server)
        let outcome: ServerOutcome
        switch order {
        case .state(let state):
            outcome = backend.setAdministrativeState(Self.state(state), of: id, now: .now)
        case .weight(let weight):
            outcome = backend.setWeight(Weight(weight), of: id, now: .now)
        case .weightPercent(let percent):
            outcome = backend.setWeight(percent: percent, of: id, now: .now)
        case .maxConnections(let limit):
            outcome = backend.setMaxConnections(limit, of: id, now: .now)
        case .health(let isUp):
            guard let changed = backend.setHealth(isUp: isUp, of: id, now: .now) else {
                throw .because("health checks are not enabled on this server.\n")
            }
            outcome = changed
        case .checks(let areOn):
            guard backend.setChecks(areOn: areOn, of: id) || !areOn else {
                throw .because("Health check was not configured on this server, cannot enable.\n")
            }
            return
        case .agentHealth(let isUp):
            guard let changed = backend.setAgentHealth(isUp: isUp, of: id, now: .now) else {
                throw .because("agent checks are not enabled on this server.\n")
            }
            outcome = changed
        case .agents(let areOn):
            guard let changed = backend.setAgents(areOn: areOn, of: id, now: .now) else {
                guard areOn else { return }
                throw .because("Agent was not configured on this server, cannot enable.\n")
            }
            outcome = changed
        case .shutdownSessions:
            daemon.engine.closeSessions(of: id, in: backend, .killed)
            return
        }
        daemon.carryOut(outcome, of: backend)
    }

    func carryOut(
        _ edit: ServerEdit,
        on server: ServerName
    ) async throws(ServerRefusal) -> String {
        let result = await withCheckedContinuation { continuation in
            let isTaken = daemon.requests.put(
                .perform { continuation.resume(returning: $0.edit(edit, of: server)) }
            )
            if !isTaken {
                continuation.resume(returning: .failure(.because("Too many requests wait.\n")))
            }
        }
        return try result.get()
    }

    func sessions() -> [SessionReport] {
        let engine = daemon.engine
        let backends = daemon.parts.withLock { $0.backends }
        // A worker that hangs is left out.
        let listings = (try? engine.sessions()) ?? []
        return listings.map { session in
            let name = session.backend.map { engine.backendName($0) }
            let backend = backends.first { $0.name == name }
            return SessionReport(
                id: session.id,
                client: "\(session.client)",
                isV4: session.client.address.isV4,
                frontend: engine.frontendName(session.frontend),
                backend: name,
                server: session.server.flatMap { backend?.name(of: $0) },
                age: session.age,
                idle: session.idle,
                bytesIn: session.bytesFromClient,
                bytesOut: session.bytesFromServer
            )
        }
    }

    func endSession(_ id: UInt64) -> Bool { (try? daemon.engine.endSession(id)) ?? false }

    func stickTables() -> [StickTableReport] {
        daemon.parts.withLock { $0.backends }.compactMap { backend in
            backend.stickTableUse(now: .now).map { use in
                StickTableReport(name: backend.name, size: use.size, used: use.used)
            }
        }
    }

    func stickEntries(of name: String) -> [StickTableReport.Entry] {
        let backend = daemon.parts.withLock { $0.backends }.first { $0.name == name }
        return (backend?.stickListing(now: .now) ?? []).map { entry in
            StickTableReport.Entry(
                key: "\(entry.key)",
                expiresIn: entry.left.map { Int($0.milliseconds) } ?? 0,
                serverID: entry.server?.number ?? 0,
                serverName: entry.server?.name ?? "-"
            )
        }
    }

    func clearStickTable(_ name: String, key: String?) -> Bool {
        let backend = daemon.parts.withLock { $0.backends }.first { $0.name == name }
        guard let backend, backend.stickTableUse(now: .now) != nil else { return false }
        if let key {
            if let address = IPAddress(key) { backend.clearStickTable(address) }
        } else {
            backend.clearStickTable(nil)
        }
        return true
    }

    private static func state(_ state: ServerOrder.State) -> AdministrativeState {
        switch state {
        case .ready: .ready
        case .drain: .drain
        case .maintenance: .maintenance
        }
    }

    private func find(_ name: ServerName) throws(ServerRefusal) -> (Backend, ServerID) {
        let parts = daemon.parts.withLock { $0 }
        let backend: Backend? =
            switch name.backend {
            case .name(let name): parts.backends.first { $0.name == name }
            case .number(let number): StatRows.backend(numbered: number, in: parts)
            }
        guard let backend else { throw .noBackend }
        let id: ServerID? =
            switch name.server {
            case .name(let name):
                backend.id(of: name)
            case .number(let number):
                number < 1
                    ? nil : backend.snapshot(now: .now).servers.dropFirst(number - 1).first?.id
            }
        guard let id else { throw .noServer }
        return (backend, id)
    }
}
