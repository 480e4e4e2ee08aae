internal import Glibc
package import Primitives

extension Instant {
    /// The monotonic clock of this host (`CLOCK_MONOTONIC`, read through the vDSO).
    package static var now: Instant {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
