import Glibc
import LinuxIO
import Primitives
import Synchronization

/// A TCP server on loopback that reads a request of each client and answers it as it was told,
/// whatever HTTP is. One client after the other.
final class StrangeServer: Sendable {
    enum Ending: Sendable { case closes, waits, repeatsForEver, dribbles }

    let endpoint: Endpoint
    private let state: State
    private let thread: Mutex<Thread?>

    private final class State: Sendable {
        let listener: Int32
        let isOver = Atomic<Bool>(false)
        let connections = Atomic<Int>(0)

        init(_ listener: Int32) { self.listener = listener }

        deinit { close(listener) }
    }

    init(_ answer: String, _ ending: Ending) throws {
        let socket = try Socket.listener(on: Endpoint(.v4(0x7F00_0001), 0), backlog: 16)
        endpoint = socket.localEndpoint ?? Endpoint(.v4(0), 0)
        let state = State(socket.release().release())
        self.state = state
        thread = Mutex(
            try Thread.start(name: "strange") {
                while !state.isOver.load(ordering: .acquiring) {
                    guard Poll.wait(of: [state.listener], until: .now + .milliseconds(50)) else {
                        continue
                    }
                    let client = accept(state.listener, nil, nil)
                    guard client >= 0 else { continue }
                    state.connections.add(1, ordering: .acquiringAndReleasing)
                    Self.play(Array(answer.utf8), ending, client, state)
                    close(client)
                }
            }
        )
    }

    deinit {
        state.isOver.store(true, ordering: .releasing)
        thread.withLock { $0.take()?.join() }
    }

    var connections: Int { state.connections.load(ordering: .acquiring) }

    private static func play(
        _ answer: [UInt8],
        _ ending: Ending,
        _ client: Int32,
        _ state: State
    ) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        Poll.wait(of: [client], until: .now + .seconds(5))
        guard unsafe recv(client, &buffer, buffer.count, 0) > 0 else { return }
        switch ending {
        case .closes: _ = send(answer, to: client)
        case .waits:
            _ = send(answer, to: client)
            while !state.isOver.load(ordering: .acquiring) {
                guard Poll.wait(of: [client], until: .now + .milliseconds(50)) else { continue }
                if unsafe recv(client, &buffer, buffer.count, 0) <= 0 { return }
            }
        case .repeatsForEver:
            while !state.isOver.load(ordering: .acquiring), send(answer, to: client) {}
        case .dribbles:
            for byte in answer where !state.isOver.load(ordering: .acquiring) {
                guard send([byte], to: client) else { return }
                usleep(20_000)
            }
        }
    }

    /// - Returns: `false` when the client has gone.
    private static func send(_ bytes: [UInt8], to client: Int32) -> Bool {
        guard !bytes.isEmpty else { return true }
        return unsafe Glibc.send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL)) > 0
    }
}
