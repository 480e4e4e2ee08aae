package import Primitives

extension ServerPool {
    package func snapshot(now: Instant) -> BackendSnapshot {
        let isOnActives = usableActives > 0
        let serving = usableSlots { $0.definition.isBackup != isOnActives }
        return BackendSnapshot(
            name: name,
            balance: balance,
            servers: order.compactMap { snapshot(slot: $0, now: now) },
            counters: counters,
            queued: queue.count(for: nil),
            isUp: isUsable,
            usableActives: usableActives,
            usableBackups: usableBackups,
            weight: serving.reduce(0) { $0 + (servers[$1]?.effectiveWeight(now: now) ?? 0) },
            userWeight: serving.reduce(0) { $0 + (servers[$1]?.weight.whole ?? 0) },
            fullConnections: fullConnections,
            sinceLastChange: now - lastChange,
            downtime: downtime + (isUsable ? .zero : now - lastChange),
            sinceLastAssigned: counters.lastAssigned.map { now - $0 }
        )
    }

    private func snapshot(slot: Int, now: Instant) -> ServerSnapshot? {
        guard let server = servers[slot] else { return nil }
        let isChecked = server.definition.check != nil
        return ServerSnapshot(
            id: ServerID(index: slot),
            name: server.definition.name,
            endpoint: server.definition.endpoint,
            isBackup: server.definition.isBackup,
            status: server.status,
            isUp: server.isUp,
            isUsable: server.isUsable,
            administrativeState: server.administrativeState,
            weight: server.weight,
            effectiveWeight: server.effectiveWeight(now: now),
            throttle: server.throttle(now: now),
            initialWeight: server.definition.weight,
            counters: server.counters,
            queued: queue.count(for: slot),
            maxConnections: server.maxConnections,
            maxQueue: server.definition.maxQueue,
            check: server.definition.check,
            checkHealth: server.health?.counter,
            lastOutcome: server.lastOutcome
                ?? (isChecked ? CheckOutcome(.initializing, duration: .zero) : nil),
            isCheckRunning: server.isCheckRunning,
            isCheckOn: isChecked && server.administrativeState != .maintenance
                && !server.isCheckSuspended,
            agent: agent(of: server),
            shunnedFor: shunned[slot].flatMap { $0 > now ? $0 - now : nil },
            isCheckSuspended: server.isCheckSuspended,
            sinceLastChange: now - server.lastChange,
            downtime: server.downtime + (server.isServing ? .zero : now - server.lastChange),
            sinceLastAssigned: server.counters.lastAssigned.map { now - $0 }
        )
    }

    private func agent(of server: Server) -> AgentSnapshot? {
        guard let agent = server.agent, let definition = server.definition.agent else { return nil }
        return AgentSnapshot(
            definition: definition,
            health: agent.health.counter,
            lastOutcome: agent.lastOutcome,
            isRunning: agent.isRunning,
            isOn: !agent.isSuspended
        )
    }
}
