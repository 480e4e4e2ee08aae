internal import CLinux
internal import Glibc
internal import LinuxIO
internal import Primitives

/// One new connection of the outage meter, from its start to the greeting of the database.
final class ConnectAttempt {
    enum Result: Equatable {
        case greeted(latency: Duration, version: String)
        case failed(ConnectAttemptFailure)
    }

    let start: Instant
    /// How long after its start it is given up.
    var patience = OutageMeter.patience
    private(set) var result: Result?
    private var socket: Socket?
    private var received: [UInt8] = []

    /// Begins to connect; what goes wrong at once is the result.
    init(to endpoint: Endpoint, _ epoll: borrowing Epoll, token: UInt64) {
        start = .now
        do {
            let socket = try Socket(.stream, for: endpoint.address)
            try socket.connect(to: endpoint)
            // The database speaks first: there is nothing to wait for but its greeting or an error.
            try epoll.add(socket.descriptor.raw, .readable, token: token)
            self.socket = consume socket
        } catch {
            result = .failed(Self.reason(error.errno))
        }
    }

    /// The socket has something to say.
    func becameReady() {
        guard let raw = socket?.descriptor.raw, result == nil else { return }
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = unsafe recv(raw, &buffer, buffer.count, 0)
        if count < 0 {
            let errno = hb_errno()
            if errno != EAGAIN { finish(.failed(Self.reason(errno))) }
            return
        }
        guard count > 0 else { return finish(.failed(.closed)) }
        received += buffer[..<count]
        if received.count > 4096 { return finish(.failed(.rejected)) }
        guard let (_, body) = MySQLWire.takePacket(from: &received) else { return }
        guard body.first == 10, let end = body.dropFirst().firstIndex(of: 0) else {
            return finish(.failed(.rejected))
        }
        let version = String(decoding: body[1..<end], as: UTF8.self)
        finish(.greeted(latency: Instant.now - start, version: version))
    }

    /// Ends it with this failure unless it has ended already.
    func giveUp(_ reason: ConnectAttemptFailure) {
        if result == nil { finish(.failed(reason)) }
    }

    private func finish(_ result: Result) {
        self.result = result
        socket = nil
    }

    private static func reason(_ errno: Int32) -> ConnectAttemptFailure {
        switch errno {
        case ECONNREFUSED: .refused
        case ECONNRESET, EPIPE: .reset
        case ETIMEDOUT: .timedOut
        default: .unreachable
        }
    }
}
