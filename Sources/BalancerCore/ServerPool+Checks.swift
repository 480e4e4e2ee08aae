package import Primitives

extension ServerPool {
    /// A check of the server begins now. `nil`: it is not to be checked (gone, unchecked,
    /// maintenance).
    package mutating func checkStarted(
        _ id: ServerID,
        _ role: CheckRole = .health
    ) -> CheckTicket? {
        let number: UInt64
        let due: CheckDefinition
        switch role {
        case .health:
            guard let (server, definition) = checked(id) else { return nil }
            (number, due) = (server.healthNumber, definition)
            self[id].isCheckRunning = true
        case .agent:
            guard let (agent, definition) = asked(id) else { return nil }
            (number, due) = (agent.number, definition)
            self[id].agent?.isRunning = true
        }
        return CheckTicket(
            server: id,
            role: role,
            definition: due,
            sessions: self[id].counters.current,
            healthNumber: number
        )
    }

    /// The pause before the next check of the server; `nil` as in `checkStarted`.
    package func checkDelay(_ id: ServerID, _ role: CheckRole = .health) -> Duration? {
        switch role {
        case .health: checked(id).flatMap { $0.server.health?.delay($0.definition) }
        case .agent: asked(id)?.definition.interval
        }
    }

    /// Whether the outcome of this check would still count.
    package func isCurrent(_ ticket: CheckTicket) -> Bool {
        let number =
            switch ticket.role {
            case .health: checked(ticket.server)?.server.healthNumber
            case .agent: asked(ticket.server)?.agent.number
            }
        return number == ticket.healthNumber
    }

    func checked(_ id: ServerID) -> (server: Server, definition: CheckDefinition)? {
        guard servers.indices.contains(id.index), let server = servers[id.index],
            !server.isRetired, server.administrativeState != .maintenance,
            !server.isCheckSuspended,
            let definition = server.definition.check
        else { return nil }
        return (server, definition)
    }

    /// A check ended. An outcome that is not current any more is dropped.
    package mutating func checkFinished(
        _ ticket: CheckTicket,
        _ outcome: CheckOutcome,
        now: Instant
    ) -> [HealthNotice] {
        guard ticket.role == .health else { return agentFinished(ticket, outcome, now: now) }
        guard isCurrent(ticket), let health = self[ticket.server].health else { return [] }
        if outcome.isPass { lastCheckSuccess = now } else { lastCheckFailure = now }
        self[ticket.server].isCheckRunning = false
        return record(outcome, health, of: ticket.server, now: now)
    }

    /// Lets an outcome count.
    /// - Parameter health: that of the server, to which the outcome is added
    mutating func record(
        _ outcome: CheckOutcome,
        _ health: HealthState,
        of id: ServerID,
        now: Instant
    ) -> [HealthNotice] {
        let before = self[id]
        let couldServe = isUsable
        var health = health
        let change = health.record(isPass: outcome.isPass)
        if !outcome.isPass, change != .none { self[id].counters.failedChecks += 1 }
        self[id].health = health
        self[id].isFresh = false
        self[id].lastOutcome = outcome
        if outcome.isPass { shunned[id.index] = nil }
        stateChanged(id, from: before, now: now)
        var notices: [HealthNotice] = []
        if logsHealthChecks, change != .none || before.lastOutcome?.code != outcome.code {
            notices.append(checkNotice(self[id], outcome, of: .health))
        }
        if change == .wentUp || change == .wentDown || change == .foundDown {
            notices += transitionNotices(self[id], outcome)
        }
        return notices + availabilityNotices(couldServe: couldServe)
    }

    /// Books up- and downtime of the server, and its usability.
    mutating func stateChanged(_ id: ServerID, from before: Server, now: Instant) {
        let after = self[id]
        let stays =
            before.isServing == after.isServing
            && before.administrativeState == after.administrativeState
        if !stays {
            if !before.isServing { self[id].downtime += now - before.lastChange }
            if before.isServing && !after.isServing { self[id].counters.downTransitions += 1 }
            self[id].lastChange = now
        }
        if !after.isServing {
            self[id].warmingSince = nil
        } else if !before.isServing, !before.isFresh {
            beginSlowStart(id.index, now: now)
        }
        usabilityChanged(id.index, now: now)
        if before.isServing, !after.isServing, after.definition.shutsSessionsWhenDown {
            shutSessions(of: id.index, .down)
        }
        if !before.isServing, after.isUsable, !after.definition.isBackup,
            after.definition.shutsBackupSessionsWhenUp
        {
            for slot in servers.indices where servers[slot]?.definition.isBackup == true {
                shutSessions(of: slot, .up)
            }
        }
    }
}
