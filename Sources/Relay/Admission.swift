internal import Synchronization

/// The limits that all workers share. Touched when a connection comes or goes, never per byte.
final class Admission: Sendable {
    /// Places taken: sessions, and attempts to accept one more.
    let admitted = Atomic<Int>(0)
    let limit: Atomic<Int>
    let busiestSecond = SharedBusiestSecond()
    /// A bit for each worker that stopped accepting because of a limit or for want of descriptors,
    /// and wants to be told when a session ends.
    let paused = Atomic<UInt64>(0)

    init(limit: Int) {
        self.limit = Atomic(limit)
    }

    /// Takes a place for a connection that may be there to accept, if both limits allow it.
    func enter(_ frontend: FrontendEntry) -> Bool {
        guard admitted.add(1, ordering: .relaxed).newValue <= limit.load(ordering: .relaxed) else {
            admitted.subtract(1, ordering: .relaxed)
            return false
        }
        let count = frontend.admitted.add(1, ordering: .relaxed).newValue
        guard count <= frontend.limit.load(ordering: .relaxed) else {
            leave(frontend)
            return false
        }
        return true
    }

    /// Gives back what `enter` took. Workers that pause have to be woken afterwards.
    func leave(_ frontend: FrontendEntry) {
        frontend.admitted.subtract(1, ordering: .relaxed)
        admitted.subtract(1, ordering: .relaxed)
    }
}
