internal import LinuxIO
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Primitives

/// A connection to one endpoint that stays open from one request to the next (HTTP/1.1). Its
/// methods block the caller; the bytes are the event loop's.
struct HTTPConnection: Sendable {
    let endpoint: ArbiterEndpoint
    private let channel: any Channel
    private let exchange: NIOLoopBound<HTTPExchange>

    /// - Parameter limit: for the connect
    init(
        to endpoint: ArbiterEndpoint,
        on loop: any EventLoop,
        within limit: Duration
    ) throws(ArbiterFailure) {
        self.endpoint = endpoint
        let made: (any Channel, NIOLoopBound<HTTPExchange>)
        do {
            let address = try SocketAddress(
                ipAddress: "\(endpoint.address.address)",
                port: Int(endpoint.address.port)
            )
            made = try loop.flatSubmit {
                let exchange = NIOLoopBound(HTTPExchange(), eventLoop: loop)
                return ClientBootstrap(group: loop)
                    .connectTimeout(.nanoseconds(limit.nanoseconds))
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            let pipeline = channel.pipeline.syncOperations
                            try pipeline.addHandler(AnswerLimit())
                            try pipeline.addHTTPClientHandlers()
                            try pipeline.addHandler(exchange.value)
                        }
                    }
                    .connect(to: address)
                    .map { ($0, exchange) }
            }.wait()
        } catch {
            throw ArbiterFailure(connecting: error, within: limit)
        }
        (channel, exchange) = made
    }

    var isOpen: Bool { channel.isActive }

    func close() { channel.close(promise: nil) }

    /// - Parameters:
    ///   - limit: what is left of it
    ///   - total: the whole of it, for the message
    func post(
        _ body: [UInt8],
        to path: String,
        within limit: Duration,
        of total: Duration
    ) throws(ArbiterFailure) -> HTTPAnswer {
        let promise = channel.eventLoop.makePromise(of: HTTPAnswer.self)
        channel.eventLoop.execute { [exchange, endpoint] in
            exchange.value.post(
                body,
                to: path,
                of: endpoint.authority,
                within: limit,
                of: total,
                promise
            )
        }
        do {
            return try promise.futureResult.wait()
        } catch {
            throw ArbiterFailure(talking: error)
        }
    }
}
