internal import Glibc
internal import LinuxIO
package import NIOCore
internal import NIOPosix
package import Primitives
internal import Synchronization

/// The control port of the Galera Load Balancer: commands over TCP, without any authentication.
///
/// As glbd it never closes a connection before its client does: `nc` of the scripts has to end by
/// itself.
package final class GLBControlServer: Sendable {
    /// Connections at a time, as glbd's.
    package static let clientLimit = 32

    package let endpoint: Endpoint
    private let channel: any Channel
    private let shared: Shared

    /// What its connections share.
    final class Shared: Sendable {
        let delegate: any GLBDelegate
        private let clients = Mutex(0)
        private let isStopped = Mutex(false)

        init(_ delegate: any GLBDelegate) { self.delegate = delegate }

        func admit() -> Bool {
            clients.withLock { clients in
                guard clients < GLBControlServer.clientLimit else { return false }
                clients += 1
                return true
            }
        }

        func left() { clients.withLock { $0 -= 1 } }

        /// A command may end after the event loops: then there is nobody to tell.
        func deliver(on eventLoop: any EventLoop, _ body: @escaping @Sendable () -> Void) {
            isStopped.withLock { isStopped in
                if !isStopped { eventLoop.execute(body) }
            }
        }

        func stop() { isStopped.withLock { $0 = true } }
    }

    private init(_ endpoint: Endpoint, _ channel: any Channel, _ shared: Shared) {
        self.endpoint = endpoint
        self.channel = channel
        self.shared = shared
    }

    /// Listens. Blocks for a moment: not for an event loop's thread.
    package static func start(
        on endpoint: Endpoint,
        delegate: any GLBDelegate,
        group: any EventLoopGroup
    ) throws -> GLBControlServer {
        let shared = Shared(delegate)
        let socket = try Socket.listener(on: endpoint, backlog: 10, sharesPort: false)
        // A client whose host has died keeps no place.
        try socket.set(SOL_SOCKET, SO_KEEPALIVE, 1)
        let bootstrap = ServerBootstrap(group: group)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: 2 * GLBCommand.lengthLimit)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(GLBHandler(shared))
                }
            }
        // NIO owns the descriptor from here, and closes it when it fails.
        let channel = try bootstrap.withBoundSocket(socket.release().release()).wait()
        return GLBControlServer(endpoint, channel, shared)
    }

    /// Stops listening; the connections end with the event loop group. Blocks.
    package func stop() {
        // The only error is that it is closed already.
        try? channel.close().wait()
        shared.stop()
    }
}
