import NIOCore
import NIOPosix
import Primitives
import Synchronization

/// A server on loopback that gives everybody the same answer and closes.
final class AnswerServer: Sendable {
    enum Answer: Sendable {
        /// When the headers of a request have arrived.
        case text(String)
        case silence
        /// To everybody at once, and then it closes.
        case greeting(String)
        /// To each line what is listed for it; to others nothing.
        case dialogue([String: String])
    }

    let endpoint: Endpoint
    private let channel: any Channel
    private let seen: Talk

    init(_ answer: Answer, on group: any EventLoopGroup) throws {
        let seen = Talk(answer)
        self.seen = seen
        channel = try ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AnswerHandler(seen))
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
        endpoint = Endpoint(.v4(0x7F00_0001), UInt16(channel.localAddress?.port ?? 0))
    }

    /// Each different request once.
    var requests: Set<String> { seen.texts.withLock { $0 } }

    /// From the next request on.
    func answer(_ answer: Answer) { seen.answer.withLock { $0 = answer } }

    func close() { try? channel.close().wait() }
}

private final class Talk: Sendable {
    let texts = Mutex<Set<String>>([])
    let answer: Mutex<AnswerServer.Answer>

    init(_ answer: AnswerServer.Answer) { self.answer = Mutex(answer) }
}

private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let seen: Talk
    private var request = ""

    init(_ seen: Talk) { self.seen = seen }

    func channelActive(context: ChannelHandlerContext) {
        guard case .greeting(let text) = seen.answer.withLock({ $0 }) else { return }
        say(text, context)
    }

    /// And nothing more.
    private func say(_ text: String, _ context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text))).whenComplete { _ in
            bound.value.close(promise: nil)
        }
    }

    private func converse(_ answers: [String: String], _ context: ChannelHandlerContext) {
        while let end = request.firstIndex(of: "\r\n") {
            let line = String(request[..<end])
            request = String(request[request.index(after: end)...])
            guard let answer = answers[line] else { continue }
            let bytes = ByteBuffer(string: answer + "\r\n")
            context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // One character for each byte: the text may be binary.
        request.unicodeScalars.append(
            contentsOf: unwrapInboundIn(data).readableBytesView.map { Unicode.Scalar($0) }
        )
        if case .dialogue(let answers) = seen.answer.withLock({ $0 }) {
            return converse(answers, context)
        }
        // A binary PROXY header begins like the end of a request.
        let isBinary = request.hasPrefix("\r\n\r\n\0")
        guard request.dropFirst(isBinary ? 8 : 0).contains("\r\n\r\n") else { return }
        let request = request
        seen.texts.withLock { _ = $0.insert(request) }
        guard case .text(let text) = seen.answer.withLock({ $0 }) else { return }
        say(text, context)
    }
}
