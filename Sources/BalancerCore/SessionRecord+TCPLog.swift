package import Primitives

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

    /// Appends the line of `option tcplog`:
    /// `%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq`.
    /// `acceptedAt` is when the client was accepted. Both queues are always 0: there are none.
    package func appendTCPLog(to line: inout ByteText, _ names: Names, acceptedAt: CivilTime) {
        let slash = UInt8(ascii: "/")
        line.append(client.address)
        line.append(":")
        line.append(Int(client.port))
        line.append(" [")
        acceptedAt.append(to: &line)
        line.append("] ")
        line.append(names.frontend)
        line.append(" ")
        line.append(names.backend ?? names.frontend)
        line.append("/")
        line.append(names.server ?? "<NOSRV>")
        line.append(" ")
        Self.append(waitTime, to: &line)
        line.append(byte: slash)
        Self.append(connectTime, to: &line)
        line.append(byte: slash)
        Self.append(totalTime, to: &line)
        line.append(" ")
        line.append(bytesToClient)
        line.append(" ")
        line.append(byte: termination.cause.rawValue)
        line.append(byte: termination.state.rawValue)
        line.append(" ")
        line.append(processSessions)
        line.append(byte: slash)
        line.append(frontendSessions)
        line.append(byte: slash)
        line.append(backendSessions)
        line.append(byte: slash)
        line.append(serverSessions)
        line.append(byte: slash)
        if isRedispatched { line.append("+") }
        line.append(retries)
        line.append(" 0/0")
    }

    private static func append(_ duration: Duration?, to line: inout ByteText) {
        line.append(duration.map { Int($0.milliseconds) } ?? -1)
    }
}
