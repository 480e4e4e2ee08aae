internal import BalancerCore
internal import ControlPlane
internal import Heart
internal import Heartbeat
internal import LinuxIO
internal import PairControl
internal import Primitives
internal import Relay
internal import SessionLedger
internal import Synchronization
internal import VIPKernel
internal import VIPManager

/// The loop of the teller's thread. Everything here belongs to it.
final class SessionTellerLoop {
    /// How often the relay's board is looked at.
    private static let rhythm: Duration = .milliseconds(100)
    /// Datagrams given to the heart at a time, and the pause between two times: 5000 sessions are
    /// told within 70 ms, and a beat waits no longer than 16 sends take.
    private static let burst = 16
    private static let pause: Duration = .milliseconds(10)
    /// Whoever has not been heard for so long is told nothing until it is heard again.
    private static let patience: Duration = .seconds(2)

    let heart: Heart
    private let engine: RelayEngine
    private let log: DaemonLog
    private let teller: SessionTeller
    private let boot: UInt64
    private var settings: HeartSettings
    /// Those with a stick table.
    var backends: [Backend]
    var sticks = StickWriter()
    private var epoll: Epoll
    private let timer: TimerDescriptor
    private let socket: ChallengeSocket

    private var scan = SessionScan()
    private var writer: LedgerWriter
    private var reader = LedgerReader()
    private var sequence: UInt64 = 0
    private var peerBoot: UInt64 = 0
    private var nextScanAt: Instant
    private var nextSendAt: Instant
    private var plan: ChallengePlan?
    var state = SessionTeller.Snapshot()
    private var isEnding = false

    init(
        _ settings: HeartSettings,
        sticking backends: [Backend],
        boot: UInt64,
        heart: Heart,
        engine: RelayEngine,
        log: DaemonLog,
        teller: SessionTeller
    ) throws(SystemError) {
        let now = Instant.now
        self.settings = settings
        self.backends = backends
        self.boot = boot
        self.heart = heart
        self.engine = engine
        self.log = log
        self.teller = teller
        writer = LedgerWriter(now: now)
        (nextScanAt, nextSendAt) = (now, now)
        socket = try ChallengeSocket()
        timer = try TimerDescriptor()
        epoll = try Epoll()
        try epoll.add(timer.descriptor.raw, .readable, token: 1)
        try epoll.add(teller.requests.descriptor, .readable, token: 2)
        try epoll.add(heart.ledgerArrivals.descriptor, .readable, token: 3)
    }

    func run() {
        while !isEnding {
            timer.arm(at: min(nextScanAt, nextSendAt, plan?.nextAt ?? .distantFuture))
            do {
                try epoll.wait(timeout: nil) { _, _ in }
            } catch {
                // Interrupted, or out of memory for a moment: the timer brings us back.
                continue
            }
            timer.drain()
            turn(now: .now)
        }
    }

    private func turn(now: Instant) {
        for request in teller.requests.takeAll() { take(request, now: now) }
        for datagram in heart.ledgerArrivals.takeAll() { receive(datagram, now: now) }
        // Clients wait: this first.
        challenge(now: now)
        if now >= nextScanAt { scanSessions(now: now) }
        if now >= nextSendAt { tell(now: now) }
        publish()
    }

    private func take(_ request: SessionTeller.Request, now: Instant) {
        switch request {
        case .challenge: beginChallenge(now: now)
        case .configure(let settings, let backends):
            self.settings = settings
            self.backends = backends
        case .end: isEnding = true
        }
    }

    private func publish() {
        state.told = writer.told
        state.known = reader.sessions
        state.isComplete = reader.isComplete
        state.untold = writer.untold
        publishSticks()
        let overflows = heart.snapshot?.ledgerOverflows ?? 0
        if overflows > 0 { state.drops["queue-full"] = overflows }
        let state = state
        teller.published.withLock { $0 = state }
    }
}

/// Telling, and being told.
extension SessionTellerLoop {
    private static func page(worker: Int, slot: Int) -> UInt32 {
        UInt32(worker) << 20 | UInt32(slot / LedgerPage.slots)
    }

    private func tuples(of page: UInt32) -> [SessionTuple] {
        let first = Int(page & 0xF_FFFF) * LedgerPage.slots
        let ends = engine.sessionEnds(
            worker: Int(page >> 20),
            slots: first..<(first + LedgerPage.slots)
        )
        return ends.map { ends in
            var server: SessionTuple.Connection?
            if let source = ends.source, let remote = ends.server {
                server = .init(local: source, remote: remote)
            }
            return SessionTuple(
                client: .init(local: ends.local, remote: ends.client),
                server: server
            )
        }
    }

