package import Primitives

/// Where log lines go: one `log` line of the configuration.
package struct LogTarget: Sendable, Equatable {
    package enum Destination: Sendable, Equatable, CustomStringConvertible {
        /// A syslog server.
        case udp(Endpoint)
        /// A local syslog daemon, such as `/dev/log`.
        case unixDatagram(path: String)
        case standardOutput
        case standardError

        package var description: String {
            switch self {
            case .udp(let endpoint): "\(endpoint)"
            case .unixDatagram(let path): path
            case .standardOutput: "stdout"
            case .standardError: "stderr"
            }
        }
    }

    package var destination: Destination
    package var facility: Facility
    package var format: LogFormat
    /// Less serious lines are not sent (HAProxy's `max level`).
    package var maximumLevel: Severity
    /// More serious lines are sent with this level instead: emergencies of one service need not
    /// reach every terminal of the host (HAProxy's `min level`).
    package var minimumLevel: Severity
    /// Longest line in bytes, its line end included (HAProxy's `len`).
    package var maximumLength: Int

    package init(
        _ destination: Destination,
        facility: Facility,
        format: LogFormat = .local,
        maximumLevel: Severity = .debug,
        minimumLevel: Severity = .emergency,
        maximumLength: Int = 1024
    ) {
        precondition((80...65_535).contains(maximumLength), "log line length out of range")
        self.destination = destination
        self.facility = facility
        self.format = format
        self.maximumLevel = maximumLevel
        self.minimumLevel = minimumLevel
        self.maximumLength = maximumLength
    }
}
