internal import Arbiter
internal import BalancerCore
internal import Configuration
internal import ControlPlane
internal import Heart
internal import LinuxIO
internal import Primitives
internal import Relay
internal import Synchronization

/// Puts together what `status` shows: values copied from the parts, with one time for all ages.
struct StatusBuilder {
    let daemon: Daemon
    let now = Instant.now
    let wall = WallTime.now

    func report() -> StatusReport {
        let parts = daemon.parts.withLock { $0 }
        let snapshot = daemon.heart?.snapshot
        var pair: PairStatus?
        var alarms: [String] = []
        if let settings = parts.heart, let snapshot {
            let builder = PairStatusBuilder(
                settings: settings,
                snapshot: snapshot,
                teller: daemon.teller?.snapshot,
                arbiters: daemon.arbiter?.endpoints.map { "\($0)" } ?? [],
                now: now,
                wall: wall
            )
            pair = builder.status
            alarms = builder.alarms
        }
        let servers = serverStates(parts)
        let frontends = frontendStates(parts)
        alarms += serverAlarms(parts)
        for name in Set(frontends.filter { $0.status != "OPEN" }.map(\.name)).sorted() {
            alarms.append("\(name) is disabled: its ports refuse connections")
        }
        let loaded = now - parts.loadedAt
        return StatusReport(
            version: ProductVersion.number,
            nodeName: daemon.nodeName,
            generatedAt: wall.local.iso8601,
            configuration: ConfigurationStatus(
                file: daemon.source.text,
                digest: Self.short(parts.configuration.digest),
                loadedAt: parts.loadedAtWall.local.iso8601,
                loadedMillisecondsAgo: loaded.milliseconds
            ),
            alarms: alarms,
            pair: pair,
            frontends: frontends,
            servers: servers
        )
    }

    /// Eight digits: enough to tell two files apart on the telephone.
    static func short(_ digest: UInt64) -> String {
        let digits = String(digest >> 32, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    private func frontendStates(_ parts: Parts) -> [FrontendStatus] {
        let statistics = daemon.engine.statistics()
        let counted = Dictionary(
            statistics.frontends.map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        return parts.plan.frontends.flatMap { frontend in
            frontend.listeners.map { listener in
                FrontendStatus(
                    name: frontend.name,
                    endpoint: "\(listener.endpoint)",
                    status: StatRows.word(counted[frontend.name]?.standing),
                    sessions: counted[frontend.name]?.traffic.current ?? 0
                )
            }
        }
    }

    private func serverStates(_ parts: Parts) -> [ServerStatus] {
        parts.backends.flatMap { backend in
            backend.snapshot(now: now).servers.map { server in
                ServerStatus(
                    proxy: backend.name,
                    name: server.name,
                    address: "\(server.endpoint)",
                    status: server.status,
                    isBackup: server.isBackup,
                    weight: server.weight.whole,
                    check: Self.words(server),
                    changedMillisecondsAgo: server.sinceLastChange.milliseconds,
                    sessions: server.counters.current
                )
            }
        }
    }

    private static func words(_ server: ServerSnapshot) -> String {
        guard let time = server.shunnedFor else { return words(server.lastOutcome) }
        let seconds = (time.milliseconds + 999) / 1000
        return "a connect failed: no sessions for \(seconds) s"
    }

    private static func words(_ outcome: CheckOutcome?) -> String {
        guard let outcome else { return "" }
        guard outcome.code != .initializing else { return "first check is running" }
        let time = outcome.duration.map { " \($0.milliseconds) ms" } ?? ""
        return outcome.code.rawValue + time + (outcome.info.isEmpty ? "" : " \(outcome.info)")
    }

    private func serverAlarms(_ parts: Parts) -> [String] {
        parts.backends.compactMap { backend in
            guard backend.readiness.usableServers == 0 else { return nil }
            return "\(backend.name) has no usable server: every connection is refused"
        }
    }
}
