package import Primitives

/// A moment of wall-clock time taken apart in some time zone. Only the shell knows zone and clock.
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

    package init(
        year: Int,
        month: Int,
        day: Int,
        hour: Int,
        minute: Int,
        second: Int,
        millisecond: Int
    ) {
        precondition((1...12).contains(month), "month \(month)")
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
        self.millisecond = millisecond
    }

    private static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Appends `22/Nov/2026:13:49:09.378`, HAProxy's `%t`.
    package func append(to text: inout ByteText) {
        text.append(day, width: 2)
        text.append("/")
        text.append(Self.monthNames[month - 1])
        text.append("/")
        text.append(year)
        text.append(":")
        text.append(hour, width: 2)
        text.append(":")
        text.append(minute, width: 2)
        text.append(":")
        text.append(second, width: 2)
        text.append(".")
        text.append(millisecond, width: 3)
    }
}
