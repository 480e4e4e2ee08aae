internal import LinuxIO
internal import Primitives

/// The thread of the outage meter: a timer that starts attempts, an epoll that follows them.
struct OutageMeterLoop: ~Copyable {
    private static let timerToken: UInt64 = 0
    private static let wakeToken: UInt64 = 1
    private static let firstToken: UInt64 = 2

    /// A turn of the loop that comes this late means that the meter itself did not run.
    private static let stall = Duration.milliseconds(20)

    private let endpoint: Endpoint
    /// Those under way, oldest first: 250 ms at one every 2 ms, so about 125.
    private var attempts: [ConnectAttempt] = []
    /// The number of the first of them; a token is a number plus `firstToken`.
    private var firstNumber: UInt64 = 0

    init(_ endpoint: Endpoint) {
        self.endpoint = endpoint
    }

    mutating func run(_ control: Service.Control, _ log: SharedOutageLog) throws(SystemError) {
        var epoll = try Epoll(capacity: 256)
        let timer = try TimerDescriptor()
        try epoll.add(timer.descriptor.raw, .readable, token: Self.timerToken)
        try epoll.add(control.wake.descriptor.raw, .readable, token: Self.wakeToken)
        var next = Instant.now
        timer.arm(at: next)
        var lastTurn = next
        while !(control.isStopping && attempts.isEmpty) {
            var isTick = false
            try epoll.wait(timeout: OutageMeter.patience) { token, _ in
                switch token {
                case Self.timerToken: isTick = true
                case Self.wakeToken: control.wake.drain()
                default: becameReady(token - Self.firstToken)
                }
            }
            allowForStall(Instant.now - lastTurn, log)
            lastTurn = .now
            if isTick {
                timer.drain()
                if !control.isStopping { start(epoll) }
                // After a stall it goes on from now: a burst would measure itself.
                next = max(next + OutageMeter.interval, .now)
                timer.arm(at: next)
            }
            settle(log)
        }
    }

    /// Where this thread did not run, the server on the same machine may not have run either: the
    /// attempts under way get that time back, so that the meter does not measure itself.
    private func allowForStall(_ gap: Duration, _ log: SharedOutageLog) {
        guard gap > Self.stall else { return }
        for attempt in attempts { attempt.patience += gap }
        log.update { $0.stalled(gap) }
    }

    private mutating func start(_ epoll: borrowing Epoll) {
        let token = firstNumber + UInt64(attempts.count) + Self.firstToken
        attempts.append(ConnectAttempt(to: endpoint, epoll, token: token))
    }

    private func becameReady(_ number: UInt64) {
        // Events of one round may concern an attempt that was settled in it; its socket is closed.
        guard number >= firstNumber, number - firstNumber < attempts.count else { return }
        attempts[Int(number - firstNumber)].becameReady()
    }

    /// Gives up those that took too long, and reports what is over in the order of the starts.
    private mutating func settle(_ log: SharedOutageLog) {
        let now = Instant.now
        for attempt in attempts {
            if now - attempt.start >= attempt.patience { attempt.giveUp(.timedOut) }
        }
        while let attempt = attempts.first, let result = attempt.result {
            attempts.removeFirst()
            firstNumber += 1
            log.update { $0.finished(result, start: attempt.start) }
        }
    }
}
