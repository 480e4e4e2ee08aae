package import Primitives

extension ServerPool {
    /// `set weight`. The value outlives a reload.
    package mutating func setWeight(
        _ weight: Weight,
        of id: ServerID,
        now: Instant
    ) -> [HealthNotice] {
        let couldServe = isUsable
        self[id].operatorWeight = weight
        usabilityChanged(id.index, now: now)
        return availabilityNotices(couldServe: couldServe)
    }

    /// `set maxconn server`; `nil` for no limit. The value outlives a reload.
    package mutating func setMaxConnections(_ limit: Int?, of id: ServerID, now: Instant) {
        self[id].operatorMaxConnections = limit ?? 0
        if limit != nil { limitsServers = true }
        usabilityChanged(id.index, now: now)
    }

    /// `clear counters`: the highest values, or all.
    package mutating func clearCounters(all: Bool) {
        counters.clear(all: all)
        for slot in servers.indices { servers[slot]?.counters.clear(all: all) }
    }

    /// `set server b/s state …`. A server that leaves maintenance was not checked meanwhile: if it
    /// is checked at all, it gets traffic when its next check has passed.
    package mutating func setAdministrativeState(
        _ state: AdministrativeState,
        of id: ServerID,
        now: Instant
    ) -> [HealthNotice] {
        let before = self[id]
        let couldServe = isUsable
        enter(state, id)
        stateChanged(id, from: before, now: now)
        return administrationNotices(from: before, to: self[id])
            + availabilityNotices(couldServe: couldServe)
    }

    /// `set server b/s health …`: the operator's word counts as that of a check, until the next.
    /// `nil`: the server is not checked.
    package mutating func setHealth(
        isUp: Bool,
        of id: ServerID,
        now: Instant
    ) -> [HealthNotice]? {
        let before = self[id]
        guard before.health != nil else { return nil }
        let couldServe = isUsable
        self[id].health?.set(isUp: isUp)
        self[id].isFresh = false
        stateChanged(id, from: before, now: now)
        guard before.isUp != isUp, before.administrativeState != .maintenance else { return [] }
        return transitionNotices(self[id], ", changed from CLI")
            + availabilityNotices(couldServe: couldServe)
    }

    /// `disable health` and `enable health`: without checks the server stays as it is.
    /// - Returns: whether it is one that is checked
    @discardableResult
    package mutating func setChecks(areOn: Bool, of id: ServerID) -> Bool {
        self[id].isCheckSuspended = !areOn
        if !areOn { self[id].isCheckRunning = false }
        return self[id].definition.check != nil
    }

    mutating func enter(_ state: AdministrativeState, _ id: ServerID) {
        guard state != self[id].administrativeState else { return }
        if self[id].administrativeState == .maintenance { forgetHealth(id) }
        self[id].isFresh = false
        self[id].administrativeState = state
        if state == .maintenance { self[id].isCheckRunning = false }
    }

    /// What was found is no evidence any more: the server waits for a first check again.
    mutating func forgetHealth(_ id: ServerID) {
        healthNumber += 1
        self[id].resetHealth(number: healthNumber)
    }
}
