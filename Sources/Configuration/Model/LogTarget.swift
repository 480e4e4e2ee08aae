/// One `log` line: where log messages go, and which.
package struct LogTarget: Sendable, Equatable {
    package enum Destination: Sendable, Equatable {
        /// Syslog over UDP.
        case udp(HostAddress, port: UInt16)
        /// Syslog over a UNIX datagram socket such as `/dev/log`, absolute path.
        case unixSocket(String)
        case standardOutput
        case standardError
    }

    package enum Format: String, Sendable, CaseIterable {
        /// `<PRI>Mon dd hh:mm:ss tag[pid]: message`, HAProxy's default for sockets.
        case local
        /// The message alone.
        case raw
    }

    package var destination: Destination
    package var format: Format
    package var facility: LogFacility
    /// The least severe level that is sent; the more severe ones are sent too.
    package var maximumLevel: LogLevel
    /// The level that more severe messages are lowered to.
    package var minimumLevel: LogLevel
    /// `len`: longer lines are cut, in bytes.
    package var maximumLength: Int
}

/// Syslog severities (RFC 5424 §6.2.1), gravest first.
package enum LogLevel: UInt8, Sendable, CaseIterable {
    case emerg, alert, crit, err, warning, notice, info, debug

    /// HAProxy's word for it.
    package var name: String { "\(self)" }
}

/// Syslog facilities by HAProxy's names (RFC 5424 §6.2.1).
package enum LogFacility: UInt8, Sendable, CaseIterable {
    case kern, user, mail, daemon, auth, syslog, lpr, news, uucp, cron, auth2, ftp, ntp, audit
    case alert, cron2, local0, local1, local2, local3, local4, local5, local6, local7

    /// HAProxy's word for it.
    package var name: String { "\(self)" }
}
