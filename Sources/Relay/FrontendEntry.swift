internal import Synchronization

/// A frontend as all workers share it. It lives as long as the process, whatever reloads do.
final class FrontendEntry: Sendable {
    /// Its row in every table.
    let slot: Int
    let name: String
    /// Places taken: its sessions, and attempts to accept one more.
    let admitted = Atomic<Int>(0)
    let sessions = Atomic<Int>(0)
    let peak = Atomic<Int>(0)
    let busiestSecond = SharedBusiestSecond()
    let limit: Atomic<Int>

    /// - Parameter second: of the monotonic clock
    func sessionBegan(second: UInt64) {
        let count = sessions.add(1, ordering: .relaxed).newValue
        peak.max(count, ordering: .relaxed)
        busiestSecond.count(in: second)
    }

    init(slot: Int, name: String, limit: Int) {
        self.slot = slot
        self.name = name
        self.limit = Atomic(limit)
    }
}
