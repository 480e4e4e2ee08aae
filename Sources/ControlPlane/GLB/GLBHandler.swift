internal import NIOCore

/// One client of a control port, or the FIFO, on its event loop. It reads once, answers, and reads
/// again, so that neither work nor replies pile up.
final class GLBHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let shared: GLBControlServer.Shared
    private let replies: Bool
    private var isAdmitted = false
    private var isAnswering = false
    private var inputIsClosed = false

    /// - Parameter replies: not to the FIFO, which would read them
    init(_ shared: GLBControlServer.Shared, replies: Bool = true) {
        self.shared = shared
        self.replies = replies
    }

    func channelActive(context: ChannelHandlerContext) {
        isAdmitted = shared.admit()
        guard isAdmitted else { return context.close(promise: nil) }
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isAnswering else { return }
        isAnswering = true
        let bytes = Array(unwrapInboundIn(data).readableBytesView)
        let eventLoop = context.eventLoop
        let here = NIOLoopBound((handler: self, context: context), eventLoop: eventLoop)
        let shared = shared
        Task {
            let text = await shared.delegate.reply(to: bytes)
            shared.deliver(on: eventLoop) { here.value.handler.answer(text, here.value.context) }
        }
    }

    private func answer(_ text: String, _ context: ChannelHandlerContext) {
        guard replies else {
            isAnswering = false
            return context.read()
        }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            self.isAnswering = false
            guard case .success = result, !self.inputIsClosed else {
                return context.close(promise: nil)
            }
            context.read()
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed? = event as? ChannelEvent else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        inputIsClosed = true
        if !isAnswering { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isAdmitted { shared.left() }
        isAdmitted = false
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
