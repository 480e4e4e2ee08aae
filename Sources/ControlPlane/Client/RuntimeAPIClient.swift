internal import CLinux
internal import Glibc
internal import LinuxIO
internal import Primitives

/// Asks a daemon one thing over its runtime API. Blocks: for commands, not for the daemon itself.
package struct RuntimeAPIClient: Sendable {
    /// More than any reply the server sends.
    private static let replyLimit = 64 << 20

    private let path: String

    package init(path: String = ControlSocket.defaultPath) {
        self.path = path
    }

    /// Sends a command given as its words and returns the reply without the empty line that ends
    /// it.
    package func request(
        _ words: [String],
        timeout: Duration = .seconds(5)
    ) throws(RuntimeAPIClientError) -> String {
        let deadline = Instant.now + timeout
        let descriptor = try connect(timeout)
        let line = words.map(RuntimeLine.escaped).joined(separator: " ") + "\n"
        try send(Array(line.utf8)[...], descriptor, deadline, timeout)
        let bytes = try receive(descriptor, deadline, timeout)
        // The empty line proves that the reply is whole.
        guard bytes.last == UInt8(ascii: "\n") else { throw .badAnswer(path: path) }
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }

    /// Sends one of our verbs, such as `["failover"]`. A handler may take seconds: choose
    /// `timeout`.
    package func perform(
        _ words: [String],
        timeout: Duration
    ) throws(RuntimeAPIClientError) -> CommandResult {
        CommandResult(reply: try request(words, timeout: timeout))
    }

    private func connect(_ timeout: Duration) throws(RuntimeAPIClientError) -> OwnedDescriptor {
        let raw = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { throw .system(.last("socket", path)) }
        let descriptor = OwnedDescriptor(adopting: raw)
        // Bounds connect too, which waits while the server's backlog is full: unix(7).
        let (seconds, attoseconds) = timeout.components
        var limit = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
        let size = socklen_t(MemoryLayout<timeval>.size)
        guard unsafe setsockopt(raw, SOL_SOCKET, SO_SNDTIMEO, &limit, size) == 0 else {
            throw .system(.last("setsockopt", path))
        }
        if unsafe hb_unix_connect(descriptor.raw, path) == 0 { return descriptor }
        let error = SystemError.last("connect", path)
        switch error.errno {
        case ENOENT, ECONNREFUSED, ENOTDIR: throw .noDaemon(path: path)
        case EACCES, EPERM: throw .permissionDenied(path: path)
        case EAGAIN: throw .timedOut(path: path, after: timeout)
        default: throw .system(error)
        }
    }

    private func send(
        _ bytes: ArraySlice<UInt8>,
        _ descriptor: borrowing OwnedDescriptor,
        _ deadline: Instant,
        _ timeout: Duration
    ) throws(RuntimeAPIClientError) {
        var rest = bytes
        while !rest.isEmpty {
            try wait(for: POLLOUT, descriptor, deadline, timeout)
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(
                    descriptor.raw,
                    $0.baseAddress,
                    $0.count,
                    Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
                )
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
                continue
            }
            let error = SystemError.last("send", path)
            switch error.errno {
            case EINTR, EAGAIN: continue
            // The server said something and closed: its words are worth reading.
            case EPIPE, ECONNRESET: return
            default: throw .system(error)
            }
        }
    }

    private func receive(
        _ descriptor: borrowing OwnedDescriptor,
        _ deadline: Instant,
        _ timeout: Duration
    ) throws(RuntimeAPIClientError) -> [UInt8] {
        var reply: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while reply.count <= Self.replyLimit {
            try wait(for: POLLIN, descriptor, deadline, timeout)
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe recv(descriptor.raw, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
            }
            if count == 0 { return reply }
            if count > 0 {
                reply += buffer[..<count]
                continue
            }
            let error = SystemError.last("recv", path)
            switch error.errno {
            case EINTR, EAGAIN: continue
            case ECONNRESET: return reply
            default: throw .system(error)
            }
        }
        throw .badAnswer(path: path)
    }

    /// Returns when the descriptor is ready, or has an error for the next call to find.
    private func wait(
        for event: Int32,
        _ descriptor: borrowing OwnedDescriptor,
        _ deadline: Instant,
        _ timeout: Duration
    ) throws(RuntimeAPIClientError) {
        while true {
            let rest = (deadline - .now).milliseconds
            guard rest >= 0 else { throw .timedOut(path: path, after: timeout) }
            var question = pollfd(fd: descriptor.raw, events: Int16(event), revents: 0)
            let count = unsafe poll(&question, 1, Int32(clamping: rest + 1))
            if count > 0 { return }
            if count < 0, hb_errno() != EINTR { throw .system(.last("poll", path)) }
        }
    }
}
