internal import LinuxIO
internal import Primitives

/// The thread of the session holder.
struct SessionHolderLoop: ~Copyable {
    private static let wakeToken = UInt64.max
    /// How exactly queries keep their time.
    private static let tick = Duration.milliseconds(5)

    private let count: Int
    private let endpoint: Endpoint
    private let user: String
    private var sessions: [HeldSession] = []

    init(_ count: Int, _ endpoint: Endpoint, user: String) {
        self.count = count
        self.endpoint = endpoint
        self.user = user
    }

    mutating func run(
        _ control: Service.Control,
        _ publish: (Int, SessionHolder.SessionReport) -> Void
    ) throws(SystemError) {
        var epoll = try Epoll(capacity: 256)
        try epoll.add(control.wake.descriptor.raw, .readable, token: Self.wakeToken)
        while !control.isStopping {
            // One new session per tick, so that their queries spread over the interval.
            if sessions.count < count {
                sessions.append(
                    HeldSession(to: endpoint, user: user, epoll, token: UInt64(sessions.count))
                )
            }
            try epoll.wait(timeout: Self.tick) { token, _ in
                if token != Self.wakeToken { sessions[Int(token)].becameReady() }
            }
            let now = Instant.now
            for (index, session) in sessions.enumerated() {
                session.keepUp(now)
                if session.takeChange() { publish(index, session.report) }
            }
        }
        for (index, session) in sessions.enumerated() {
            session.quit()
            publish(index, session.report)
        }
    }
}
