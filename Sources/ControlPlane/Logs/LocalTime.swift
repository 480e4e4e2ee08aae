internal import Glibc
package import Primitives

/// A wall-clock time broken down in the time zone of the host, and its spellings in logs.
package struct LocalTime: Sendable, Equatable {
    package let year: Int
    /// 1...12
    package let month: Int
    package let day: Int
    package let hour: Int
    package let minute: Int
    package let second: Int
    package let millisecond: Int
    /// East of Greenwich.
    package let offsetSeconds: Int

    package init(_ time: WallTime) {
        var seconds = time_t(time.second)
        var broken = unsafe tm()
        // localtime_r reads the time zone once and, unlike localtime, writes only where it is told.
        _ = unsafe localtime_r(&seconds, &broken)
        year = unsafe Int(broken.tm_year) + 1900
        month = unsafe Int(broken.tm_mon) + 1
        day = unsafe Int(broken.tm_mday)
        hour = unsafe Int(broken.tm_hour)
        minute = unsafe Int(broken.tm_min)
        second = unsafe Int(broken.tm_sec)
        millisecond = time.millisecond
        offsetSeconds = unsafe broken.tm_gmtoff
    }

    private static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Appends `Nov  2 13:49:14`: RFC 3164 §4.1.2, the day filled up with a space.
    package func appendSyslog(to text: inout ByteText) {
        text.append(Self.monthNames[month - 1])
        text.append(day < 10 ? "  " : " ")
        text.append(day)
        text.append(" ")
        text.append(hour, width: 2)
        text.append(":")
        text.append(minute, width: 2)
        text.append(":")
        text.append(second, width: 2)
    }

    /// `2026-11-22T13:49:09+01:00`, ISO 8601.
    package var iso8601: String {
        let minutes = abs(offsetSeconds) / 60
        let sign = offsetSeconds < 0 ? "-" : "+"
        let date = "\(digits(year, 4))-\(digits(month))-\(digits(day))"
        let clock = "\(digits(hour)):\(digits(minute)):\(digits(second))"
        return "\(date)T\(clock)\(sign)\(digits(minutes / 60)):\(digits(minutes % 60))"
    }

    private func digits(_ value: Int, _ count: Int = 2) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
