package import Primitives

extension SessionRecord {
    /// The names behind the numbers of a record.
    package struct Names: Sendable, Equatable {
        package var frontend: String
        /// Where the client came in: `name` of the `bind` line, or the listener's number.
        package var listener = "-"
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

    /// What a line says besides the record.
    package struct Surroundings: Sendable {
        package var hostName: String
        package var processID: Int32
        /// Sessions that were logged before, in all and for this frontend.
        package var sessionCount: UInt64
        package var lineCount: UInt64

        package init(
            hostName: String,
            processID: Int32,
            sessionCount: UInt64 = 0,
            lineCount: UInt64 = 0
        ) {
            self.hostName = hostName
            self.processID = processID
            self.sessionCount = sessionCount
            self.lineCount = lineCount
        }
    }

    /// When the client was accepted, by the wall clock.
    package struct Acceptance: Sendable {
        package var local: CivilTime
        package var utc: CivilTime
        /// Since 1970.
        package var second: Int64

        package init(local: CivilTime, utc: CivilTime, second: Int64) {
            self.local = local
            self.utc = utc
            self.second = second
        }
    }

    private func position(ofServer: Bool) -> Int {
        guard let queuePosition, queuePosition.isOfServer == ofServer else { return 0 }
        return Int(queuePosition.number)
    }

    /// Appends the line of the session.
    package func append(
        to line: inout ByteText,
        _ format: SessionLogFormat,
        _ names: Names,
        _ acceptance: Acceptance,
        _ around: Surroundings
    ) {
        for piece in format.pieces {
            switch piece {
            case .text(let text): line.append(text)
            case .variable(let variable, let style):
                append(variable, style, to: &line, names, acceptance, around)
            }
        }
    }

    private func append(
        _ variable: SessionLogFormat.Variable,
        _ style: SessionLogFormat.Style,
        to line: inout ByteText,
        _ names: Names,
        _ acceptance: Acceptance,
        _ around: Surroundings
    ) {
        switch variable {
        case .bytesToClient: line.append(bytesToClient)
        case .bytesToServer: line.append(bytesToServer)
        case .hostName: line.append(around.hostName, style)
        case .processID: line.append(UInt64(around.processID), style)
        case .sessionCount: line.append(around.sessionCount, style)
        case .lineCount: line.append(around.lineCount, style)
        case .acceptedAt: acceptance.local.append(to: &line)
        case .acceptedAtLocal: acceptance.local.appendWithZone(to: &line)
        case .acceptedAtUTC: acceptance.utc.appendWithZone(to: &line)
        case .acceptedSecond: line.append(UInt64(max(0, acceptance.second)), style)
        case .acceptedMillisecond: line.append(acceptance.local.millisecond, width: 3)
        case .connectTime: line.append(connectTime)
        case .dataTime: line.append(dataTime)
        case .handshakeTime: line.append(handshakeTime)
        case .totalTime: line.append(totalTime)
        case .waitTime: line.append(waitTime)
        case .frontend: line.append(names.frontend, style)
        case .listener: line.append(names.listener, style)
        case .connectionFault: line.append(headerFault?.rawValue ?? "")
        case .backend: line.append(names.backend ?? names.frontend, style)
        case .server: line.append(names.server ?? "<NOSRV>", style)
        case .clientAddress: line.append(client.address, style)
        case .clientPort: line.append(UInt64(client.port), style)
        case .frontendAddress: line.append(ends?.local?.address, style)
        case .frontendPort: line.append(port: ends?.local?.port, style)
        case .sourceAddress: line.append(ends?.source?.address, style)
        case .sourcePort: line.append(port: ends?.source?.port, style)
        case .serverAddress: line.append(ends?.server?.address, style)
        case .serverPort: line.append(port: ends?.server?.port, style)
        case .processSessions: line.append(processSessions)
        case .frontendSessions: line.append(frontendSessions)
        case .backendSessions: line.append(backendSessions)
        case .serverSessions: line.append(serverSessions)
        case .serverQueue: line.append(position(ofServer: true))
        case .backendQueue: line.append(position(ofServer: false))
        case .retries:
            if isRedispatched { line.append("+") }
            line.append(retries)
        case .terminationState:
            line.append(byte: termination.cause.rawValue)
            line.append(byte: termination.state.rawValue)
        }
    }
}

// HAProxy's spellings: what is not there is `-`, or nothing between the quotes.
extension ByteText {
    fileprivate mutating func append(_ duration: Duration?) {
        append(duration.map { Int($0.milliseconds) } ?? -1)
    }

    fileprivate mutating func append(_ name: String, _ style: SessionLogFormat.Style) {
        guard style.contains(.quoted) else { return append(name) }
        append("\"")
        append(name)
        append("\"")
    }

    fileprivate mutating func append(_ number: UInt64, _ style: SessionLogFormat.Style) {
        guard style.contains(.hexadecimal) else { return append(number) }
        append(hexadecimal: number, width: 4)
    }

    fileprivate mutating func append(port: UInt16?, _ style: SessionLogFormat.Style) {
        if let port { append(UInt64(port), style) } else { append("-") }
    }

    fileprivate mutating func append(_ address: IPAddress?, _ style: SessionLogFormat.Style) {
        if let address, style.contains(.hexadecimal) {
            for byte in address.networkBytes { append(hexadecimal: UInt64(byte), width: 2) }
            return
        }
        let quote = style.contains(.quoted)
        if quote { append("\"") }
        if let address { append(address) } else if !quote { append("-") }
        if quote { append("\"") }
    }
}
