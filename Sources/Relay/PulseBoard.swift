internal import CLinux
internal import Primitives

/// When each worker's loop last turned, for a reader that may wait for nothing.
///
/// Unchecked: each number is written by one worker and read by others through `hb_counter_read`.
@safe final class PulseBoard: @unchecked Sendable {
    private let pulses: UnsafeMutablePointer<UInt64>
    private let count: Int

    init(workers count: Int) {
        self.count = count
        unsafe pulses = .allocate(capacity: count)
        unsafe pulses.initialize(repeating: 0, count: count)
    }

    deinit {
        unsafe pulses.deallocate()
    }

    /// Called by worker `number`.
    func beat(_ number: Int, nanoseconds: Int64) {
        unsafe hb_counter_set(pulses + number, UInt64(nanoseconds))
    }

    var instants: [Instant] {
        (0..<count).map { unsafe Instant(nanoseconds: Int64(hb_counter_read(pulses + $0))) }
    }
}
