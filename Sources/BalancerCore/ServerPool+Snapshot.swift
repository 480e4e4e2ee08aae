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
            queued: queue.countAnywhere,
            isUp: isUsable,
            usableActives: usableActives,
            usableBackups: usableBackups,
            weight: serving.reduce(0) { $0 + (servers[$1]?.effectiveWeight(now: now) ?? 0) },
            sinceLastChange: now - lastChange,
            downtime: downtime + (isUsable ? .zero : now - lastChange),
            sinceLastAssigned: counters.lastAssigned.map { now - $0 }
        )
    }

    private func throttle(of server: Server, now: Instant) -> Int? {
        let warmth = server.warmth(now: now)
        guard server.isServing, balance.takesNewWeights, warmth < 1 else { return nil }
        return max(1, Int(warmth * 100))
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
            throttle: throttle(of: server, now: now),
            initialWeight: server.definition.weight,
            counters: server.counters,
            queued: queue.count(of: slot),
            maxConnections: server.definition.maxConnections,
            maxQueue: server.definition.maxQueue,
            check: server.definition.check,
            checkHealth: server.health?.counter,
            lastOutcome: server.lastOutcome
                ?? (isChecked ? CheckOutcome(.initializing, duration: .zero) : nil),
            isCheckRunning: server.isCheckRunning,
            sinceLastChange: now - server.lastChange,
            downtime: server.downtime + (server.isServing ? .zero : now - server.lastChange),
            sinceLastAssigned: server.counters.lastAssigned.map { now - $0 }
        )
    }
}
