/// A server, as `show servers state` writes it. Source: HAProxy's management.txt §9.3, version 1 of
/// the format; `server-state-file` reads it again.
package struct ServerStateReport: Sendable, Equatable {
    /// HAProxy's `srv_op_state`.
    package enum Operation: Int, Sendable {
        case stopped = 0
        /// With `slowstart`.
        case starting = 1
        case running = 2
    }

    /// HAProxy's `srv_admin_state`, bit by bit.
    package struct Administration: OptionSet, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) { self.rawValue = rawValue }

        package static let forcedMaintenance = Administration(rawValue: 1)
        /// `disabled` stands in the configuration.
        package static let configuredMaintenance = Administration(rawValue: 4)
        package static let forcedDrain = Administration(rawValue: 8)
    }

    /// HAProxy's `srv_check_result`.
    package enum CheckResult: Int, Sendable {
        case none = 0
        /// Nobody checks it.
        case neutral = 1
        case failed = 2
        case passed = 3
    }

    /// Its numbers and names in `show stat`.
    package var backendID: Int
    package var backendName: String
    package var serverID: Int
    package var serverName: String
    package var address: String
    package var port: UInt16
    package var operation: Operation
    package var administration: Administration
    package var weight: Int
    /// That of the configuration.
    package var initialWeight: Int
    package var secondsSinceChange: Int
    /// The number of the check's last status in HAProxy's list.
    package var checkStatus: Int
    package var checkResult: CheckResult
    package var checkHealth: Int
    /// Bits: a check is running 1, is configured 2, is on 4, stands still 8.
    package var checkState: Int
    /// Its address where the configuration has a name.
    package var hostName: String?
    package var checkPort: UInt16?
    package var checkAddress: String?
    /// 0 and `nil`: there is none.
    package var agentState = 0
    package var agentAddress: String?
    package var agentPort: UInt16?

    package init(
        backendID: Int,
        backendName: String,
        serverID: Int,
        serverName: String,
        address: String,
        port: UInt16,
        operation: Operation,
        administration: Administration,
        weight: Int,
        initialWeight: Int,
        secondsSinceChange: Int,
        checkStatus: Int,
        checkResult: CheckResult,
        checkHealth: Int,
        checkState: Int,
        hostName: String? = nil,
        checkPort: UInt16? = nil,
        checkAddress: String? = nil
    ) {
        self.backendID = backendID
        self.backendName = backendName
        self.serverID = serverID
        self.serverName = serverName
        self.address = address
        self.port = port
        self.operation = operation
        self.administration = administration
        self.weight = weight
        self.initialWeight = initialWeight
        self.secondsSinceChange = secondsSinceChange
        self.checkStatus = checkStatus
        self.checkResult = checkResult
        self.checkHealth = checkHealth
        self.checkState = checkState
        self.hostName = hostName
        self.checkPort = checkPort
        self.checkAddress = checkAddress
    }

    static let header =
        "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight"
        + " srv_iweight srv_time_since_last_change srv_check_status srv_check_result"
        + " srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id"
        + " srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr"
        + " srv_agent_port\n"

    var line: String {
        [
            "\(backendID)", backendName, "\(serverID)", serverName, address,
            "\(operation.rawValue)", "\(administration.rawValue)", "\(weight)",
            "\(initialWeight)", "\(secondsSinceChange)", "\(checkStatus)",
            "\(checkResult.rawValue)", "\(checkHealth)", "\(checkState)",
            "\(agentState)",
            // No numbers by force.
            "0", "0",
            hostName ?? "-", "\(port)",
            // No SRV record, no TLS.
            "-", "0",
            "\(checkPort ?? 0)", checkAddress ?? "-", agentAddress ?? "-", "\(agentPort ?? 0)",
        ].joined(separator: " ") + "\n"
    }
}
