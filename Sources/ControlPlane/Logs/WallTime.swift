internal import CLinux
internal import Glibc
package import Primitives

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
    package var local: CivilTime {
        // localtime_r reads the time zone once and, unlike localtime, writes only where it is told.
        unsafe civil { unsafe localtime_r($0, $1) }
    }

    package var utc: CivilTime { unsafe civil { unsafe gmtime_r($0, $1) } }

    private func civil(
        _ breakDown: (UnsafePointer<time_t>, UnsafeMutablePointer<tm>) -> UnsafeMutablePointer<tm>?
    ) -> CivilTime {
        var seconds = time_t(second)
        var broken = unsafe tm()
        _ = unsafe breakDown(&seconds, &broken)
        return unsafe CivilTime(
            year: Int(broken.tm_year) + 1900,
            month: Int(broken.tm_mon) + 1,
            day: Int(broken.tm_mday),
            hour: Int(broken.tm_hour),
            minute: Int(broken.tm_min),
            second: Int(broken.tm_sec),
            millisecond: millisecond,
            offsetSeconds: broken.tm_gmtoff
        )
    }
}
