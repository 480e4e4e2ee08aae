internal import CLinux
internal import Glibc
internal import LinuxIO
internal import Synchronization

/// The thread of a stand-in: its listener, its sessions, one epoll.
struct MySQLStandInLoop: ~Copyable {
    private final class Connection {
        let descriptor: OwnedDescriptor
        var session: MySQLStandInSession

        init(_ descriptor: consuming OwnedDescriptor, _ session: MySQLStandInSession) {
            self.descriptor = descriptor
            self.session = session
        }
    }

    private static let listenerToken: UInt64 = 0
    private static let wakeToken: UInt64 = 1

    private let nodeName: String
    private let listener: OwnedDescriptor
    private let shared: MySQLStandInState
    /// By token; tokens are never used twice.
    private var connections: [UInt64: Connection] = [:]
    private var nextToken: UInt64 = 2
    private var buffer = [UInt8](repeating: 0, count: 16_384)

    init(nodeName: String, listener: consuming OwnedDescriptor, _ shared: MySQLStandInState) {
        self.nodeName = nodeName
        self.listener = listener
        self.shared = shared
    }

    mutating func run(_ control: Service.Control) {
        do {
            var epoll = try Epoll(capacity: 256)
            try epoll.add(listener.raw, .readable, token: Self.listenerToken)
            try epoll.add(control.wake.descriptor.raw, .readable, token: Self.wakeToken)
            while !control.isStopping {
                var tokens: [UInt64] = []
                try epoll.wait(timeout: nil) { token, _ in tokens.append(token) }
                for token in tokens {
                    switch token {
                    case Self.listenerToken: try acceptAll(epoll)
                    case Self.wakeToken: obey(control)
                    default: serve(token)
                    }
                }
            }
        } catch {
            // Only a broken descriptor or an exhausted machine gets here; the clients see the end.
            LabLog.write("stand-in \(nodeName): \(error)")
        }
        connections.removeAll()
        shared.statistics.withLock { $0.open = 0 }
    }

    private mutating func acceptAll(_ epoll: borrowing Epoll) throws(SystemError) {
        while true {
            let raw = hb_accept4(listener.raw, nil, nil)
            if raw < 0 {
                let error = SystemError.last("accept4", nodeName)
                // A client that was gone again is no reason to stop; EAGAIN is the end of the
                // queue.
                if error.errno == ECONNABORTED || error.errno == EINTR { continue }
                if error.errno == EAGAIN { return }
                throw error
            }
            try welcome(OwnedDescriptor(adopting: raw), epoll)
        }
    }

    private mutating func welcome(
        _ descriptor: consuming OwnedDescriptor,
        _ epoll: borrowing Epoll
    ) throws(SystemError) {
        let token = nextToken
        nextToken += 1
        let greeting: [UInt8]
        switch shared.behaviour.withLock({ $0 }) {
        case .serving:
            let version = MySQLStandIn.versionPrefix + nodeName
            greeting = MySQLWire.greeting(
                version: version,
                thread: UInt32(truncatingIfNeeded: token)
            )
        case .tooManyConnections:
            let error = MySQLWire.error(0, code: 1040, "Too many connections", state: false)
            _ = Self.send(error, to: descriptor.raw)
            return
        }
        shared.statistics.withLock { $0.accepted += 1 }
        guard Self.send(greeting, to: descriptor.raw) else { return }
        try epoll.add(descriptor.raw, .readable, token: token)
        connections[token] = Connection(descriptor, MySQLStandInSession(nodeName: nodeName))
        shared.statistics.withLock { $0.open = connections.count }
    }

    private mutating func serve(_ token: UInt64) {
        guard let connection = connections[token] else { return }
        let count = unsafe recv(connection.descriptor.raw, &buffer, buffer.count, 0)
        if count < 0, hb_errno() == EAGAIN { return }
        guard count > 0 else { return close(token) }
        let before = connection.session.queries
        let answer = connection.session.receive(buffer[..<count])
        let answered = connection.session.queries - before
        if answered > 0 { shared.statistics.withLock { $0.queries += answered } }
        let isSent = answer.isEmpty || Self.send(answer, to: connection.descriptor.raw)
        if connection.session.isOver || !isSent { close(token) }
    }

    private mutating func close(_ token: UInt64) {
        connections[token] = nil
        shared.statistics.withLock { $0.open = connections.count }
    }

    private mutating func obey(_ control: Service.Control) {
        control.wake.drain()
        guard shared.mustReset.exchange(false, ordering: .acquiring) else { return }
        for connection in connections.values { Self.resetOnClose(connection.descriptor.raw) }
        connections.removeAll()
        shared.statistics.withLock { $0.open = 0 }
    }

    /// An answer fits in the empty send buffer of a client that reads; for one that does not, it is
    /// not worth waiting.
    private static func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            == bytes.count
    }

    /// With a linger time of 0, close sends RST instead of FIN.
    private static func resetOnClose(_ descriptor: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout<linger>.size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, size)
    }
}
