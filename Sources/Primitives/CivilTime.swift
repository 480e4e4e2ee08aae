/// A moment of wall-clock time taken apart in some time zone, and its spellings in logs. Only the
/// shell knows zone and clock.
package struct CivilTime: Sendable, Equatable {
    package var year: Int
    /// 1...12
    package var month: Int
    /// 1...31
    package var day: Int
    package var hour: Int
    package var minute: Int
    /// 0...60
    package var second: Int
    package var millisecond: Int
    /// East of Greenwich.
    package var offsetSeconds: Int

    package init(
        year: Int,
        month: Int,
        day: Int,
        hour: Int,
        minute: Int,
        second: Int,
        millisecond: Int,
        offsetSeconds: Int = 0
    ) {
        precondition((1...12).contains(month), "month \(month)")
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
        self.millisecond = millisecond
        self.offsetSeconds = offsetSeconds
    }

    private static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Appends `22/Nov/2026:13:49:09.378`, HAProxy's `%t`.
    package func append(to text: inout ByteText) {
        appendDate(to: &text)
        text.append(".")
        text.append(millisecond, width: 3)
    }

    /// Appends `22/Nov/2026:13:49:09 +0100`, HAProxy's `%T` and `%Tl`.
    package func appendWithZone(to text: inout ByteText) {
        appendDate(to: &text)
        text.append(offsetSeconds < 0 ? " -" : " +")
        let minutes = abs(offsetSeconds) / 60
        text.append(minutes / 60 * 100 + minutes % 60, width: 4)
    }

    private func appendDate(to text: inout ByteText) {
        text.append(day, width: 2)
        text.append("/")
        text.append(Self.monthNames[month - 1])
        text.append("/")
        text.append(year)
        text.append(":")
        appendClock(to: &text)
    }

    /// `22/Nov/2026:13:49:09.378`
    package var haproxy: String {
        var text = ByteText()
        append(to: &text)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    /// Appends `Nov  2 13:49:14`: RFC 3164 §4.1.2, the day filled up with a space.
    package func appendSyslog(to text: inout ByteText) {
        text.append(Self.monthNames[month - 1])
        text.append(day < 10 ? "  " : " ")
        text.append(day)
        text.append(" ")
        appendClock(to: &text)
    }

    /// `2026-11-22T13:49:09+01:00`, ISO 8601.
    package var iso8601: String {
        var text = ByteText()
        text.append(year, width: 4)
        text.append("-")
        text.append(month, width: 2)
        text.append("-")
        text.append(day, width: 2)
        text.append("T")
        appendClock(to: &text)
        text.append(offsetSeconds < 0 ? "-" : "+")
        let minutes = abs(offsetSeconds) / 60
        text.append(minutes / 60, width: 2)
        text.append(":")
        text.append(minutes % 60, width: 2)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    private func appendClock(to text: inout ByteText) {
        text.append(hour, width: 2)
        text.append(":")
        text.append(minute, width: 2)
        text.append(":")
        text.append(second, width: 2)
    }
}
