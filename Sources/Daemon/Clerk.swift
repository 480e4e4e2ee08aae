internal import BalancerCore
internal import ControlPlane
internal import Glibc
internal import Guardian
internal import Heart
internal import LinuxIO
internal import PairControl
internal import Primitives
internal import Relay
internal import Synchronization
internal import VIPManager

/// Carries what must not keep the heart and the relay waiting: reports, log lines, readiness.
///
/// Everything here belongs to its one thread, but the daemon that it serves.
final class Clerk {
    /// How often readiness is told and finished sessions are logged.
    private static let rhythm: Duration = .milliseconds(50)
    /// From one drain of finished sessions to the next while there are many: a worker that shares
    /// its processor with this thread waits for the lines of one drain.
    private static let busyRhythm: Duration = .milliseconds(2)
    /// So many sessions in one drain are many.
    private static let manySessions = 8
    /// Looked for in the rhythm after the virtual addresses have gone: a connection may wait to be
    /// accepted for so long.
    private static let searches = 4
    /// A worker that has stood still for so long has hung. Idle ones turn each 100 ms, see
    /// `RelayPlan.pulseInterval`, and no order keeps one for so long.
    private static let hangLimit: Duration = .milliseconds(300)
    /// One that has not gone on by then never will: another life serves, this one does not.
    private static let lossLimit: Duration = .seconds(10)

    private let daemon: Daemon
    private let sayAlive: () -> Void
    private let timer: TimerDescriptor
    private var epoll: Epoll
    private var nextTick = Instant.now
    private var nextDrain = Instant.now
    private var nextAlive = Instant.now
    private var checksSettled = false
    private var meters: [StallMeter] = []
    /// Numbers of the workers that hang.
    private var hungWorkers: [Int] = []
    private var reportedExhaustions: UInt64 = 0
    private var reportedDrops: UInt64 = 0
    /// How many more times the sessions of lost virtual addresses are looked for.
    private var searchesLeft = 0
    private var isEnding = false

    init(_ daemon: Daemon, sayAlive: @escaping () -> Void) throws(SystemError) {
        self.daemon = daemon
        self.sayAlive = sayAlive
        timer = try TimerDescriptor()
        epoll = try Epoll()
        try epoll.add(timer.descriptor.raw, .readable, token: 1)
        try epoll.add(daemon.reports.descriptor, .readable, token: 2)
    }

    /// Runs until the last report, which is `exit`.
    func run() {
        while !isEnding {
            timer.arm(at: min(nextTick, nextDrain))
            do {
                try epoll.wait(timeout: nil) { _, _ in }
            } catch {
                continue
            }
            for report in daemon.reports.takeAll() { take(report) }
            let now = Instant.now
            guard now >= min(nextTick, nextDrain) else { continue }
            timer.drain()
            if now >= nextDrain { logSessions(now: now) }
            if now >= nextTick { tick(now: now) }
        }
    }

    private func tick(now: Instant) {
        nextTick = now + Self.rhythm
        lookAtWorkers(now: now)
        tellReadiness(now: now)
        if searchesLeft > 0 {
            searchesLeft -= 1
            resetSessions()
        }
        guard now >= nextAlive else { return }
        nextAlive = now + .seconds(1)
        logTrouble()
        if isMoving(now: now) { sayAlive() }
    }

    /// What the guardian passes on to systemd's watchdog.
    private func isMoving(now: Instant) -> Bool {
        guard daemon.heart != nil else { return true }
        guard let snapshot = daemon.heart?.snapshot else { return false }
        return now - snapshot.at < .seconds(2)
    }

    /// Idle workers show a pulse only where there is a pair that wants to know.
    private func lookAtWorkers(now: Instant) {
        guard daemon.heart != nil else { return }
        let pulses = daemon.engine.pulses()
        while meters.count < pulses.count { meters.append(StallMeter(rhythm: Self.rhythm)) }
        let stalls = pulses.indices.map { meters[$0].look(at: pulses[$0], now: now) }
        let hung = stalls.indices.filter { stalls[$0] >= Self.hangLimit }
        for number in hung where !hungWorkers.contains(number) {
            let limit = Self.hangLimit.milliseconds
            daemon.log.line(.alert, "relay worker \(number) hangs: no turn for \(limit) ms")
        }
        for number in hungWorkers where !hung.contains(number) {
            daemon.log.line(.notice, "relay worker \(number) turns again")
        }
        hungWorkers = hung
        guard let longest = stalls.max(), longest >= Self.lossLimit else { return }
        daemon.log.line(
            .alert,
            "a relay worker hangs for \(longest.milliseconds) ms: this daemon ends, to be "
                + "started anew"
        )
        // With a core where the host keeps them; the guardian sees to the rest.
        abort()
    }

