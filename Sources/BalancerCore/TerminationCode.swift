/// Why and where a session ended: HAProxy's two letters.
package struct TerminationCode: Sendable, Equatable, CustomStringConvertible {
    /// The first letter.
    package enum Cause: UInt8, Sendable, Equatable {
        /// A clean end: `-`.
        case none = 0x2D
        /// The client reset the connection or went away: `C`.
        case clientAbort = 0x43
        /// The client was idle for too long: `c`.
        case clientTimeout = 0x63
        /// The server reset the connection or refused it: `S`.
        case serverAbort = 0x53
        /// The server was idle, or did not accept, for too long: `s`.
        case serverTimeout = 0x73
        /// A limit or rule of the proxy: `P`.
        case proxy = 0x50
        /// Nothing left of something: ports, descriptors, memory: `R`.
        case resource = 0x52
        /// An internal error: `I`.
        case internalError = 0x49
        /// The server was marked down with `on-marked-down shutdown-sessions`: `D`.
        case down = 0x44
        /// An active server came up, with `on-marked-up shutdown-backup-sessions`: `U`.
        case up = 0x55
        /// The operator ended it: `K`.
        case killed = 0x4B
    }

    /// The second letter.
    package enum State: UInt8, Sendable, Equatable {
        /// After the data phase: `-`.
        case none = 0x2D
        /// Waiting for the request: `R`.
        case request = 0x52
        /// In the queue: `Q`.
        case queue = 0x51
        /// Connecting to the server: `C`.
        case connect = 0x43
        /// Waiting for the response headers: `H`.
        case headers = 0x48
        /// Data was flowing: `D`.
        case data = 0x44
        /// The server's last data was on its way to the client: `L`.
        case last = 0x4C
        /// Tarpitted: `T`.
        case tarpit = 0x54
    }

    package var cause: Cause
    package var state: State

    package init(_ cause: Cause, _ state: State) {
        self.cause = cause
        self.state = state
    }

    package static let clean = TerminationCode(.none, .none)

    package var description: String {
        String(decoding: [cause.rawValue, state.rawValue], as: UTF8.self)
    }
}
