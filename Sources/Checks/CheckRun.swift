internal import BalancerCore
internal import CLinux
internal import LinuxIO
internal import NIOCore
internal import NIOPosix
internal import Primitives

/// One check over a connection, from connect to close. Belongs to the event loop.
///
/// When the outcome is known it is reported at once; then the connection is closed by FIN and read
/// to its end, because closing over unread bytes would send RST, which a database takes for an
/// aborted client.
final class CheckRun: ChannelInboundHandler, RunningCheck {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long the server may take to close its side after us.
    private static let lingerLimit = TimeAmount.milliseconds(500)

    private static let boundInterface = ChannelOptions.Types.SocketOption(
        level: .socket,
        name: .init(rawValue: Int32(HB_SO_BINDTOIFINDEX))
    )

    private enum Phase {
        case connecting
        case talking(any CheckExchange)
        /// The outcome is reported; only the close is left.
        case closing
    }

    let ticket: CheckTicket
    let startedAt = Instant.now
    private let eventLoop: any EventLoop
    private let sourceAddress: IPAddress?
    private var phase = Phase.connecting
    private var report: ((CheckOutcome) -> Void)?
    private var channel: (any Channel)?
    /// The end of the answer's time, then of the lingering.
    private var deadline: Scheduled<Void>?

    init(_ ticket: CheckTicket, eventLoop: any EventLoop, sourceAddress: IPAddress?) {
        self.ticket = ticket
        self.eventLoop = eventLoop
        self.sourceAddress = sourceAddress
    }

    /// See `RunningCheck`.
    func start(_ report: @escaping (CheckOutcome) -> Void) {
        self.report = report
        guard let destination = SocketAddress(ticket.definition.endpoint) else {
            return finish(outcome(.socketError, "the address cannot be used"))
        }
        let run = NIOLoopBound(self, eventLoop: eventLoop)
        var bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(.nanoseconds(ticket.definition.connectLimit.nanoseconds))
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    run.value.channel = channel
                    try channel.pipeline.syncOperations.addHandler(run.value)
                }
            }
        if let name = ticket.definition.source?.interface {
            guard let index = try? HostInterface.index(name) else {
                return finish(outcome(.socketError, "there is no interface \(name)"))
            }
            bootstrap = bootstrap.channelOption(Self.boundInterface, value: Int(index))
        }
        if let sourceToBind { bootstrap = bootstrap.bind(to: sourceToBind) }
        bootstrap.connect(to: destination).assumeIsolated().whenFailure { [self] error in
            finish(outcome(connecting: error))
        }
    }

    /// The `source` of the server, else the node's own address where it is of the same family.
    private var sourceToBind: NIOCore.SocketAddress? {
        if let source = ticket.definition.source {
            return source.address.isUnspecified
                ? nil : SocketAddress(Endpoint(source.address, 0))
        }
        guard let sourceAddress, sourceAddress.isV4 == ticket.definition.endpoint.address.isV4
        else { return nil }
        return SocketAddress(Endpoint(sourceAddress, 0))
    }

    /// See `RunningCheck`.
    func cancel() -> EventLoopFuture<Void>? {
        report = nil
        phase = .closing
        deadline?.cancel()
        channel?.close(promise: nil)
        return channel?.closeFuture
    }

    // MARK: what the connection does

    func channelActive(context: ChannelHandlerContext) {
        // Given up while it connected.
        guard case .connecting = phase else { return context.close(promise: nil) }
        let hello = ticket.definition.hello(from: source(of: context.channel))
        if !hello.isEmpty {
            let bytes = context.channel.allocator.buffer(bytes: hello)
            context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        }
        guard var exchange = ticket.definition.kind.exchange else {
            return finish(outcome(.layer4OK))
        }
        armAnswerDeadline()
        let verdict = exchange.begin()
        goOn(&exchange, verdict, context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .talking(var exchange) = phase else { return }
        let verdict = exchange.received(unwrapInboundIn(data).readableBytesView)
        goOn(&exchange, verdict, context)
    }

    /// Says what is to be said next, and ends when the verdict stands.
    private func goOn(
        _ exchange: inout any CheckExchange,
        _ verdict: CheckVerdict,
        _ context: ChannelHandlerContext
    ) {
        let output = exchange.takeOutput()
        phase = .talking(exchange)
        if !output.isEmpty {
            let bytes = context.channel.allocator.buffer(bytes: output)
            context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        }
        judge(verdict)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { inputEnded() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        inputEnded()
        deadline?.cancel()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(outcome(talking: error))
        context.close(promise: nil)
    }

    private func source(of channel: any Channel) -> Endpoint {
        let local = channel.localAddress
        let address = local?.ipAddress.flatMap { IPAddress($0) }
        return Endpoint(address ?? .anyV4, UInt16(clamping: local?.port ?? 0))
    }

    private func inputEnded() {
        switch phase {
        case .connecting: break
        case .talking(var exchange): judge(exchange.closed())
        case .closing: break
        }
    }

    // MARK: how it ends

    private func judge(_ verdict: CheckVerdict) {
        guard let outcome = CheckOutcome(verdict, duration: .now - startedAt) else { return }
        finish(outcome)
    }

    /// From the connect on `timeout check`, or what is left of `inter`.
    private func armAnswerDeadline() {
        let check = ticket.definition
        let limit = check.readTimeout ?? (check.interval - (.now - startedAt))
        deadline = eventLoop.assumeIsolated().scheduleTask(
            in: .nanoseconds(max(limit, .zero).nanoseconds)
        ) { [self] in finish(outcome(.layer7Timeout)) }
    }

    private func finish(_ outcome: CheckOutcome) {
        guard let report else { return }
        self.report = nil
        phase = .closing
        deadline?.cancel()
        linger()
        report(outcome)
    }

    private func linger() {
        guard let channel, channel.isActive else { return }
        deadline = eventLoop.assumeIsolated().scheduleTask(in: Self.lingerLimit) {
            channel.close(promise: nil)
        }
        channel.close(mode: .output, promise: nil)
    }
}
