internal import Glibc
internal import LinuxIO
internal import Primitives

/// The UDP socket of one rail: bound to the own node address, connected to the peer's, so that
/// strangers' datagrams never reach its queue.
///
/// Only the heart's thread uses it. A rail that cannot be opened is tried again each second and
/// disturbs no other.
final class RailSocket {
    static let retryPause: Duration = .seconds(1)

    let path: HeartSettings.Rail
    let port: UInt16
    private(set) var retryAt: Instant?
    /// What was reported last, so that each trouble is told once.
    private(set) var lastOpenError: Int32 = 0
    private(set) var lastSendError: Int32 = 0
    private var socket: Socket?

    init(_ path: HeartSettings.Rail, port: UInt16, now: Instant) {
        self.path = path
        self.port = port
        retryAt = now
    }

    /// - Returns: the new descriptor, or the trouble if it is another one than last time.
    func open(index: Int, now: Instant) -> (descriptor: Int32?, trouble: RailTrouble?) {
        do {
            let fresh = try Socket(.datagram, for: path.own)
            // The guardian speaks for a daemon whose sockets are not closed yet. The kernel lets
            // only processes of this user share the port.
            try fresh.set(SOL_SOCKET, SO_REUSEPORT, 1)
            try fresh.bind(to: Endpoint(path.own, port))
            try fresh.connect(to: Endpoint(path.peer, port))
            let descriptor = fresh.descriptor.raw
            socket = consume fresh
            retryAt = nil
            lastOpenError = 0
            return (descriptor, .opened(rail: index, own: path.own, peer: path.peer))
        } catch {
            retryAt = now + Self.retryPause
            guard error.errno != lastOpenError else { return (nil, nil) }
            lastOpenError = error.errno
            return (nil, .cannotOpen(rail: index, own: path.own, reason: "\(error)"))
        }
    }

    /// The next datagram; `nil` when none waits.
    func receive(limit: Int) -> [UInt8]? {
        guard socket != nil else { return nil }
        // One error is the echo of an earlier send (ICMP), and reading it clears it.
        for _ in 0..<2 {
            do {
                return try socket?.receive(limit: limit)
            } catch {
                continue
            }
        }
        return nil
    }

    /// - Returns: the trouble if it is another one than last time.
    func send(_ bytes: [UInt8], index: Int) -> RailTrouble? {
        guard socket != nil else { return nil }
        do {
            try socket?.send(bytes)
            lastSendError = 0
        } catch {
            // A full queue of our own is not news; nobody listening is what beats are there to
            // find.
            let isExpected = [EAGAIN, ECONNREFUSED, ENOBUFS].contains(error.errno)
            guard !isExpected, error.errno != lastSendError else { return nil }
            lastSendError = error.errno
            return .cannotSend(rail: index, peer: path.peer, reason: error.reason)
        }
        return nil
    }
}
