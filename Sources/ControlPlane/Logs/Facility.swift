/// The part of the system that a syslog line comes from: RFC 3164 §4.1.1, with HAProxy's words.
package enum Facility: Int, Sendable, CaseIterable {
    case kern = 0
    case user, mail, daemon, auth, syslog, lpr, news, uucp, cron
    case auth2, ftp, ntp, audit, alert, cron2
    case local0, local1, local2, local3, local4, local5, local6, local7

    /// Reads the word that HAProxy's `log` line takes.
    package init?(keyword: String) {
        guard let found = Self.allCases.first(where: { "\($0)" == keyword }) else { return nil }
        self = found
    }

    /// The number in front of a line: `<134>` is local0 and info.
    package func priority(_ severity: Severity) -> Int { rawValue * 8 + severity.rawValue }
}
