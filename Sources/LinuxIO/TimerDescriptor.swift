internal import CLinux
internal import Glibc
package import Primitives

/// A one-shot timer that becomes readable at an instant (`timerfd_create(2)`, `CLOCK_MONOTONIC`).
package struct TimerDescriptor: ~Copyable, Sendable {
    package let descriptor: OwnedDescriptor

    package init() throws(SystemError) {
        let raw = try SystemCall.run("timerfd_create") {
            timerfd_create(
                CLOCK_MONOTONIC,
                Int32(TFD_NONBLOCK | TFD_CLOEXEC)
            )
        }
        descriptor = OwnedDescriptor(adopting: raw)
    }

    /// Replaces what was armed. An instant that is over fires at once; `distantFuture` never does.
    package func arm(at instant: Instant) {
        guard instant < .distantFuture else { return disarm() }
        // All zero would disarm it.
        let nanoseconds = max(instant.nanoseconds, 1)
        set(
            timespec(
                tv_sec: Int(nanoseconds / 1_000_000_000),
                tv_nsec: Int(nanoseconds % 1_000_000_000)
            )
        )
    }

    package func disarm() {
        set(timespec())
    }

    /// How often it fired since it was armed or drained: 0 or 1. Never blocks.
    @discardableResult
    package func drain() -> UInt64 {
        var count: UInt64 = 0
        let size = MemoryLayout<UInt64>.size
        return unsafe read(descriptor.raw, &count, size) == size ? count : 0
    }

    private func set(_ time: timespec) {
        var setting = itimerspec(it_interval: timespec(), it_value: time)
        let result = unsafe timerfd_settime(
            descriptor.raw,
            Int32(TFD_TIMER_ABSTIME),
            &setting,
            nil
        )
        // The descriptor is ours and the time is normalised: no other reason is left.
        precondition(result == 0, "timerfd_settime refused a valid time")
    }
}
