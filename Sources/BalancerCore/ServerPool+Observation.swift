package import Primitives

/// Connects of sessions failed often enough to say something about a server. It names the health
/// that they speak of, as `CheckTicket` does.
package struct ConnectEvidence: Sendable, Equatable {
    package let server: ServerID
    let failures: Int
    let healthNumber: UInt64
}

/// Passive detection: what clients meet counts beside the checks. Without `observe` a server that
/// refuses a connect has failed a check.
extension ServerPool {
    /// A connect to the server failed. The session still counts until `finished`.
    /// - Parameter isRefused: by the server's host (`ECONNREFUSED`)
    /// - Returns: what is to be given to `weigh`, for it does not only count
    package mutating func connectFailed(
        _ id: ServerID,
        _ step: ConnectFailureStep,
        isRefused: Bool,
        now: Instant
    ) -> ConnectEvidence? {
        shun(id, now: now)
        self[id].counters.connectFailed(step)
        counters.connectFailed(step)
        guard let check = checked(id)?.definition, self[id].isUp,
            check.observation != nil || isRefused
        else { return nil }
        self[id].failedConnects += 1
        let failures = self[id].failedConnects
        guard failures >= check.observation?.errorLimit ?? 1 else { return nil }
        self[id].failedConnects = 0
        return ConnectEvidence(
            server: id,
            failures: failures,
            healthNumber: self[id].healthNumber
        )
    }

    /// A connect succeeded: failures before it were not in a row with those that follow.
    package mutating func connected(_ id: ServerID) { self[id].failedConnects = 0 }

    /// Lets evidence count for the server's health.
    package mutating func weigh(_ evidence: ConnectEvidence, now: Instant) -> [HealthNotice] {
        let id = evidence.server
        guard let (server, check) = checked(id), server.healthNumber == evidence.healthNumber,
            var health = server.health
        else { return [] }
        self[id].counters.observedFailures += 1
        switch check.observation?.reaction ?? .failCheck {
        case .fastInterval: return []
        case .failCheck: break
        case .suddenDeath: health.limitFailures(to: 2)
        case .markDown: health.limitFailures(to: 1)
        }
        // HAProxy's words (`__health_adjust`).
        let outcome = CheckOutcome(
            .healthAnalysis,
            duration: nil,
            info: "Detected \(evidence.failures) consecutive errors, last one was: "
                + "L4 unsuccessful connection"
        )
        return record(outcome, health, of: id, now: now)
    }
}
