internal import Synchronization

/// How many connections came in the second that had the most of them, counted by all workers.
struct SharedBusiestSecond: ~Copyable {
    /// The number of the second above, how many came in it below.
    private let current = Atomic<UInt64>(0)
    private let most = Atomic<Int>(0)
    private static let countBits: UInt64 = 24

    var maximum: Int { most.load(ordering: .relaxed) }

    /// - Parameter second: of the monotonic clock
    func count(in second: UInt64) {
        let begin = second << Self.countBits
        var old = current.load(ordering: .relaxed)
        while true {
            let new = old >> Self.countBits == second ? old + 1 : begin + 1
            let (isStored, found) = current.weakCompareExchange(
                expected: old,
                desired: new,
                ordering: .relaxed
            )
            guard !isStored else {
                most.max(Int(new - begin), ordering: .relaxed)
                return
            }
            old = found
        }
    }

    func forget() { most.store(0, ordering: .relaxed) }
}
