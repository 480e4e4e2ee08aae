import NIOCore
import NIOPosix
import Primitives
import Synchronization

/// A TCP server on loopback that plays one script to every client and notes what the client did.
final class ScriptedServer: Sendable {
    enum Step: Sendable {
        case send([UInt8])
        /// Waits until the client has sent this many bytes in all.
        case awaitBytes(Int)
        case pause(TimeAmount)
        case closeByFIN
        case closeByReset
        /// Says nothing more and leaves the closing to the client.
        case hold
    }

    /// How a connection ended, seen from the server.
    enum End: Sendable, Equatable {
        case fin
        case reset
    }

    struct Visit: Sendable, Equatable {
        var peer: String
        var received: [UInt8] = []
        var end: End?
        /// Connections that stood when this one came, itself included.
        var concurrent: Int
    }

    let endpoint: Endpoint
    private let channel: any Channel
    private let log: VisitLog

    init(_ script: [Step], on group: any EventLoopGroup) async throws {
        let log = VisitLog()
        self.log = log
        channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ScriptHandler(script, log))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        endpoint = Endpoint(.v4(0x7F00_0001), UInt16(channel.localAddress?.port ?? 0))
    }

    var visits: [Visit] { log.visits.withLock { $0 } }

    func close() async {
        try? await channel.close().get()
    }
}

final class VisitLog: Sendable {
    let visits = Mutex<[ScriptedServer.Visit]>([])
    let standing = Mutex(0)

    func arrived(_ peer: String) -> Int {
        let concurrent = standing.withLock { count in
            count += 1
            return count
        }
        return visits.withLock { visits in
            visits.append(ScriptedServer.Visit(peer: peer, concurrent: concurrent))
            return visits.count - 1
        }
    }

    func change(_ visit: Int, _ body: (inout ScriptedServer.Visit) -> Void) {
        visits.withLock { body(&$0[visit]) }
    }

    func left() {
        standing.withLock { $0 -= 1 }
    }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var script: ArraySlice<ScriptedServer.Step>
    private let log: VisitLog
    private var visit = 0
    private var receivedCount = 0
    private var isPaused = false

    init(_ script: [ScriptedServer.Step], _ log: VisitLog) {
        self.script = script[...]
        self.log = log
    }

    func channelActive(context: ChannelHandlerContext) {
        visit = log.arrived(context.remoteAddress?.ipAddress ?? "?")
        play(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data).readableBytesView
        receivedCount += bytes.count
        log.change(visit) { $0.received += bytes }
        play(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return }
        log.change(visit) { if $0.end == nil { $0.end = .fin } }
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        log.change(visit) { $0.end = .reset }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // After a close of our own, NIO tells the client's FIN only by this.
        log.change(visit) { if $0.end == nil { $0.end = .fin } }
        log.left()
    }

    private func play(_ context: ChannelHandlerContext) {
        while !isPaused, let step = script.first {
            switch step {
            case .send(let bytes):
                context.writeAndFlush(
                    wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)),
                    promise: nil
                )
            case .awaitBytes(let count):
                guard receivedCount >= count else { return }
            case .pause(let time):
                isPaused = true
                let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
                context.eventLoop.scheduleTask(in: time) {
                    let (handler, context) = bound.value
                    handler.isPaused = false
                    handler.play(context)
                }
            case .closeByFIN:
                context.close(mode: .output, promise: nil)
            case .closeByReset:
                let resetting = context.channel as? any SocketOptionProvider
                resetting?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in }
                context.close(promise: nil)
            case .hold:
                return
            }
            script = script.dropFirst()
        }
    }
}
