package import Primitives

/// `agent-check`: a program beside the server has a say in its state, its weight and its limit. Not
/// to reach it changes nothing. It is asked in maintenance too, which it may end.
extension ServerPool {
    struct Agent: Sendable {
        /// One word decides; up until it says otherwise.
        var health = HealthState(rise: 1, fall: 1)
        var isRunning = false
        /// `disable agent`; outlives a reload.
        var isSuspended = false
        var lastOutcome = CheckOutcome(.initializing, duration: .zero)
        /// Tells it from others; see `CheckTicket`.
        let number: UInt64

        init(number: UInt64) {
            self.number = number
            health.set(isUp: true)
        }
    }

    func asked(_ id: ServerID) -> (agent: Agent, definition: CheckDefinition)? {
        guard servers.indices.contains(id.index), let server = servers[id.index],
            !server.isRetired, let agent = server.agent, !agent.isSuspended,
            let definition = server.definition.agent
        else { return nil }
        return (agent, definition)
    }

    /// The server is new, or its agent is another one.
    mutating func meetAgent(_ id: ServerID) {
        healthNumber += 1
        let isSuspended = self[id].agent?.isSuspended ?? self[id].definition.startsUnchecked
        self[id].agent = self[id].definition.agent.map { _ in Agent(number: healthNumber) }
        self[id].agent?.isSuspended = isSuspended
    }

    mutating func agentFinished(
        _ ticket: CheckTicket,
        _ outcome: CheckOutcome,
        now: Instant
    ) -> [HealthNotice] {
        guard isCurrent(ticket) else { return [] }
        let id = ticket.server
        self[id].agent?.isRunning = false
        var notices: [HealthNotice] = []
        let report = outcome.report
        if let state = report?.state { notices += setAdministrativeState(state, of: id, now: now) }
        if let percent = report?.weightPercent {
            let weight = self[id].definition.weight(percent: percent)
            notices += setWeight(weight, of: id, now: now)
        }
        if let limit = report?.maxConnections {
            setMaxConnections(limit == 0 ? nil : limit, of: id, now: now)
        }
        let before = self[id]
        let couldServe = isUsable
        self[id].agent?.lastOutcome = outcome
        if let isUp = report?.isUp { self[id].agent?.health.set(isUp: isUp) }
        stateChanged(id, from: before, now: now)
        let hasTurned = before.agent?.health != self[id].agent?.health
        if logsHealthChecks, outcome.code != .checked,
            hasTurned || before.agent?.lastOutcome.code != outcome.code
        {
            notices.append(checkNotice(self[id], outcome, of: .agent))
        }
        return notices + turned(id, from: before, transitionReason(outcome))
            + availabilityNotices(couldServe: couldServe)
    }

    /// `set server … agent up|down`: counts until the agent says otherwise. `nil`: it is not asked.
    package mutating func setAgentHealth(
        isUp: Bool,
        of id: ServerID,
        now: Instant
    ) -> [HealthNotice]? {
        guard asked(id) != nil else { return nil }
        let before = self[id]
        let couldServe = isUsable
        self[id].agent?.health.set(isUp: isUp)
        stateChanged(id, from: before, now: now)
        return turned(id, from: before, ", changed from CLI")
            + availabilityNotices(couldServe: couldServe)
    }

    /// `disable agent` and `enable agent`: what one said that is not asked any more does not count.
    /// `nil`: the server has none.
    package mutating func setAgents(
        areOn: Bool,
        of id: ServerID,
        now: Instant
    ) -> [HealthNotice]? {
        let before = self[id]
        guard before.agent != nil else { return nil }
        let couldServe = isUsable
        self[id].agent?.isSuspended = !areOn
        self[id].agent?.isRunning = false
        stateChanged(id, from: before, now: now)
        return turned(id, from: before, ", changed from CLI")
            + availabilityNotices(couldServe: couldServe)
    }

    private func turned(_ id: ServerID, from before: Server, _ reason: String) -> [HealthNotice] {
        let after = self[id]
        guard before.isUp != after.isUp, after.administrativeState != .maintenance else {
            return []
        }
        return transitionNotices(after, reason)
    }
}

extension ServerDefinition {
    /// `75%`, whole as in HAProxy.
    func weight(percent: Int) -> Weight {
        let product = weight.whole.multipliedReportingOverflow(by: percent)
        let share = product.overflow ? Int.max : product.partialValue / 100
        return Weight(min(share, Weight.limit))
    }
}
