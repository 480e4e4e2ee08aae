internal import Primitives

extension SessionRecord {
    /// The names behind the numbers of a record.
    package struct Names: Sendable, Equatable {
        package var frontend: String
        /// `nil`: no backend was reached; the frontend's name stands in its place.
        package var backend: String?
        /// `nil`: no server was reached.
        package var server: String?

        package init(frontend: String, backend: String?, server: String?) {
            self.frontend = frontend
            self.backend = backend
            self.server = server
        }
    }

    /// The line of `option tcplog`:
    /// `%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq`.
    /// `acceptedAt` is when the client was accepted. Both queues are always 0: there are none.
    package func tcpLogLine(_ names: Names, acceptedAt: CivilTime) -> String {
        let server = names.server ?? "<NOSRV>"
        let place = "\(names.frontend) \(names.backend ?? names.frontend)/\(server)"
        let times = [waitTime, connectTime, totalTime].map(Self.milliseconds).joined(separator: "/")
        let counts = [processSessions, frontendSessions, backendSessions, serverSessions]
            .map(String.init).joined(separator: "/")
        let retriesText = (isRedispatched ? "+" : "") + "\(retries)"
        return "\(client.address):\(client.port) [\(acceptedAt.logText)] \(place) \(times) "
            + "\(bytesToClient) \(termination) \(counts)/\(retriesText) 0/0"
    }

    private static func milliseconds(_ duration: Duration?) -> String {
        duration.map { String($0.milliseconds) } ?? "-1"
    }
}
