internal import NIOCore

/// Ends a connection that brings more than an answer's worth of bytes since the last request, of
/// whatever kind: fields, chunks, or what is no HTTP at all.
final class AnswerLimit: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// An answer of etcd with one key has about 600.
    static let bytes = 65_536

    private var left = AnswerLimit.bytes

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        left = Self.bytes
        context.write(data, promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        left -= unwrapInboundIn(data).readableBytes
        guard left >= 0 else {
            context.fireErrorCaught(ArbiterFailure.tooLong)
            return context.close(promise: nil)
        }
        context.fireChannelRead(data)
    }
}
