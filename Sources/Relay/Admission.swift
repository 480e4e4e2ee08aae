internal import Synchronization

/// The limits that all workers share. Touched when a connection comes or goes, never per byte.
final class Admission: Sendable {
    let sessions = Atomic<Int>(0)
    let limit: Atomic<Int>
    /// A bit for each worker that stopped accepting because of a limit or for want of descriptors, and
    /// wants to be told when a session ends.
    let paused = Atomic<UInt64>(0)

    init(limit: Int) {
        self.limit = Atomic(limit)
    }

    /// Counts a session in, if both limits allow it.
    func enter(_ frontend: FrontendEntry) -> Bool {
        guard sessions.add(1, ordering: .relaxed).newValue <= limit.load(ordering: .relaxed) else {
            sessions.subtract(1, ordering: .relaxed)
            return false
        }
        let count = frontend.sessions.add(1, ordering: .relaxed).newValue
        guard count <= frontend.limit.load(ordering: .relaxed) else {
            leave(frontend)
            return false
        }
        frontend.peak.max(count, ordering: .relaxed)
        return true
    }

    func leave(_ frontend: FrontendEntry) {
        frontend.sessions.subtract(1, ordering: .relaxed)
        sessions.subtract(1, ordering: .relaxed)
    }
}

/// A frontend as all workers share it. It lives as long as the process, whatever reloads do.
final class FrontendEntry: Sendable {
    /// Its row in every table.
    let slot: Int
    let name: String
    let sessions = Atomic<Int>(0)
    let peak = Atomic<Int>(0)
    let limit: Atomic<Int>

    init(slot: Int, name: String, limit: Int) {
        self.slot = slot
        self.name = name
        self.limit = Atomic(limit)
    }
}
