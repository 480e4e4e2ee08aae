internal import LinuxIO
internal import NIOCore
internal import NIOHTTP1
internal import Primitives

struct HTTPAnswer: Sendable {
    var status: Int
    var body: [UInt8] = []
}

/// One request at a time on a connection, and its answer. Belongs to the event loop.
final class HTTPExchange: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// While the connection is open.
    private var context: ChannelHandlerContext?
    private var promise: EventLoopPromise<HTTPAnswer>?
    private var deadline: Scheduled<Void>?
    private var answer: HTTPAnswer?
    private var isLast = false

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Sends a request. Whatever becomes of it, the promise is kept within the limit.
    func post(
        _ body: [UInt8],
        to path: String,
        of host: String,
        within limit: Duration,
        of total: Duration,
        _ promise: EventLoopPromise<HTTPAnswer>
    ) {
        guard let context, context.channel.isActive, !isLast else {
            return promise.fail(ArbiterFailure.unsent("the connection was closed"))
        }
        self.promise = promise
        deadline = context.eventLoop.assumeIsolated().scheduleTask(
            in: .nanoseconds(max(limit, .zero).nanoseconds)
        ) { [self] in end(.failure(.silent(for: total))) }
        let head = HTTPRequestHead(
            version: .http1_1,
            method: .POST,
            uri: path,
            headers: [
                "Host": host, "Content-Type": "application/json",
                "Content-Length": "\(body.count)", "User-Agent": "ha-balancer",
            ]
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        let bytes = context.channel.allocator.buffer(bytes: body)
        context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What nobody asked for would be taken for the answer to the next request.
        guard promise != nil else { return context.close(promise: nil) }
        switch unwrapInboundIn(data) {
        case .head(let head):
            answer = HTTPAnswer(status: Int(head.status.code))
            isLast = !head.isKeepAlive
        case .body(let bytes):
            answer?.body += bytes.readableBytesView
        case .end:
            guard let answer else { return end(.failure(.brokenOff)) }
            end(.success(answer))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.failure(ArbiterFailure(talking: error)))
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.failure(.brokenOff))
        context.fireChannelInactive()
    }

    /// After anything but a whole answer nothing more can be believed on this connection.
    private func end(_ result: Result<HTTPAnswer, ArbiterFailure>) {
        deadline?.cancel()
        deadline = nil
        answer = nil
        if case .failure = result { isLast = true }
        // Taken first: to close calls `channelInactive`, and that comes here again.
        let promise = self.promise
        self.promise = nil
        if isLast { context?.close(promise: nil) }
        promise?.completeWith(result.mapError { $0 as any Error })
    }
}
