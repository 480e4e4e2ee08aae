internal import Primitives

/// The texts and severities are those of HAProxy 2.6, which people's alarms match.
extension ServerPool {
    /// `option log-health-checks`: what one check found and where the counter stands.
    func checkNotice(
        _ server: Server,
        _ outcome: CheckOutcome,
        of role: CheckRole
    ) -> HealthNotice {
        let kind = server.definition.isBackup ? "backup server" : "server"
        let verdict = outcome.isPass ? "succeeded" : "failed"
        let health = role == .health ? server.health : server.agent?.health
        let text =
            "\(role == .health ? "Health" : "Agent") check for \(kind)"
            + " \(name)/\(server.definition.name) \(verdict)"
            + reason(outcome) + ", status: \(Self.progress(health, server))."
        return HealthNotice(severity: .notice, text: text)
    }

    /// `1/2 UP`: how far the counter is on the way to losing or to gaining the verdict.
    private static func progress(_ health: HealthState?, _ server: Server) -> String {
        guard let health else { return "" }
        return health.isUp
            ? "\(health.counter - health.rise + 1)/\(health.fall) "
                + (server.weight > 0 ? "UP" : "DRAIN")
            : "\(health.counter)/\(health.rise) DOWN"
    }

    /// A server went up or down by a check.
    func transitionNotices(_ server: Server, _ outcome: CheckOutcome) -> [HealthNotice] {
        transitionNotices(server, transitionReason(outcome))
    }

    /// A server went up or down, for a `reason` that begins with a comma, or is empty.
    func transitionNotices(_ server: Server, _ reason: String) -> [HealthNotice] {
        let isDraining = server.administrativeState == .drain
        let transition =
            server.isUp
            ? HealthNotice(
                severity: .notice,
                text: "\(subject(server)) is UP\(reason)\(online)."
            )
            : HealthNotice(
                severity: isDraining ? .notice : .alert,
                text: "\(subject(server)) is DOWN\(reason)\(left(server))."
            )
        return isDraining ? [transition, drainReminder(server)] : [transition]
    }

    /// The operator changed the state of a server.
    func administrationNotices(from before: Server, to after: Server) -> [HealthNotice] {
        let name = subject(after)
        let condition = after.isUp ? "UP" : "DOWN"
        switch (before.administrativeState, after.administrativeState) {
        case (.ready, .ready), (.drain, .drain), (.maintenance, .maintenance):
            return []
        case (_, .maintenance) where !before.isUp:
            let text = "\(name) was DOWN and now enters maintenance."
            return [HealthNotice(severity: .notice, text: text)]
        case (_, .maintenance):
            let text = "\(name) is going DOWN for maintenance\(left(after))."
            return [HealthNotice(severity: before.isUsable ? .alert : .notice, text: text)]
        case (.maintenance, .drain):
            let text = "\(name) is \(condition)/DRAIN (leaving forced maintenance)."
            return [HealthNotice(severity: .notice, text: text), drainReminder(after)]
        case (.maintenance, .ready):
            let text = "\(name) is \(condition)/READY (leaving forced maintenance)."
            return [HealthNotice(severity: .notice, text: text)]
        case (.ready, .drain):
            let text = "\(name) enters drain state\(online)."
            return [HealthNotice(severity: .notice, text: text)]
        case (.drain, .ready):
            let text = "\(name) is \(condition) (leaving forced drain)."
            return [HealthNotice(severity: .notice, text: text)]
        }
    }

    private func drainReminder(_ server: Server) -> HealthNotice {
        HealthNotice(
            severity: .notice,
            text: "\(subject(server)) remains in forced drain mode."
        )
    }

    /// The backend lost its last server. A backend that is still at its first checks has lost
    /// nothing.
    mutating func availabilityNotices(couldServe: Bool) -> [HealthNotice] {
        guard !isUsable else {
            isDownAnnounced = false
            return []
        }
        let isUndecided = order.contains { servers[$0]?.health?.wasChecked == false }
        guard !isDownAnnounced, couldServe || !isUndecided else { return [] }
        isDownAnnounced = true
        return [HealthNotice(severity: .emergency, text: "proxy \(name) has no server available!")]
    }

    private func subject(_ server: Server) -> String {
        let kind = server.definition.isBackup ? "Backup Server" : "Server"
        return "\(kind) \(name)/\(server.definition.name)"
    }

    /// Empty for a transition with `log-health-checks`, where the line before has told it.
    func transitionReason(_ outcome: CheckOutcome) -> String {
        logsHealthChecks ? "" : reason(outcome)
    }

    func reason(_ outcome: CheckOutcome) -> String {
        let status = outcome.code.hasStatus ? ", code: \(outcome.status)" : ""
        let info = outcome.info.isEmpty ? "" : ", info: \"\(outcome.info)\""
        return ", reason: \(outcome.code.description)\(status)\(info)"
            + (outcome.duration.map { ", check duration: \($0.milliseconds)ms" } ?? "")
    }

    private var onBackup: String {
        usableActives == 0 && usableBackups > 0 ? " Running on backup." : ""
    }

    private var online: String {
        ". \(usableActives) active and \(usableBackups) backup servers online.\(onBackup)"
            + " 0 sessions requeued, \(queue.count) total in queue"
    }

    private func left(_ server: Server) -> String {
        ". \(usableActives) active and \(usableBackups) backup servers left.\(onBackup)"
            + " \(server.counters.current) sessions active, 0 requeued,"
            + " \(queue.count) remaining in queue"
    }
}
