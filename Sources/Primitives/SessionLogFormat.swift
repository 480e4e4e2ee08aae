/// `log-format`: how the line of a finished session is put together. HAProxy's manual, 8.2.6.
package struct SessionLogFormat: Sendable, Equatable {
    package enum Variable: Sendable {
        case bytesToClient
        case bytesToServer
        case hostName
        case processID
        /// Sessions that were logged, since the start and for this frontend.
        case sessionCount
        case lineCount
        // When the client was accepted: with milliseconds, with a zone, parts of it.
        case acceptedAt
        case acceptedAtLocal
        case acceptedAtUTC
        case acceptedSecond
        case acceptedMillisecond
        case connectTime
        case dataTime
        case handshakeTime
        case totalTime
        case waitTime
        case frontend
        /// Of the frontend's.
        case listener
        case backend
        case server
        case clientAddress
        case clientPort
        /// What the client connected to.
        case frontendAddress
        case frontendPort
        /// Where the connection to the server came from.
        case sourceAddress
        case sourcePort
        case serverAddress
        case serverPort
        // Sessions that there are.
        case processSessions
        case frontendSessions
        case backendSessions
        case serverSessions
        case serverQueue
        case backendQueue
        case retries
        case terminationState
        /// Why the connection did not become a session.
        case connectionFault

        /// It is known only while the connections of the session are open.
        var isOfConnections: Bool {
            switch self {
            case .frontendAddress, .frontendPort, .sourceAddress, .sourcePort, .serverAddress,
                .serverPort:
                true
            default: false
            }
        }
    }

    package struct Style: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// `+Q`: names and addresses in quotes.
        package static let quoted = Style(rawValue: 1)
        /// `+X`: addresses, ports and some numbers in hexadecimal.
        package static let hexadecimal = Style(rawValue: 2)
    }

    package enum Piece: Sendable, Equatable {
        case text(String)
        case variable(Variable, Style)
    }

    package var pieces: [Piece]
    /// A session has to tell of its connections before they are closed.
    package let wantsConnections: Bool

    package init(_ pieces: [Piece]) {
        self.pieces = pieces
        wantsConnections = pieces.contains {
            if case .variable(let variable, _) = $0 { variable.isOfConnections } else { false }
        }
    }

    /// `option tcplog`:
    /// `%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq`.
    package static let tcplog = SessionLogFormat([
        .variable(.clientAddress, []), .text(":"), .variable(.clientPort, []), .text(" ["),
        .variable(.acceptedAt, []), .text("] "), .variable(.frontend, []), .text(" "),
        .variable(.backend, []), .text("/"), .variable(.server, []), .text(" "),
        .variable(.waitTime, []), .text("/"), .variable(.connectTime, []), .text("/"),
        .variable(.totalTime, []), .text(" "), .variable(.bytesToClient, []), .text(" "),
        .variable(.terminationState, []), .text(" "), .variable(.processSessions, []),
        .text("/"), .variable(.frontendSessions, []), .text("/"),
        .variable(.backendSessions, []), .text("/"), .variable(.serverSessions, []),
        .text("/"), .variable(.retries, []), .text(" "), .variable(.serverQueue, []),
        .text("/"), .variable(.backendQueue, []),
    ])

    /// HAProxy's line of a session that begins, where there is a `log` and no format.
    package static let arrival = SessionLogFormat([
        .text("Connect from "), .variable(.clientAddress, []), .text(":"),
        .variable(.clientPort, []), .text(" to "), .variable(.frontendAddress, []), .text(":"),
        .variable(.frontendPort, []), .text(" ("), .variable(.frontend, []), .text("/TCP)"),
    ])

    /// HAProxy's line of a connection that did not become a session.
    package static let fault = SessionLogFormat([
        .variable(.clientAddress, []), .text(":"), .variable(.clientPort, []), .text(" ["),
        .variable(.acceptedAt, []), .text("] "), .variable(.frontend, []), .text("/"),
        .variable(.listener, []), .text(": "), .variable(.connectionFault, []),
    ])
}
