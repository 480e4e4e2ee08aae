internal import Glibc
internal import LinuxIO
package import NIOCore
internal import NIOPosix
internal import Synchronization

/// HAProxy's runtime API on sockets: one line per connection, `;` between commands, every
/// reply ended by an empty line; `prompt` makes a connection interactive. Source: management.txt
/// §9.3, and the replies of HAProxy 2.6.
package final class RuntimeAPIServer: Sendable {
    private struct Listener: Sendable {
        /// `nil`: an internet address.
        let file: ControlListener?
        let channel: any Channel
    }

    private let service: RuntimeAPIService
    private let listeners: Mutex<[Listener]>

    private init(service: RuntimeAPIService, listeners: [Listener]) {
        self.service = service
        self.listeners = Mutex(listeners)
    }

    /// Opens all sockets, or none. Blocks until they listen: not for an event loop's thread.
    package static func start(
        _ sockets: [ControlSocket],
        delegate: any ControlDelegate,
        table: CommandTable = .standard,
        limits: RuntimeAPILimits = RuntimeAPILimits(),
        group: any EventLoopGroup
    ) throws -> RuntimeAPIServer {
        let service = RuntimeAPIService(table: table, delegate: delegate, limits: limits)
        let server = RuntimeAPIServer(service: service, listeners: [])
        do {
            for socket in sockets {
                let listener = try listen(socket, service: service, group: group)
                server.listeners.withLock { $0.append(listener) }
            }
        } catch {
            server.stop()
            throw error
        }
        return server
    }

    /// Stops listening and removes the socket files. Commands that still run find nobody to answer;
    /// the connections end with the event loop group, which the caller shuts down after this.
    /// Blocks: not for an event loop's thread.
    package func stop() {
        let open = listeners.withLock { listeners in
            defer { listeners = [] }
            return listeners
        }
        for listener in open {
            listener.file?.remove()
            // The only error is that it is closed already.
            try? listener.channel.close().wait()
        }
        service.stop()
    }

    package var counters: RuntimeAPICounters { service.counting.snapshot }

    private static func listen(
        _ socket: ControlSocket,
        service: RuntimeAPIService,
        group: any EventLoopGroup
    ) throws -> Listener {
        let (file, descriptor) = try open(socket)
        let bootstrap = ServerBootstrap(group: group)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = RuntimeAPIHandler(service: service, socket: socket)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        do {
            // NIO owns the descriptor from here, and closes it when it fails.
            let channel = try bootstrap.withBoundSocket(descriptor).wait()
            return Listener(file: file, channel: channel)
        } catch {
            file?.remove()
            throw error
        }
    }

    private static func open(
        _ socket: ControlSocket
    ) throws(ControlSocketError) -> (file: ControlListener?, descriptor: Int32) {
        switch socket.address {
        case .path(let path):
            let opened = try ControlListener.open(path, socket)
            return (opened.file, opened.descriptor)
        case .internet(let endpoint):
            do {
                return (nil, try Socket.listener(on: endpoint, backlog: 128).release().release())
            } catch {
                throw ControlSocketError(path: "\(endpoint)", code: .system(error))
            }
        }
    }
}
