internal import Glibc
internal import LinuxIO
internal import Primitives

/// A rail of UDP: bound to the own node address, connected to the peer's, so that strangers'
/// datagrams never reach its queue.
final class DatagramRail: RailPath {
    let path: HeartSettings.Rail
    let port: UInt16
    var condition = RailCondition()
    private(set) var retryAt: Instant?
    private var socket: Socket?

    init(_ path: HeartSettings.Rail, port: UInt16, now: Instant) {
        self.path = path
        self.port = port
        retryAt = now
    }

    var name: String { "\(path.own) -> \(path.peer)" }

    func open(now: Instant) throws(SystemError) -> Int32 {
        retryAt = now + RailLimits.retryPause
        let fresh = try Socket(.datagram, for: path.own)
        // The guardian speaks for a daemon whose sockets are not closed yet. The kernel lets only
        // processes of this user share the port.
        try fresh.set(SOL_SOCKET, SO_REUSEPORT, 1)
        try fresh.bind(to: Endpoint(path.own, port))
        try fresh.connect(to: Endpoint(path.peer, port))
        let descriptor = fresh.descriptor.raw
        socket = consume fresh
        retryAt = nil
        return descriptor
    }

    func receive(limit: Int, now: Instant) -> [UInt8]? {
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

    func send(_ bytes: [UInt8], now: Instant) throws(SystemError) {
        guard socket != nil else { return }
        do {
            try socket?.send(bytes)
        } catch {
            // The echo of an earlier beat that met nobody: that is for the beats to find out.
            guard error.errno != ECONNREFUSED else { return }
            throw SystemError(error.call, "\(path.peer)", errno: error.errno)
        }
    }

    func lastWasBelieved(now: Instant) {}
}
