internal import Arbiter
internal import BalancerCore
internal import CLinux
internal import Checks
internal import Configuration
internal import ControlPlane
internal import Glibc
internal import Guardian
internal import Heart
internal import LinuxIO
internal import NIOCore
internal import NIOPosix
internal import Primitives
internal import Relay
internal import Synchronization
internal import VIPManager

/// The composition root: the parts of one running daemon and how they speak to each other.
///
/// Threads: the main thread carries out signals and reloads, `heart` decides for the pair,
/// `relay-N` move bytes, `teller` tells the other node of sessions and stick tables, `clerk`
/// carries reports, log lines and readiness between them, `state` writes to disk, `track` tries
/// what the pair tracks, `arbiter` asks etcd, and NIO's loop serves the runtime API and the checks.
final class Daemon: Sendable {
    /// What others ask of the main thread.
    enum MainRequest: Sendable {
        case reload(isTakeover: Bool, @Sendable (CommandResult) -> Void)
        /// An edit of the servers.
        case perform(@Sendable (Daemon) -> Void)
        /// Everything that had to be said was said: end.
        case exit
    }

    let source: ConfigurationSource
    /// The guardian's start, or the daemon's own when nobody guards.
    let guardedSince: Instant
    /// What `reload` has brought so far.
    let reloads = Mutex(ReloadCount())
    let nodeName: String
    let startedAt = Instant.now
    let startedAtWall = WallTime.now
    let parts: Mutex<Parts>
    let engine: RelayEngine
    let checks: CheckScheduler
    let heart: Heart?
    /// `nil` without a pair.
    let teller: SessionTeller?
    /// `nil` without an `arbiter` line.
    let arbiter: EtcdArbiter?
    /// `nil` without a pair.
    let hook: ChangeHook?
    /// `nil` without a pair.
    let tracker: Tracker?
    let reports: Mailbox<HeartReport>
    let requests: Mailbox<MainRequest>
    let store: StateStore
    let orders = OrderBook()
    let events: MultiThreadedEventLoopGroup
    private let api = Mutex<RuntimeAPIServer?>(nil)
    let glbControls = GLBControls()
    let log: DaemonLog

