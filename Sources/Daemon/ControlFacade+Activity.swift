internal import ControlPlane
internal import Relay

/// What the threads that relay do, and what they keep.
extension ControlFacade {
    func activity() -> ActivityReport {
        let workers = daemon.engine.activity()
        let lines: [(String, (WorkerActivity) -> UInt64)] = [
            ("loops", \.turns), ("poll_io", \.eventTurns),
            ("poll_exp", { $0.turns - $0.eventTurns }), ("accepted", \.accepted),
            // Ours from here.
            ("mails", \.mails), ("limit_pauses", \.limitPauses), ("exhaustions", \.exhaustions),
            ("records_dropped", \.recordsDropped), ("stream_starts", \.streamStarts),
        ]
        return ActivityReport(
            threads: workers.count,
            now: .now,
            lines: lines.map { name, value in ActivityReport.Line(name, workers.map(value)) }
        )
    }

    /// Of all workers.
    var pipes: WorkerActivity.Pool {
        daemon.engine.activity().map(\.pipes).reduce(WorkerActivity.Pool(), +)
    }

    func pools() -> [PoolReport] {
        let workers = daemon.engine.activity()
        let pools: [(String, Int, (WorkerActivity) -> WorkerActivity.Pool)] = [
            ("session", WorkerActivity.sessionBytes, \.sessions),
            ("buffer", WorkerActivity.bufferBytes, \.buffers),
            ("pipe", WorkerActivity.pipeBytes, \.pipes),
        ]
        return pools.map { name, bytes, pool in
            let sum = workers.map(pool).reduce(WorkerActivity.Pool(), +)
            return PoolReport(name: name, bytes: bytes, allocated: sum.allocated, used: sum.used)
        }
    }
}
