import ControlPlane
import Glibc
import Primitives
import Testing

/// In the zone of Berlin by POSIX rules, so that no time zone files are needed.
@Suite(.serialized)
struct WallTimeTests {
    init() {
        unsafe setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1)
        tzset()
    }

    @Test(
        arguments: [
            // 2026-11-22T12:49:09.378Z
            (
                1_795_351_749_378_000_000, "Nov 22 13:49:09", "2026-11-22T13:49:09+01:00"
            ),
            // 2026-07-01T22:05:03.007Z
            (
                1_782_943_503_007_999_999, "Jul  2 00:05:03", "2026-07-02T00:05:03+02:00"
            ),
            // One millisecond before the epoch.
            (
                -1_000_000, "Jan  1 00:59:59", "1970-01-01T00:59:59+01:00"
            ),
        ] as [(Int64, String, String)]
    )
    func `a time has the spellings of syslog and ISO 8601`(
        nanoseconds: Int64,
        syslog: String,
        iso8601: String
    ) {
        let time = WallTime(nanosecondsSinceEpoch: nanoseconds).local
        #expect(time.syslog == syslog)
        #expect(time.iso8601 == iso8601)
    }

    @Test
    func `an age leads back to its wall-clock time`() {
        let time = WallTime(nanosecondsSinceEpoch: 1_795_351_749_378_000_000)
        #expect(time.before(.milliseconds(9378)).local.syslog == "Nov 22 13:49:00")
    }
}

extension CivilTime {
    var syslog: String {
        var text = ByteText()
        appendSyslog(to: &text)
        return String(decoding: text.bytes, as: UTF8.self)
    }
}