    init(_ options: DaemonOptions) throws(StartFailure) {
        source = options.source
        guardedSince = options.guardedSince ?? startedAt
        nodeName = options.nodeName ?? HostNames.own
        let outcome = options.source.load()
        guard let configuration = outcome.configuration else {
            throw StartFailure(outcome.rendered)
        }
        do {
            // Before the plan, whose own `maxconn` is derived from it.
            try DescriptorLimit.raise(to: configuration.global.descriptorLimit)
        } catch {
            throw StartFailure("\(error)")
        }
        let parts = try Parts.make(configuration, node: nodeName, existing: nil)
        let log = DaemonLog(parts.logs)
        for (severity, text) in ServerStateLoader(parts: parts).load() { log.line(severity, text) }
        self.log = log
        self.parts = Mutex(parts)
        arbiter = try configuration.pair.flatMap { pair throws(StartFailure) in
            try ArbiterTranslation.arbiter(of: pair) { log.line(.warning, $0) }
        }
        events = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            store = try StateStore(directory: configuration.global.stateDirectory)
            reports = try Mailbox(capacity: 1024)
            requests = try Mailbox(capacity: 64)
            heart = parts.heart == nil ? nil : try Heart()
            teller = parts.heart == nil ? nil : try SessionTeller()
            hook =
                parts.heart == nil
                ? nil : try ChangeHook { log.line(.warning, $0) }
            tracker = parts.heart == nil ? nil : try Tracker()
        } catch {
            throw StartFailure("\(error)")
        }
        engine = RelayEngine(plan: parts.plan)
        checks = CheckScheduler(
            eventLoop: events.next(),
            sourceAddress: parts.heart?.rails.first?.own
        ) { [engine] backend, outcome in
            Self.carryOut(outcome, of: backend, log, engine)
        }
    }

    /// Starts every part; what was started is stopped again when one fails.
    func start(page: WillPage?, fence: Int32? = nil) throws(StartFailure) {
        let parts = parts.withLock { $0 }
        do {
            try engine.start { [checks] backend, evidence in checks.weigh(evidence, of: backend) }
        } catch {
            throw StartFailure("\(error)\(Self.advice(error))")
        }
        sayEngine(threads: parts.plan.threads)
        // What only the start needed is let go of before memory is locked.
        hb_release_code()
        do throws(StartFailure) {
            try startPair(parts, page: page, fence: fence)
            try startAPI(parts)
        } catch {
            heart?.halt()
            arbiter?.end()
            teller?.end()
            engine.stop()
            throw error
        }
        checks.reconfigure(parts.backends)
    }

    private func startPair(
        _ parts: Parts,
        page: WillPage?,
        fence: Int32?
    ) throws(StartFailure) {
        guard let heart, let settings = parts.heart else { return }
        for address in settings.virtualAddresses
        where !HostInterface.exists(address.interface) {
            log.line(
                .warning,
                "interface \(address.interface) of \(address.address) does not exist on this host: "
                    + "create it, or correct 'dev' in the pair section; until then this node "
                    + "cannot "
                    + "hold the virtual IP"
            )
        }
        warnOfFiles(parts)
        if hb_lock_memory() != 0 {
            log.line(
                .warning,
                "memory cannot be locked: heart and guardian may be late while pages come from "
                    + "disk "
                    + "(LimitMEMLOCK=infinity or CAP_IPC_LOCK allows it)"
            )
        }
        var random = SystemRandomNumberGenerator()
        let identity = Heart.Identity(
            bootID: random.next(),
            nonce: random.next(),
            reservedEpoch: store.reservedEpoch(),
            inMaintenance: store.isInMaintenance(),
            peerMAC: store.peerMAC()
        )
        do {
            try hook?.start()
            tracker?.follow(parts.configuration.pair?.tracks ?? [])
            try tracker?.start()
            try heart.start(
                settings,
                identity: identity,
                page: page,
                fence: fence,
                reports: reports
            )
            try arbiter?.serve(heart.arbiterRequests) { answer, request in
                heart.answer(request, by: answer)
            }
            try teller?.start(
                settings,
                sticking: parts.stickingBackends,
                boot: identity.bootID,
                heart: heart,
                engine: engine,
                log: log
            )
        } catch {
            throw StartFailure(
                "the pair cannot start: \(error). It needs CAP_NET_ADMIN and CAP_NET_RAW: "
                    + "run it as root or by the systemd unit"
            )
        }
    }

    /// Of a check, a reload or the operator. Any thread; waits for nobody.
    func carryOut(_ outcome: ServerOutcome, of backend: Backend) {
        Self.carryOut(outcome, of: backend, log, engine)
    }

    private static func carryOut(
        _ outcome: ServerOutcome,
        of backend: Backend,
        _ log: DaemonLog,
        _ engine: RelayEngine
    ) {
        for notice in outcome.notices { log.health(notice, of: backend.name) }
        for shutdown in outcome.shutdowns {
            engine.closeSessions(of: shutdown.server, in: backend, shutdown.cause)
        }
        engine.deliver(outcome.grants, in: backend)
    }

    func warnOfFiles(_ parts: Parts) {
        guard let pair = parts.configuration.pair else { return }
        let texts = [PairTranslation.exposure(pair), pair.onChange?.complaint].compactMap(\.self)
        for text in texts + pair.tracks.compactMap(\.complaint) { log.line(.warning, text) }
    }

    private func startAPI(_ parts: Parts) throws(StartFailure) {
        do {
            let sockets = ControlSockets.translate(
                parts.configuration.global,
                source.commandLine
            )
            glbControls.adopt(try glbControls.opened(for: parts.configuration, of: self))
            let server = try RuntimeAPIServer.start(
                sockets,
                delegate: ControlFacade(daemon: self),
                limits: ControlSockets.limits(parts.configuration.global),
                group: events
            )
            api.withLock { $0 = server }
        } catch {
            throw StartFailure("\(error)")
        }
    }

    /// Tells the clerk that nothing more will be reported: the heart has ended, or there is none.
    func endReports() {
        reports.putWhenFree(.exit)
    }

    /// Ends every part. The pair has said goodbye before, if there was time.
    func tearDown() {
        let server = api.withLock { server in
            defer { server = nil }
            return server
        }
        server?.stop()
        glbControls.adopt([:])
        heart?.halt()
        arbiter?.end()
        teller?.end()
        hook?.end()
        tracker?.end()
        // The loop runs until the group is shut down, so the future is fulfilled.
        try? checks.stop().wait()
        engine.stop()
        store.give(.end)
        try? events.syncShutdownGracefully()
    }

    private func sayEngine(threads: Int) {
        guard let selection = engine.selection else { return }
        var text = "relay: \(threads) \(threads == 1 ? "thread" : "threads")"
        text += ", \(selection.kind.rawValue)"
        if let obstacle = selection.obstacle {
            text += "; io_uring cannot be used here (\(obstacle)), which costs some CPU"
        }
        log.line(.notice, text)
    }

    private static func advice(_ error: SystemError) -> String {
        if error.call.hasPrefix("io_uring") {
            return ": 'tune.engine io_uring' needs Linux 6.1 or later, and sysctl "
                + "kernel.io_uring_disabled=0; 'auto' does without it"
        }
        switch error.errno {
        case EADDRINUSE: return ": another program listens there; find it with `ss -ltnp`"
        case EACCES: return ": ports below 1024 need root or CAP_NET_BIND_SERVICE"
        default: return ""
        }
    }
}
