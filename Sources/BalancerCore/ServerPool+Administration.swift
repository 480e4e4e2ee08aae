package import Primitives

extension ServerPool {
    /// `set weight`. The value outlives a reload.
    package mutating func setWeight(_ weight: Int, of id: ServerID, now: Instant) -> [HealthNotice]
    {
        precondition(BalancerLimits.weights.contains(weight), "weight \(weight)")
        let couldServe = isUsable
        self[id].operatorWeight = weight
        usabilityChanged(id.index, now: now)
        return availabilityNotices(couldServe: couldServe)
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

    mutating func enter(_ state: AdministrativeState, _ id: ServerID) {
        guard state != self[id].administrativeState else { return }
        if self[id].administrativeState == .maintenance { forgetHealth(id) }
        self[id].administrativeState = state
        if state == .maintenance { self[id].isCheckRunning = false }
    }

    /// What was found is no evidence any more: the server waits for a first check again.
    mutating func forgetHealth(_ id: ServerID) {
        healthNumber += 1
        self[id].resetHealth(number: healthNumber)
    }
}
