internal import Glibc

/// The heart's place in the scheduler: above everything that merely has much to do.
enum RealTime {
    /// The lowest real-time priority: above all normal threads, below the kernel's own.
    private static let priority: Int32 = 1

    static let advice =
        "the heart runs without real-time priority: beats may be late under load "
        + "(CAP_SYS_NICE or LimitRTPRIO= allows it)"

    /// Puts the calling thread under SCHED_RR.
    /// - Returns: whether the kernel allowed it.
    static func enter() -> Bool {
        var parameters = sched_param(sched_priority: priority)
        return unsafe pthread_setschedparam(pthread_self(), SCHED_RR, &parameters) == 0
    }
}
