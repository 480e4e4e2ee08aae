internal import CLinux
internal import Glibc
internal import LinuxIO
internal import Primitives
internal import Synchronization

/// Brings the heart to another processor when its own does not let it run.
///
/// A kernel that does not preempt itself can keep a processor for hundreds of milliseconds, as
/// while nft loads a large set, and the scheduler leaves a real-time thread that is due there where
/// it is: measured, 255 ms late, longer than a lease. Two threads on two processors look each few
/// milliseconds whether the heart is late, and the one that can run takes it along.
final class HeartEscort: Sendable {
    private static let rhythm: Duration = .milliseconds(10)
    /// Beats are this late on a busy host without any need of help.
    private static let patience: Duration = .milliseconds(15)

    private final class Shared: Sendable {
        /// When the heart wants to wake up, in nanoseconds; `.max` while it is awake.
        let due = Atomic<Int64>(.max)
        let wasMoved = Atomic<Bool>(false)
        let isEnding = Atomic<Bool>(false)
        let moves = Atomic<Int>(0)
    }

    private let shared = Shared()
    private let heart: Int32
    private let lower: Mutex<Thread?>
    private let upper: Mutex<Thread?>

    /// For the calling thread. `nil` where there is no other processor.
    init?() {
        var (lowest, highest): (Int32, Int32) = (0, 0)
        guard unsafe hb_outer_processors(&lowest, &highest) == 0, lowest != highest else {
            return nil
        }
        heart = hb_thread_id()
        let (shared, heart) = (shared, heart)
        let (low, high) = (lowest, highest)
        // Without one of them the other still helps.
        lower = Mutex(try? Thread.start(name: "escort") { Self.run(shared, heart, on: low) })
        upper = Mutex(try? Thread.start(name: "escort") { Self.run(shared, heart, on: high) })
    }

    /// The heart goes to sleep until then.
    func sleeps(until due: Instant) {
        shared.due.store(due.nanoseconds, ordering: .releasing)
    }

    /// The heart is awake, and free to run anywhere again.
    func isAwake() {
        shared.due.store(.max, ordering: .releasing)
        guard shared.wasMoved.exchange(false, ordering: .acquiringAndReleasing) else { return }
        // The main thread's: nobody moves that.
        _ = hb_spread_thread(getpid())
    }

    /// How often the heart had to be moved.
    var moves: Int { shared.moves.load(ordering: .relaxed) }

    func end() {
        shared.isEnding.store(true, ordering: .releasing)
        lower.withLock { $0.take() }?.join()
        upper.withLock { $0.take() }?.join()
    }

    private static func run(_ shared: Shared, _ heart: Int32, on processor: Int32) {
        guard hb_move_thread(0, processor) == 0, RealTime.enter() else { return }
        while !shared.isEnding.load(ordering: .acquiring) {
            var pause = timespec(tv_sec: 0, tv_nsec: Int(rhythm.nanoseconds))
            _ = unsafe nanosleep(&pause, nil)
            let due = shared.due.load(ordering: .acquiring)
            guard due != .max, Instant.now - Instant(nanoseconds: due) > patience else { continue }
            shared.wasMoved.store(true, ordering: .releasing)
            _ = hb_move_thread(heart, processor)
            shared.moves.add(1, ordering: .relaxed)
        }
    }
}
