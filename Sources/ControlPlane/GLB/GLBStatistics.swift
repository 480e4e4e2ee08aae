/// The answer to `getstat`: what was counted since the one before, in glbd's layout.
package struct GLBStatistics: Sendable, Equatable {
    /// From clients.
    package var bytesIn: UInt64
    /// From servers.
    package var bytesOut: UInt64
    package var sessionsOpened: UInt64
    /// Now.
    package var sessions: Int
    package var elapsed: Duration

    package init(
        bytesIn: UInt64,
        bytesOut: UInt64,
        sessionsOpened: UInt64,
        sessions: Int,
        elapsed: Duration
    ) {
        self.bytesIn = bytesIn
        self.bytesOut = bytesOut
        self.sessionsOpened = sessionsOpened
        self.sessions = sessions
        self.elapsed = elapsed
    }

    /// Calls of the kernel are not counted here, half of them do not happen (splice, io_uring): the
    /// numbers of `recv`, `send` and `poll` are 0.
    package var text: String {
        let bytes = bytesIn &+ bytesOut
        let (seconds, attoseconds) = elapsed.components
        let fraction = String(100_000 + attoseconds / 10_000_000_000_000).dropFirst()
        return "in: \(bytesIn) out: \(bytesOut) recv: \(bytes) / 0 send: \(bytes) / 0"
            + " conns: \(sessionsOpened) / \(sessions) poll: 0 / 0 / 0"
            + " elapsed: \(seconds).\(fraction)\n"
    }
}