    private func tellReadiness(now: Instant) {
        guard let heart = daemon.heart else { return }
        let backends = daemon.parts.withLock { $0.backends }
        let states = backends.map(\.readiness)
        if !checksSettled {
            checksSettled = backends.allSatisfy { backend in
                backend.snapshot(now: now).servers.allSatisfy {
                    $0.lastOutcome?.code != .initializing
                }
            }
        }
        let statistics = daemon.engine.statistics()
        heart.update(
            NodeReadiness(
                relayServes: hungWorkers.isEmpty,
                linkIsUp: false,
                serversUsable: backends.isEmpty || states.contains { $0.usableServers > 0 },
                hasDescriptors: (try? EventDescriptor()) != nil,
                tracks: daemon.tracker?.tracks ?? [],
                checksSettled: checksSettled,
                lastCheckSuccess: states.compactMap(\.lastCheckSuccess).max(),
                lastCheckFailure: states.compactMap(\.lastCheckFailure).max(),
                clientSessions: statistics.sessions
            )
        )
    }

    private func logSessions(now: Instant) {
        let records = daemon.engine.drainRecords()
        nextDrain = now + (records.count > Self.manySessions ? Self.busyRhythm : Self.rhythm)
        guard !records.isEmpty else { return }
        let backends = daemon.parts.withLock { $0.backends }
        daemon.log.current.log(records, wallNow: .now, now: now) { record in
            let backend = record.backend.map { daemon.engine.backendName($0) }
            let object = backends.first { $0.name == backend }
            return SessionRecord.Names(
                frontend: daemon.engine.frontendName(record.frontend),
                backend: backend,
                server: record.server.flatMap { object?.name(of: $0) }
            )
        }
    }

    private func logTrouble() {
        let statistics = daemon.engine.statistics()
        if statistics.exhaustions > reportedExhaustions {
            daemon.log.line(
                .alert,
                "out of descriptors or socket memory: accepting paused "
                    + "\(statistics.exhaustions - reportedExhaustions) times; sessions go on. "
                    + "Raise LimitNOFILE= or ulimit-n, or lower maxconn"
            )
            reportedExhaustions = statistics.exhaustions
        }
        if statistics.recordsDropped > reportedDrops {
            daemon.log.line(
                .warning,
                "\(statistics.recordsDropped - reportedDrops) session log lines were lost"
            )
            reportedDrops = statistics.recordsDropped
        }
    }

    private func take(_ report: HeartReport) {
        switch report {
        case .notice(let notice):
            daemon.log.line(notice.severity, notice.text)
            daemon.tellHook(notice)
        case .warning(let text): daemon.log.line(.warning, text)
        case .address(let event): take(event)
        case .rail(let trouble): daemon.log.line(trouble.severity, trouble.text)
        case .reserveEpochs(let epoch): daemon.store.give(.epoch(epoch))
        case .storeMaintenance(let isOn): daemon.store.give(.maintenance(isOn))
        case .rememberPeer(let mac): daemon.store.give(.peer(mac))
        case .resetSessions: resetSessions()
        case .challengeSessions: daemon.teller?.challenge()
        case .completed(let order, let outcome): daemon.orders.end(order, outcome)
        case .exit:
            daemon.requests.put(.exit)
            isEnding = true
        }
    }

    private func take(_ event: VIPEvent) {
        switch event {
        case .released:
            // Those that were accepted while the addresses were being removed: their clients would
            // wait for an answer, and they for their clients, until a timeout.
            searchesLeft = Self.searches
            resetSessions()
        case .held: searchesLeft = 0
        default: break
        }
        guard let (severity, text) = event.logLine else { return }
        daemon.log.line(severity, text)
    }

    private func resetSessions() {
        let addresses = daemon.parts.withLock { $0.heart?.virtualAddresses.map(\.address) ?? [] }
        do {
            let count = try daemon.engine.resetSessions(onLocal: addresses)
            if count > 0 {
                daemon.log.line(.notice, "\(count) sessions of the virtual IP were reset")
            }
        } catch {
            daemon.log.line(.warning, "sessions of the virtual IP could not be reset: \(error)")
        }
    }
}
