internal import NIOCore

/// One client of the runtime API, on its event loop.
///
/// Reads only what it is about to answer: while a command runs or its reply is on the way, nothing
/// is read, so a client can neither queue work without end nor make replies pile up.
final class RuntimeAPIHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A reply is written in pieces so that a slow reader shows progress.
    private static let pieceLength = 65_536

    private let service: RuntimeAPIService
    private var connection: RuntimeConnection
    private var isAdmitted = false

    private var input = ByteBuffer()
    /// The commands of the current line that were not answered yet.
    private var commands: ArraySlice<[String]> = []
    private var output = ByteBuffer()
    private var state = State.reading
    /// A line was answered: without `prompt` there is no second one beyond what already arrived.
    private var hasAnswered = false
    private var inputIsClosed = false
    private var isAdvancing = false
    private var timer: Scheduled<Void>?

    private enum State {
        /// Between commands.
        case reading
        /// A handler computes a reply.
        case running
        /// A reply is on the way to the client.
        case replying
        /// The last reply is on the way; then the connection ends.
        case ending
        case closed
    }

    init(service: RuntimeAPIService, socket: ControlSocket) {
        self.service = service
        connection = RuntimeConnection(
            level: socket.level,
            timeout: service.limits.timeout,
            master: socket.isMaster ? .master : nil
        )
    }

    // MARK: Events of the channel

    func channelActive(context: ChannelHandlerContext) {
        isAdmitted = service.counting.admit(limit: service.limits.clients)
        guard isAdmitted else {
            end("Too many clients are connected.\n\n", context)
            return
        }
        restartTimer(context)
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard state == .reading else { return }
        var bytes = unwrapInboundIn(data)
        input.writeBuffer(&bytes)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        advance(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed? = event as? ChannelEvent else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        inputIsClosed = true
        advance(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if state == .running || state == .replying { service.counting.count(.clientLeft) }
        state = .closed
        timer?.cancel()
        if isAdmitted { service.counting.left() }
        isAdmitted = false
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A connection error; channelInactive follows and counts it.
        context.close(promise: nil)
    }

    // MARK: One step after the other

    /// Goes on until it has to wait for something. Replies that complete at once come back here:
    /// they only set the state, the loop that is already running goes on.
    private func advance(_ context: ChannelHandlerContext) {
        guard !isAdvancing else { return }
        isAdvancing = true
        defer { isAdvancing = false }
        while state == .reading {
            if let words = commands.popFirst() {
                answer(words, context)
            } else if let line = nextLine() {
                commands = RuntimeLine.commands(in: line)[...]
                hasAnswered = true
            } else if input.readableBytes >= service.limits.lineLength {
                service.counting.count(.lineTooLong)
                end("The line is longer than \(service.limits.lineLength) bytes.\n\n", context)
            } else if inputIsClosed || (hasAnswered && !connection.staysOpen) {
                close(context)
            } else {
                context.read()
                return
            }
        }
    }

    /// Takes the next whole line that is within the limit, without its line end.
    private func nextLine() -> [UInt8]? {
        let view = input.readableBytesView.prefix(service.limits.lineLength)
        guard let end = view.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let line = Array(view[..<end])
        input.moveReaderIndex(forwardBy: line.count + 1)
        input.discardReadBytes()
        return line
    }

    private func answer(_ words: [String], _ context: ChannelHandlerContext) {
        guard let current = connection.master else { return answer(words, service.table, context) }
        guard let prefix = words.first, prefix.hasPrefix("@") else {
            return answer(words, service.table(for: current), context)
        }
        guard let target = MasterTarget(prefix, processes: service.delegate.processes()) else {
            return end("Can't find the target PID matching the prefix '\(prefix)'\n", context)
        }
        guard words.count > 1 else {
            connection.master = target
            return replyNothing(context)
        }
        answer(Array(words.dropFirst()), service.table(for: target), context)
    }

    private func answer(
        _ words: [String],
        _ table: CommandTable,
        _ context: ChannelHandlerContext
    ) {
        guard let command = table.command(for: words) else {
            reply(table.unknown(words, level: connection.level), context)
            return
        }
        guard command.level <= connection.level else {
            reply("Permission denied\n", context)
            return
        }
        switch command.action {
        case .quit:
            // HAProxy's master prompts once more.
            guard connection.master != nil, connection.isInteractive else { return close(context) }
            end(prompt, context)
        case .connection(let handler):
            let arguments = Array(words.dropFirst(command.words.count))
            let text = handler(arguments, &connection)
            // HAProxy's master has no line end for those that say nothing.
            if text.isEmpty, connection.master != nil { return replyNothing(context) }
            reply(text, context)
        case .reply(let handler):
            run(handler, invocation(command, words, table), context)
        case .last(let handler):
            let work: @Sendable (RuntimeCommand.Invocation) async -> String? = {
                await handler($0)
                return nil
            }
            run(work, invocation(command, words, table), context)
        case .prefix:
            // The first one was taken off.
            reply(table.unknown(words, level: connection.level), context)
        }
    }

    private func invocation(
        _ command: RuntimeCommand,
        _ words: [String],
        _ table: CommandTable
    ) -> RuntimeCommand.Invocation {
        RuntimeCommand.Invocation(
            arguments: Array(words.dropFirst(command.words.count)),
            level: connection.level,
            delegate: service.delegate,
            table: table
        )
    }

    /// - Parameter handler: `nil`: the connection ends
    private func run(
        _ handler: @escaping @Sendable (RuntimeCommand.Invocation) async -> String?,
        _ invocation: RuntimeCommand.Invocation,
        _ context: ChannelHandlerContext
    ) {
        state = .running
        // The handler bounds its own time; the client has nothing to do meanwhile.
        timer?.cancel()
        let eventLoop = context.eventLoop
        let here = NIOLoopBound((handler: self, context: context), eventLoop: eventLoop)
        let service = service
        Task {
            let text = await handler(invocation)
            service.deliver(on: eventLoop) { here.value.handler.ran(text, here.value.context) }
        }
    }

    private func ran(_ text: String?, _ context: ChannelHandlerContext) {
        // The client may have left meanwhile.
        guard state == .running else { return }
        guard let text else { return close(context) }
        reply(text, context)
        advance(context)
    }

    // MARK: Replies

    /// Every reply ends with an empty line, and in interactive mode with the prompt.
    private func reply(_ text: String, _ context: ChannelHandlerContext) {
        var text = text
        if text.utf8.count > service.limits.replyLength {
            service.counting.count(.replyTooLong)
            text = "The reply is longer than \(service.limits.replyLength) bytes: ask for less.\n"
        }
        output = ByteBuffer(string: text + "\n" + prompt)
        state = .replying
        writePiece(context)
    }

    private var prompt: String {
        guard connection.isInteractive else { return "" }
        return connection.master?.prompt(service.delegate.processes()) ?? "> "
    }

    /// Only the prompt, where there is one.
    private func replyNothing(_ context: ChannelHandlerContext) {
        output = ByteBuffer(string: prompt)
        guard output.readableBytes > 0 else { return }
        state = .replying
        writePiece(context)
    }

    /// The last words to a client that is dropped.
    private func end(_ text: String, _ context: ChannelHandlerContext) {
        output = ByteBuffer(string: text)
        state = .ending
        writePiece(context)
    }

    private func writePiece(_ context: ChannelHandlerContext) {
        restartTimer(context)
        let length = min(output.readableBytes, Self.pieceLength)
        guard let piece = output.readSlice(length: length) else { return }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            guard case .success = result else { return context.close(promise: nil) }
            self.pieceWritten(context)
        }
        context.writeAndFlush(wrapOutboundOut(piece), promise: promise)
    }

    private func pieceWritten(_ context: ChannelHandlerContext) {
        if output.readableBytes > 0 {
            writePiece(context)
            return
        }
        switch state {
        case .replying:
            state = .reading
            restartTimer(context)
            advance(context)
        case .ending:
            close(context)
        case .reading, .running, .closed:
            break
        }
    }

    private func close(_ context: ChannelHandlerContext) {
        state = .closed
        timer?.cancel()
        context.close(promise: nil)
    }

    // MARK: Time

    /// Each line as a whole, and each piece of a reply, has the time-out for itself: a client
    /// cannot stay by sending a byte now and then.
    private func restartTimer(_ context: ChannelHandlerContext) {
        timer?.cancel()
        let limit = TimeAmount(connection.timeout)
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: limit) {
            self.timeElapsed(context)
        }
    }

    private func timeElapsed(_ context: ChannelHandlerContext) {
        switch state {
        case .reading: service.counting.count(.idle)
        case .replying, .ending: service.counting.count(.notReading)
        case .running, .closed: return
        }
        close(context)
    }
}
