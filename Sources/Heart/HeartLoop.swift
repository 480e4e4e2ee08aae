internal import Guardian
internal import Heartbeat
internal import LinuxIO
internal import PairControl
internal import Primitives
internal import SessionLedger
internal import Synchronization
internal import VIPKernel
internal import VIPManager

/// The loop of the heart's thread: waits, takes facts in, carries directives out.
///
/// Not shared: everything here belongs to the one thread that runs it.
final class HeartLoop {
    /// Datagrams taken from one rail in one turn: more than its socket keeps, so that a verdict is
    /// made with all of them read.
    private static let datagramLimit = 512
    /// Reports that wait for a busy reader; the oldest go first when it is exceeded.
    static let reportLimit = 1024
    /// Datagrams of the ledger that wait for its reader; further ones are dropped.
    static let ledgerLimit = 512

    private enum Token {
        static let timer: UInt64 = 1
        static let mailbox: UInt64 = 2
        static let netlink: UInt64 = 3
        static let segment: UInt64 = 4
        /// Rail n has token 16 + n.
        static let firstRail: UInt64 = 16
    }

    var settings: HeartSettings
    var node: Node
    let driver: VIPDriver
    let fence: HeartFence
    let page: WillPage?
    let rails: [any RailPath]
    var readiness = NodeReadiness()
    var writtenWill: Beat?
    var isFinished = false
    /// Ended in order, and not by `halt`.
    var leavesForGood = false
    var backlog: [HeartReport] = []
    let reports: Mailbox<HeartReport>

    let heart: Heart
    private var epoll: Epoll
    private let timer: TimerDescriptor
    private var latestWakeUp: Duration = .zero
    var ledgerBacklog: [[UInt8]] = []
    var ledgerOverflows: UInt64 = 0
    private var isRealTime = false
    private var escort: HeartEscort?

    init(
        _ settings: HeartSettings,
        identity: Heart.Identity,
        page: WillPage?,
        fence: HeartFence,
        reports: Mailbox<HeartReport>,
        heart: Heart
    ) throws(SystemError) {
        let now = Instant.now
        self.settings = settings
        self.page = page
        self.fence = fence
        self.reports = reports
        self.heart = heart
        node = Node(
            settings.pair,
            bootID: identity.bootID,
            nonce: identity.nonce,
            reservedEpoch: identity.reservedEpoch,
            inMaintenance: identity.inMaintenance,
            now: now
        )
        node.setFence(fence.kind)
        if let mac = identity.peerMAC { node.setPeerMAC(mac) }
        driver = try VIPDriver(
            addresses: settings.virtualAddresses,
            fence: fence.driver,
            lifetime: UInt32(FenceKind.lifetimeOfAddress.milliseconds / 1000),
            watch: settings.watch
        )
        rails = Self.paths(settings, now: now)
        epoll = try Epoll()
        timer = try TimerDescriptor()
        try epoll.add(timer.descriptor.raw, .readable, token: Token.timer)
        try epoll.add(heart.mailbox.descriptor, .readable, token: Token.mailbox)
        try epoll.add(driver.descriptor, .readable, token: Token.netlink)
        if let segment = driver.segmentDescriptor {
            try epoll.add(segment, .readable, token: Token.segment)
        }
    }

    private static func paths(_ settings: HeartSettings, now: Instant) -> [any RailPath] {
        let datagrams = settings.rails.map { DatagramRail($0, port: settings.port, now: now) }
        let frames = settings.ethernetRails.map {
            EthernetRail($0, pair: settings.pair.id, peer: settings.pair.peer.id, now: now)
        }
        return datagrams as [any RailPath] + frames
    }

    private static let realTimeAdvice =
        "heart and guardian run without real-time priority: beats may be late under load "
        + "(CAP_SYS_NICE or LimitRTPRIO= allows it)"

    func run() {
        if let page, !page.beginVigil(now: .now) {
            report(.warning("the guardian will hear of this daemon's death late: no robust mutex"))
        }
        isRealTime = RealTime.enter()
        if !isRealTime {
            report(.warning(Self.realTimeAdvice))
        }
        escort = isRealTime ? HeartEscort() : nil
        if let advice = fence.advice { report(.warning(advice)) }
        openRails(now: .now)
        take(driver.start(now: .now), now: .now)
        while !isFinished {
            publish()
            arm()
            turn()
        }
        escort?.end()
        if leavesForGood, driver.phase == .released {
            FenceDriver.remove(from: settings.virtualAddresses)
        }
        publish()
        flush()
        page?.endVigil()
    }

