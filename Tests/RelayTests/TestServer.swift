import Glibc
import LinuxIO
import Primitives
import Synchronization

/// A server on loopback with a thread for each connection.
final class TestServer: Sendable {
    let endpoint: Endpoint
    private let listener: OwnedDescriptor
    private let threads = Mutex<[JoinedThread]>([])
    private let isStopping = Atomic(false)
    let accepted = Atomic(0)

    /// - Parameter serve: has the connection to itself; it is closed when it returns
    init(
        _ address: String = "127.0.0.1",
        backlog: Int32 = 4096,
        _ serve: @escaping @Sendable (Peer) -> Void
    ) throws {
        let raw = try SystemCall.run("socket") {
            socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        }
        listener = OwnedDescriptor(adopting: raw)
        guard let ip = IPAddress(address) else { preconditionFailure("no address: \(address)") }
        try SystemCall.run("bind") {
            unsafe SocketAddress(Endpoint(ip, 0)).withPointer { unsafe bind(raw, $0, $1) }
        }
        try SystemCall.run("listen") { listen(raw, backlog) }
        guard let bound = Socket.localEndpoint(of: raw) else { preconditionFailure("not bound") }
        endpoint = bound
        let acceptor = try JoinedThread("test-server") { [self] in acceptAll(raw, serve) }
        threads.withLock { $0.append(acceptor) }
    }

    private func acceptAll(_ raw: Int32, _ serve: @escaping @Sendable (Peer) -> Void) {
        while true {
            let connection = accept(raw, nil, nil)
            guard connection >= 0 else { return }
            let peer = Peer(adopting: connection)
            guard !isStopping.load(ordering: .relaxed) else { return }
            accepted.add(1, ordering: .relaxed)
            let thread = try? JoinedThread("test-session") {
                serve(peer)
                peer.close()
            }
            if let thread { threads.withLock { $0.append(thread) } }
        }
    }

    /// Ends and waits for everything, so that descriptors can be counted afterwards.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        _ = shutdown(listener.raw, Int32(SHUT_RDWR))
        let all = threads.withLock { threads in
            let all = threads
            threads = []
            return all
        }
        for thread in all { thread.join() }
    }

    /// Sends back what comes, and ends when the client does.
    static func echo(_ address: String = "127.0.0.1") throws -> TestServer {
        try TestServer(address) { peer in
            while true {
                let next = peer.receive()
                guard next.ending == nil, peer.send(next.bytes) else { return }
            }
        }
    }

    /// Says its name, then echoes.
    static func named(_ name: String) throws -> TestServer {
        try TestServer { peer in
            peer.send(name)
            while true {
                let next = peer.receive()
                guard next.ending == nil, peer.send(next.bytes) else { return }
            }
        }
    }
}