    private func scanSessions(now: Instant) {
        nextScanAt = now + Self.rhythm
        engine.forEachChange(&scan) { worker, slot in
            writer.changed(page: Self.page(worker: worker, slot: slot))
        }
        notePeer(now: now)
        for backend in backends { backend.ageStickTable(now: now) }
        nextSendAt = min(nextSendAt, now)
    }

    /// Whom the heart takes for the peer now.
    private func notePeer(now: Instant) {
        guard let last = heart.snapshot?.node.tracker.last, last.bootID != peerBoot else { return }
        peerBoot = last.bootID
        writer.peerIsNew(now: now)
        nextSendAt = min(nextSendAt, now)
    }

    private func peerListens(now: Instant) -> Bool {
        guard let tracker = heart.snapshot?.node.tracker, let last = tracker.last,
            let heard = tracker.lastHeard
        else { return false }
        // Version 1.0 has no ledger.
        return last.kind == .beat && last.version.minor >= 1 && now - heard < Self.patience
    }

    private func tell(now: Instant) {
        guard peerListens(now: now) else {
            sticks.nobodyListens()
            nextSendAt = now + Self.rhythm
            return
        }
        var messages = stickMessages(now: now)
        messages += writer.messages(limit: Self.burst - messages.count, now: now) {
            tuples(of: $0)
        }
        if !messages.isEmpty { heart.sendLedger(messages.map(sign)) }
        nextSendAt = max(now + Self.pause, sticks.isBehind ? now : writer.nextAt(now: now))
    }

    private func sign(_ message: LedgerMessage) -> [UInt8] {
        sequence += 1
        let frame = LedgerFrame(
            pairID: settings.pair.id,
            nodeID: settings.pair.own.id,
            bootID: boot,
            sequence: sequence,
            message: message
        )
        return LedgerCodec.encode(frame, by: settings.keys)
    }

    private func receive(_ datagram: [UInt8], now: Instant) {
        do throws(FrameDecodingError) {
            let frame = try LedgerCodec.decode(datagram, by: settings.keys).get()
            if let reason = refusal(of: frame) { throw FrameDecodingError(reason) }
            let missing = try reader.receive(frame, now: now)
            if missing != 0 { heart.sendLedger([sign(.request(missing))]) }
            switch frame.message {
            case .request(let groups):
                writer.requested(groups: groups)
                nextSendAt = min(nextSendAt, now)
            case .sticks(let epoch, let excerpt):
                adopt(excerpt, from: StickSource(boot: frame.bootID, epoch: epoch), now: now)
            case .pages, .digest: break
            }
        } catch {
            state.drops[error.reason.rawValue, default: 0] += 1
        }
    }

    /// The beats prove which boot of the peer is the living one.
    private func refusal(of frame: LedgerFrame) -> FrameDropReason? {
        if frame.pairID != settings.pair.id { return .otherPair }
        if frame.nodeID == settings.pair.own.id { return .reflected }
        if frame.nodeID != settings.pair.peer.id { return .unknownNode }
        let last = heart.snapshot?.node.tracker.last
        return last?.kind == .beat && last?.bootID == frame.bootID ? nil : .unprovenBoot
    }
}

/// After a takeover.
extension SessionTellerLoop {
    private func beginChallenge(now: Instant) {
        let tuples = reader.takeTuples()
        guard !tuples.isEmpty else { return }
        let plan = ChallengePlan(
            tuples,
            holding: Set(settings.virtualAddresses.map(\.address)),
            salt: .random(in: .min ... .max),
            now: now
        )
        state.challenge = SessionTeller.Challenge(
            at: now,
            sessions: tuples.count,
            ends: plan.connections.count,
            untellable: plan.untellable
        )
        self.plan = plan
    }

    private func challenge(now: Instant) {
        guard plan != nil else { return }
        for challenge in plan?.next(now: now) ?? [] {
            do {
                try socket.send(
                    from: challenge.connection.local,
                    to: challenge.connection.remote,
                    sequence: challenge.sequence
                )
            } catch {
                // There are two more rounds.
                state.challenge?.refused += 1
            }
        }
        if plan?.isFirstRoundOver == true, state.challenge?.duration == nil { sayFirstRound() }
        if plan?.isOver == true { plan = nil }
    }

    private func sayFirstRound() {
        guard let challenge = state.challenge else { return }
        let duration = Instant.now - challenge.at
        state.challenge?.duration = duration
        var text =
            "\(challenge.sessions) sessions of \(settings.pair.peer.name) are dead: told "
            + "\(challenge.ends) of their ends within \(duration.milliseconds) ms"
        if challenge.untellable > 0 {
            text +=
                "; \(challenge.untellable) server connections came from its own address and "
                + "end by their servers' time-outs"
        }
        if challenge.refused > 0 { text += "; \(challenge.refused) sends were refused" }
        log.line(.notice, text)
    }
}
