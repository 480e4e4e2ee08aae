/// Everything `status` shows, as the daemon of one node knows it at one moment.
///
/// It crosses the runtime API as JSON (`show pair json`) and is what `status --json` prints. Ages
/// are relative to `generatedAt`, in milliseconds; wall-clock times are ISO 8601.
package struct StatusReport: Codable, Sendable, Equatable {
    package var version: String
    /// The node that answers.
    package var nodeName: String
    package var generatedAt: String
    package var configuration: ConfigurationStatus
    /// What needs somebody's attention, most urgent first.
    package var alarms: [String]
    /// nil for a plain balancer.
    package var pair: PairStatus?
    package var frontends: [FrontendStatus]
    package var servers: [ServerStatus]

    package init(
        version: String,
        nodeName: String,
        generatedAt: String,
        configuration: ConfigurationStatus,
        alarms: [String] = [],
        pair: PairStatus? = nil,
        frontends: [FrontendStatus] = [],
        servers: [ServerStatus] = []
    ) {
        self.version = version
        self.nodeName = nodeName
        self.generatedAt = generatedAt
        self.configuration = configuration
        self.alarms = alarms
        self.pair = pair
        self.frontends = frontends
        self.servers = servers
    }
}
