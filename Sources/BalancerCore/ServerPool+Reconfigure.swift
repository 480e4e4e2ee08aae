package import Primitives

extension ServerPool {
    /// A reload. A server of the same name keeps its slot, sessions, counters, operator's weight
    /// and state, and its health unless its address changed. One that is gone finishes its
    /// sessions.
    package mutating func reconfigure(
        _ definition: BackendDefinition,
        now: Instant
    ) -> [HealthNotice] {
        precondition(definition.name == name, "\(name) was reconfigured as \(definition.name)")
        let couldServe = isUsable
        fullConnections = definition.fullConnections
        allBackups = definition.allBackups
        logsHealthChecks = definition.logsHealthChecks
        changeAlgorithm(definition)
        if let stick = definition.stick, stickTable != nil {
            stickTable?.redefine(stick)
        } else {
            stickTable = definition.stick.map { StickTable($0) }
        }
        let known = Dictionary(
            uniqueKeysWithValues: order.compactMap { slot in
                servers[slot].map { ($0.definition.name, slot) }
            }
        )
        let kept = Set(definition.servers.map(\.name))
        let gone = known.filter { !kept.contains($0.key) }.values
        for slot in gone {
            servers[slot]?.isRetired = true
            usabilityChanged(slot, now: now)
        }
        order = definition.servers.enumerated().map { rank, server in
            guard let slot = known[server.name] else { return add(server, rank, now) }
            redefine(ServerID(index: slot), server, rank, now)
            return slot
        }
        for slot in gone { freeIfLeft(slot) }
        // Who waits already is served by the old rules until nobody does.
        limitsServers = queue.count > 0 || servers.contains { $0?.maxConnections != nil }
        return availabilityNotices(couldServe: couldServe)
    }

    private mutating func changeAlgorithm(_ new: BackendDefinition) {
        guard new.balance != balance || new.hashType != hashType || new.isTopOnly != isTopOnly
        else { return }
        (balance, hashType, isTopOnly) = (new.balance, new.hashType, new.isTopOnly)
        actives = balance.makePolicy(hashType, isTopOnly: isTopOnly)
        backups = balance.makePolicy(hashType, isTopOnly: isTopOnly)
        if !balance.takesNewWeights(hashType) {
            for slot in servers.indices { servers[slot]?.warmingSince = nil }
        }
        for slot in servers.indices { tellSessions(of: slot) }
    }

    /// Gives a new server a slot.
    mutating func add(_ server: ServerDefinition, _ rank: Int, _ now: Instant) -> Int {
        let slot = servers.firstIndex { $0 == nil } ?? servers.count
        if slot == servers.count { servers.append(nil) }
        serverNumber += 1
        shunned[slot] = nil
        servers[slot] = Server(server, rank: rank, serial: serverNumber, now: now)
        forgetHealth(ServerID(index: slot))
        meetAgent(ServerID(index: slot))
        usabilityChanged(slot, now: now)
        return slot
    }

    private mutating func redefine(
        _ id: ServerID,
        _ new: ServerDefinition,
        _ rank: Int,
        _ now: Instant
    ) {
        let before = self[id]
        let old = before.definition
        self[id].definition = new
        self[id].rank = rank
        if new.endpoint != old.endpoint || (new.check == nil) != (old.check == nil) {
            forgetHealth(id)
            shunned[id.index] = nil
        } else if let check = new.check {
            self[id].health?.reconfigure(rise: check.rise, fall: check.fall)
        }
        if new.agent?.endpoint != old.agent?.endpoint { meetAgent(id) }
        // A changed `disabled` is the operator's newest word; an unchanged one says nothing.
        if new.isDisabled != old.isDisabled { enter(new.isDisabled ? .maintenance : .ready, id) }
        stateChanged(id, from: before, now: now)
    }
}
