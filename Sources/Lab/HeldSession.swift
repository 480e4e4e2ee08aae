internal import CLinux
internal import Glibc
internal import LinuxIO
internal import Primitives

/// One long session of the session holder: a MySQL client in text protocol.
final class HeldSession {
    private enum Phase {
        case greeting
        case login
        case idle
        case answer
        case over
    }

    private(set) var report = SessionHolder.SessionReport()
    private let user: String
    private var socket: Socket?
    private var phase = Phase.greeting
    private var received: [UInt8] = []
    private var result = TextResult()
    /// When the session began to wait for the server.
    private var askedAt: Instant
    private var isChanged = true

    init(to endpoint: Endpoint, user: String, _ epoll: borrowing Epoll, token: UInt64) {
        self.user = user
        askedAt = .now
        do {
            let socket = try Socket(.stream, for: endpoint.address)
            try socket.connect(to: endpoint)
            try epoll.add(socket.descriptor.raw, .readable, token: token)
            self.socket = consume socket
        } catch {
            lose(.neverOpened)
        }
    }

    /// Whether the report is another one than at the last call.
    func takeChange() -> Bool {
        defer { isChanged = false }
        return isChanged
    }

    /// Sends the next query when it is time, and gives up a session that stays silent.
    func keepUp(_ now: Instant) {
        switch phase {
        case .idle:
            guard now - askedAt >= SessionHolder.interval else { return }
            result = TextResult()
            send(
                MySQLWire.packet(0, [0x03] + Array("select @@wsrep_node_name".utf8)),
                then: .answer
            )
        case .greeting, .login, .answer:
            if now - askedAt >= SessionHolder.patience { lose(.silent) }
        case .over:
            return
        }
    }

    /// The socket has something to say.
    func becameReady() {
        guard let raw = socket?.descriptor.raw else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe recv(raw, &buffer, buffer.count, 0)
        if count < 0 {
            let errno = hb_errno()
            if errno != EAGAIN { lose(report.answers == 0 ? .neverOpened : .reset) }
            return
        }
        guard count > 0 else { return lose(report.answers == 0 ? .neverOpened : .closed) }
        received += buffer[..<count]
        while let packet = MySQLWire.takePacket(from: &received) {
            take(packet.body, packet.sequence &+ 1)
        }
    }

    /// Says goodbye as a client should.
    func quit() {
        if phase == .answer {
            report.longestPause = max(report.longestPause, Instant.now - askedAt)
            isChanged = true
        }
        if phase == .idle || phase == .answer { send(MySQLWire.packet(0, [0x01]), then: .over) }
        phase = .over
        socket = nil
    }

    private func take(_ body: [UInt8], _ sequence: UInt8) {
        // An error ends every phase.
        if body.first == 0xFF { return lose(.rejected) }
        switch phase {
        case .greeting:
            guard body.first == 10 else { return lose(.rejected) }
            send(MySQLWire.login(sequence, user: user), then: .login)
        case .login:
            guard body.first == 0 else { return lose(.rejected) }
            phase = .idle
        case .answer:
            result.take(body)
            guard result.isComplete else { return }
            report.answers += 1
            report.node = result.value
            report.longestPause = max(report.longestPause, Instant.now - askedAt)
            isChanged = true
            phase = .idle
        case .idle, .over:
            lose(.rejected)
        }
    }

    private func send(_ bytes: [UInt8], then next: Phase) {
        guard let raw = socket?.descriptor.raw else { return }
        let sent = unsafe Glibc.send(raw, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        guard sent == bytes.count else { return lose(.reset) }
        askedAt = .now
        phase = next
    }

    private func lose(_ loss: SessionHolder.Loss) {
        guard report.loss == nil, phase != .over else { return }
        report.loss = loss
        report.lostAt = .now
        isChanged = true
        phase = .over
        socket = nil
    }
}
