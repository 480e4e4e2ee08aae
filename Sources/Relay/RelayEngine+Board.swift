internal import Synchronization

/// Which sessions on virtual addresses a reader has seen: its own memory, to be used with one
/// engine.
package struct SessionScan: Sendable {
    /// By worker and slot.
    fileprivate var stamps: [[UInt64]] = []

    package init() {}
}

extension RelayEngine {
    /// Calls `body` with worker and slot of everything that has changed since the last call of the
    /// same reader. Workers are not asked, and lose no time; what comes and goes in between is not
    /// seen.
    package func forEachChange(_ scan: inout SessionScan, _ body: (Int, Int) -> Void) {
        let workers = running.withLock { $0.workers }
        while scan.stamps.count < workers.count { scan.stamps.append([]) }
        for worker in workers {
            worker.board.forEachChange(&scan.stamps[worker.number]) { body(worker.number, $0) }
        }
    }

    /// The ends of the sessions in these slots of a worker at this moment.
    package func sessionEnds(worker number: Int, slots: Range<Int>) -> [SessionEnds] {
        let workers = running.withLock { $0.workers }
        guard number < workers.count else { return [] }
        return slots.compactMap { workers[number].board.read($0) }
    }
}
