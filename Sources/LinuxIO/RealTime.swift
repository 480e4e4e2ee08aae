internal import CLinux

/// A thread's place in the scheduler: above everything that merely has much to do.
package enum RealTime {
    /// The lowest real-time priority: above all normal threads, below the kernel's own.
    private static let priority: Int32 = 1

    /// Puts the calling thread under SCHED_RR; what it starts begins as normal again.
    /// - Returns: whether the kernel allowed it (`CAP_SYS_NICE`, `RLIMIT_RTPRIO`)
    package static func enter() -> Bool { hb_enter_real_time(priority) == 0 }
}
