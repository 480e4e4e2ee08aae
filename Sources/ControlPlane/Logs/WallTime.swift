internal import CLinux
internal import Glibc

/// A point of the calendar, for people to read: never compared, never computed a deadline from.
package struct WallTime: Sendable, Equatable {
    /// Since 1970-01-01T00:00:00Z.
    package let nanosecondsSinceEpoch: Int64

    package init(nanosecondsSinceEpoch: Int64) {
        self.nanosecondsSinceEpoch = nanosecondsSinceEpoch
    }

    /// The system's clock (`CLOCK_REALTIME`).
    package static var now: WallTime {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(
            nanosecondsSinceEpoch: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        )
    }

    /// What the clock would have shown `age` ago, had nobody set it since.
    package func before(_ age: Duration) -> WallTime {
        let (seconds, attoseconds) = age.components
        let nanoseconds = seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
        return WallTime(nanosecondsSinceEpoch: nanosecondsSinceEpoch &- nanoseconds)
    }

    /// Whole seconds since 1970, rounded down.
    package var second: Int64 {
        let (quotient, remainder) = nanosecondsSinceEpoch.quotientAndRemainder(
            dividingBy: 1_000_000_000
        )
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// 0...999, of the second.
    package var millisecond: Int {
        Int((nanosecondsSinceEpoch - second * 1_000_000_000) / 1_000_000)
    }

    /// Broken down in the time zone of the host.
    package var local: LocalTime { LocalTime(self) }
}
