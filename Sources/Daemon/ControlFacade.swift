internal import Configuration
internal import ControlPlane
internal import Glibc
internal import Heart
internal import LinuxIO
internal import PairControl
internal import Primitives
internal import Relay
internal import Synchronization

/// What the runtime API may ask of the daemon. Called on threads of Swift's pool.
struct ControlFacade: ControlDelegate {
    let daemon: Daemon

    func info() -> InfoReport {
        let statistics = daemon.engine.statistics(sinceStart: true)
        let parts = daemon.parts.withLock { $0 }
        var report = InfoReport(
            version: ProductVersion.number,
            releaseDate: ProductVersion.releaseDate,
            threads: parts.plan.threads,
            pid: getpid(),
            uptime: Instant.now - daemon.startedAt,
            startedAt: daemon.startedAtWall,
            nodeName: daemon.nodeName
        )
        let totals = statistics.frontends.map(\.traffic)
        report.descriptorLimit = DescriptorLimit.current
        report.socketLimit = DescriptorLimit.current
        report.connectionLimit = statistics.maxConnections
        report.connectionsCurrent = statistics.sessions
        report.connectionsTotal = totals.map(\.total).reduce(0, +)
        report.connectionRate = totals.map(\.rate).reduce(0, +)
        report.connectionRateMaximum = statistics.busiestSecond
        report.sessionRate = report.connectionRate
        report.sessionRateMaximum = statistics.busiestSecond
        report.bytesOut = totals.map(\.bytesOut).reduce(0, +)
        report.engine = daemon.engine.selection?.kind.rawValue ?? ""
        let pipes = pipes
        report.pipesMaximum = parts.plan.threads * WorkerActivity.pipesMaximum
        report.pipesUsed = pipes.used
        report.pipesFree = pipes.allocated - pipes.used
        report.bytesSpliced = statistics.splicedBytes
        report.listeners = parts.plan.frontends.map(\.listeners.count).reduce(0, +)
        report.jobs = statistics.sessions + report.listeners
        report.droppedLogs = parts.logs.router.droppedCount + statistics.recordsDropped
        return report
    }

    func processes() -> ProcessReport {
        let reloads = daemon.reloads.withLock { $0 }
        return ProcessReport(
            master: ProcessReport.Process(
                pid: getppid(),
                uptime: Instant.now - daemon.guardedSince
            ),
            worker: ProcessReport.Process(
                pid: getpid(),
                uptime: Instant.now - daemon.startedAt
            ),
            reloads: reloads.total,
            failedReloads: reloads.failed,
            version: ProductVersion.number
        )
    }

    func statistics() -> [StatRow] {
        StatRows(
            parts: daemon.parts.withLock { $0 },
            statistics: daemon.engine.statistics(),
            now: .now
        ).rows()
    }

    func status() -> StatusReport { StatusBuilder(daemon: daemon).report() }

    func failover(to node: String?) async -> CommandResult { await order(.failover(to: node)) }

    func maintenance(on: Bool, force: Bool) async -> CommandResult {
        await order(on ? .maintenanceOn(force: force) : .maintenanceOff)
    }

    func reload(takeover: [String]?) async -> CommandResult {
        let own = daemon.source.commandLine.words
        if let takeover, takeover != own {
            let words = own.isEmpty ? "without -n, -N, -S" : "with '\(own.joined(separator: " "))'"
            return .refused("it runs \(words): stop it for another command line")
        }
        return await withCheckedContinuation { continuation in
            let isTaken = daemon.requests.put(
                .reload(isTakeover: takeover != nil) { continuation.resume(returning: $0) }
            )
            if !isTaken { continuation.resume(returning: .refused("too many requests wait")) }
        }
    }

    private func order(_ kind: Order.Kind) async -> CommandResult {
        guard let heart = daemon.heart else {
            return .refused("there is no pair section in the configuration: nothing to move")
        }
        let outcome = await daemon.orders.outcome(of: kind) { heart.give($0) }
        switch outcome {
        case .done(let text, let downtime):
            guard let downtime else { return .done(text) }
            return .done("\(text); no node held it for \(Self.milliseconds(downtime)) ms")
        case .refused(let reason): return .refused(reason)
        case .failed(let reason): return .refused("failed: \(reason)")
        }
    }

    private static func milliseconds(_ duration: Duration) -> String {
        let tenths = (duration.nanoseconds + 50_000) / 100_000
        return "\(tenths / 10).\(tenths % 10)"
    }
}
