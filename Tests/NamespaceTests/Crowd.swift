import CLinux
import Glibc
import Lab
import LinuxIO
import Primitives
import Synchronization

/// Many clients that have been greeted and then say nothing, as a pool's idle connections do. Only
/// somebody else can tell them that their server is gone.
final class Crowd: Sendable {
    struct Endings: Sendable {
        var greeted = 0
        var resets = 0
        var closes = 0
        /// When the last of them ended.
        var lastAt: Instant?
    }

    private final class Shared: Sendable {
        let endings = Mutex(Endings())
        let isStopping = Atomic<Bool>(false)
    }

    private let shared = Shared()
    private let thread: Mutex<Thread?>

    /// Begins to connect, four at a time.
    init(_ count: Int, from host: LabHost, to endpoint: Endpoint) throws {
        let shared = shared
        // Clients and the servers of the lab are all in this process.
        _ = hb_raise_descriptor_limit(0)
        thread = Mutex(
            try host.startThread(name: "hb-crowd") {
                do {
                    try Self.run(count, endpoint, shared)
                } catch {
                    print("crowd: \(error)")
                }
            }
        )
    }

    deinit { stop() }

    var endings: Endings { shared.endings.withLock { $0 } }

    func stop() {
        shared.isStopping.store(true, ordering: .releasing)
        thread.withLock { $0.take() }?.join()
    }

    private final class Client {
        var socket: Socket?
        var isGreeted = false
    }

    private static func run(_ count: Int, _ endpoint: Endpoint, _ shared: Shared) throws {
        var epoll = try Epoll(capacity: 512)
        var clients: [Client] = []
        var buffer = [UInt8](repeating: 0, count: 512)
        while !shared.isStopping.load(ordering: .acquiring) {
            for _ in 0..<4 where clients.count < count {
                let client = Client()
                let socket = try Socket(.stream, for: endpoint.address)
                try socket.connect(to: endpoint)
                try epoll.add(socket.descriptor.raw, .readable, token: UInt64(clients.count))
                client.socket = consume socket
                clients.append(client)
            }
            try epoll.wait(timeout: .milliseconds(2)) { token, _ in
                let client = clients[Int(token)]
                guard let raw = client.socket?.descriptor.raw else { return }
                let length = unsafe hb_recv(raw, &buffer, buffer.count)
                guard length != -Int(EAGAIN) else { return }
                shared.endings.withLock { endings in
                    if length > 0 {
                        if !client.isGreeted { endings.greeted += 1 }
                        client.isGreeted = true
                        return
                    }
                    if length == 0 { endings.closes += 1 } else { endings.resets += 1 }
                    endings.lastAt = .now
                    client.socket = nil
                }
            }
        }
    }
}