    /// One wake-up: heartbeats first, so that a judgement about silence is never made with unread
    /// beats in the queue. Then what is due, above all the look at the lease: a node that was
    /// stopped must know it before it touches the kernel's addresses.
    private func turn() {
        var tokens: [UInt64] = []
        let due = deadline
        page?.promise(by: max(due, .now))
        escort?.sleeps(until: due)
        do {
            try epoll.wait(timeout: nil) { token, _ in tokens.append(token) }
            escort?.isAwake()
        } catch {
            escort?.isAwake()
            // Interrupted, or out of memory for a moment: the timer brings us back.
            return
        }
        // Read before the rails are: what has come until then is known when silence is judged.
        var now = Instant.now
        if tokens.contains(Token.timer), due < .distantFuture {
            latestWakeUp = max(latestWakeUp, now - due)
        }
        timer.drain()
        for index in rails.indices { drain(rail: index, now: &now) }
        // All that was heard on the segment too, before a round of probes is judged.
        let heard = driver.heard()
        if !heard.isEmpty { now = max(now, .now) }
        for news in heard { give(.segment(news), now: now) }
        // The t0 of `FenceLease`. A process that was stopped since then is refused by the kernel.
        if now >= node.nextDeadline { give(.timer, now: now) }
        if tokens.contains(Token.netlink) { take(driver.readable(now: now), now: now) }
        if tokens.contains(Token.mailbox) { takeRequests(now: now) }
        if now >= driver.nextDeadline { take(driver.tick(now: now), now: now) }
        openRails(now: now)
        if now >= node.nextDeadline { give(.timer, now: now) }
        flush()
    }

    private func drain(rail index: Int, now: inout Instant) {
        for _ in 0..<Self.datagramLimit {
            guard let bytes = rails[index].receive(limit: LedgerLimits.datagram + 1, now: now)
            else { return }
            if FrameEnvelope.claimedKind(of: bytes) == LedgerCodec.kind {
                passOn(bytes)
                continue
            }
            // A beat that was read after a pause in the middle of this turn is not as old as the
            // turn: with its time the peer would seem to have been silent ever since.
            now = max(now, .now)
            let result = FrameCodec.decode(bytes[...], by: settings.keys)
            let believed = node.tracker.rails[index].received
            give(.datagram(result, rail: index), now: now)
            if node.tracker.rails[index].received > believed {
                rails[index].lastWasBelieved(now: now)
            }
        }
    }

    private func takeRequests(now: Instant) {
        for request in heart.mailbox.takeAll() {
            switch request {
            case .order(let order): give(.order(order), now: now)
            case .readiness(let news):
                readiness = news
                giveReadiness(now: now)
            case .epochsReserved(let epoch): give(.epochsReserved(epoch), now: now)
            case .configure(let settings):
                self.settings = settings
                driver.watch(settings.watch)
                give(.configured(settings.pair), now: now)
                // Signed with the new key from now on.
                writtenWill = nil
                writeWill()
            case .ledger(let datagrams): sendLedger(datagrams, now: now)
            case .arbiter(let answer, let request):
                give(.arbiter(answer, askedAt: request.askedAt), now: now)
            case .halt: isFinished = true
            }
        }
    }

    func openRails(now: Instant) {
        for (index, rail) in rails.enumerated() {
            guard let retryAt = rail.retryAt, now >= retryAt else { continue }
            do {
                let descriptor = try rail.open(now: now)
                rail.condition.opened()
                report(.rail(.opened(rail: index, name: rail.name)))
                try epoll.add(descriptor, .readable, token: Token.firstRail + UInt64(index))
            } catch {
                failed(rail: index, error, now: now, RailTrouble.cannotOpen)
            }
        }
    }

    private var deadline: Instant {
        let retries = rails.compactMap(\.retryAt).min() ?? .distantFuture
        return min(node.nextDeadline, driver.nextDeadline, retries)
    }

    private func arm() { timer.arm(at: deadline) }

    private func publish() {
        let snapshot = Heart.Snapshot(
            at: .now,
            node: node,
            view: driver.view,
            phase: driver.phase,
            latestWakeUp: latestWakeUp,
            isRealTime: isRealTime,
            rails: rails.map(\.condition),
            ledgerOverflows: ledgerOverflows,
            fenceFault: fence.fault
        )
        // A reader holds the lock for the time of a copy: the next turn publishes again.
        _ = heart.published.withLockIfAvailable { $0 = snapshot }
    }
}
