internal import CLinux
internal import Glibc
package import LinuxIO
internal import Primitives
internal import VIPKernel

/// The small parent of the daemon: it starts it, watches it, and acts in its name when it dies.
///
/// A process of its own with no configuration and no key: what there is to do is in the page that
/// the daemon keeps up to date. One thread, and while a heart lives a second one that waits for its
/// death (`Vigil`). systemd watches the guardian; it passes the daemon's signs of life on.
package final class Guardian {
    /// How long an orderly stop may take before it is forced.
    private static let stopLimit: Duration = .seconds(10)
    /// A heart that is so late has hung, and its daemon is killed. Its fence has closed long
    /// before; this ends the loss of redundancy. Longer than any stall of a heart that goes on by
    /// itself (memory from disk, stolen processor time), shorter than the watchdog of the systemd
    /// unit.
    private static let hangLimit: Duration = .seconds(4)
    /// How long a dead holder's address stays behind the closed fence, in microseconds.
    private static let closingTime: UInt32 = 500_000
    /// How often it looks whether the heart is late.
    private static let rhythm: Duration = .milliseconds(500)

    let program: String
    let arguments: [String]
    let lock: InstanceLock
    let log: (String) -> Void
    let supervisor: ServiceManager
    private let succession: Succession
    private let signals: OwnedDescriptor
    /// Shared with every daemon of this guardian; `nil` where the kernel refuses it, which the
    /// daemon says.
    private let fence: FenceDeadline?
    /// What the last daemon left.
    private var lastWill = Will()
    var policy: RestartPolicy
    private let startedAt = Instant.now
    private var wasEverReady = false
    private var stopAskedAt: Instant?
    /// By SIGUSR1: an orderly end of the daemon, whenever it comes, is the last one.
    private var softStopIsAsked = false

    /// One life of the daemon.
    private struct Life: ~Copyable {
        let process: ChildProcess
        let page: WillPage
        let link: OwnedDescriptor
        let startedAt: Instant
        var isReady = false
        /// What was asked for before the daemon could catch the signal.
        var owedSignals: [Int32] = []
        /// False once the daemon's end is closed: then only its pidfd still matters.
        var linkIsOpen = true
        /// `nil` for want of memory for a thread: then its death is told when it has ended.
        let vigil: Vigil?
        var meter = StallMeter(rhythm: Guardian.rhythm)
        var wasKilled = false
    }

    /// - Parameters:
    ///   - arguments: those that make `program` the daemon.
    ///   - lock: this node's; the daemon inherits it.
    package init(
        program: String,
        arguments: [String],
        lock: consuming InstanceLock,
        policy: RestartPolicy = RestartPolicy(),
        succession: Succession = Succession(),
        log: @escaping (String) -> Void
    ) throws(SystemError) {
        self.program = program
        self.arguments = arguments
        self.lock = lock
        self.policy = policy
        self.succession = succession
        self.log = log
        supervisor = ServiceManager()
        fence = try? FenceDeadline()
        let raw = try SystemCall.run("signalfd") { hb_termination_signalfd() }
        signals = OwnedDescriptor(adopting: raw)
        // The start took more code than all that follows, and what `beReady` locks stays.
        hb_release_code()
    }

    /// Makes the process ready to act at once, also on a host that has much to do: real-time
    /// priority, and no page that has to come from disk. The daemon, whose rights are the same,
    /// says what the kernel does not allow.
    package func beReady() {
        _ = RealTime.enter()
        _ = hb_lock_memory()
        // What is touched now stays in memory.
        _ = lastWill.execute()
    }

    /// Runs until the daemon is stopped on request, or could not start.
    /// - Returns: the exit status for the process.
    package func run() -> Int32 {
        while true {
            let status: Int32?
            do {
                status = try live()
            } catch {
                log("cannot start the daemon: \(error)")
                let mayTryAgain = wasEverReady && pause(policy.delay(afterLifeOf: .zero))
                status = mayTryAgain ? nil : stopAskedAt == nil ? 1 : 0
            }
            if let status {
                leaveForGood()
                if !wasEverReady { succession.fail() }
                succession.end()
                return status
            }
        }
    }

    /// No daemon follows: a fence that nobody renews would only be in the way.
    private func leaveForGood() {
        // Once more, and the addresses with certainty: without its filters the fence is open.
        lastWill.frame = []
        guard lastWill.execute(closing: fence).isEmpty, lastWill.isFenced else { return }
        FenceDriver.remove(from: lastWill.addresses)
    }

    /// Starts the daemon, waits for its end and does what its will says.
    /// - Returns: the exit status, or `nil` if it is to live again.
    private func live() throws(SystemError) -> Int32? {
        var life = try start()
        let status = watch(&life)
        lastWill = life.page.read()
        if let complaints = life.vigil?.end() {
            // The kernel lets go of an io_uring, and of the sockets that it watches, only after the
            // end of its process: their resets have to find the address.
            if !lastWill.frame.isEmpty { usleep(Self.closingTime) }
            (complaints + lastWill.removeAddresses()).forEach(log)
        } else {
            lastWill.execute(closing: fence).forEach(log)
        }
        if stopAskedAt != nil {
            // A daemon that was only just started cannot catch the signal yet.
            let isInOrder = status == .exited(0) || !life.isReady && status == .signaled(SIGTERM)
            return isInOrder ? 0 : 1
        }
        if softStopIsAsked, status == .exited(0) { return 0 }
        if case .exited(let code) = status, !wasEverReady { return code == 0 ? 1 : code }
        let lifetime = Instant.now - life.startedAt
        let delay = policy.delay(afterLifeOf: lifetime)
        let end = "\(life.wasKilled ? "its heart had hung, " : "")\(status)"
        if policy.isInFault {
            log("the daemon ended (\(end)) after \(lifetime.milliseconds) ms")
            return beInFault(for: delay, lastEnd: end) ? nil : 0
        }
        log(
            "the daemon ended (\(end)) after \(lifetime.milliseconds) ms; "
                + "next start in \(delay.milliseconds) ms"
        )
        supervisor.status("daemon ended (\(end)), restart \(policy.consecutiveDeaths)")
        return pause(delay) ? nil : 0
    }

    private func start() throws(SystemError) -> Life {
        let page = try WillPage()
        let (own, childs) = try GuardianLink.pair()
        let link = OwnedDescriptor(adopting: own)
        let childLink = OwnedDescriptor(adopting: childs)
        var descriptors: [Int32: Int32] = [
            3: childLink.raw, 4: page.descriptor.raw, 5: lock.descriptor.raw,
        ]
        if let fence { descriptors[6] = fence.descriptor.raw }
        let process = try ChildProcess.spawn(
            program,
            arguments,
            environment: [
                GuardianLink.linkVariable: "3", GuardianLink.pageVariable: "4",
                GuardianLink.fenceVariable: fence == nil ? "" : "6",
                GuardianLink.sinceVariable: "\(startedAt.nanoseconds)",
                // The daemon is not the service's main process and must not speak to systemd.
                "NOTIFY_SOCKET": "", "WATCHDOG_USEC": "",
            ],
            descriptors: descriptors,
            newProcessGroup: true
        )
        // It wakes up for a heart only: a plain balancer has none.
        let vigil = try? Vigil(over: page, fence: fence)
        return Life(process: process, page: page, link: link, startedAt: .now, vigil: vigil)
    }

    private func watch(_ life: inout Life) -> ExitStatus {
        while true {
            let status = life.process.tryWait()
            // Also what it said with its last breath.
            hear(&life)
            if let status { return status }
            lookForHang(&life)
            waitForNews(life.process.pidfd, life.linkIsOpen ? life.link.raw : -1)
            for signal in takeSignals() { pass(signal, to: &life) }
            if let stopAskedAt, Instant.now - stopAskedAt > Self.stopLimit {
                log(
                    "the daemon did not stop within \(Self.stopLimit.milliseconds / 1000) s: killed"
                )
                life.process.kill(SIGKILL)
                return life.process.wait()
            }
        }
    }

    private func lookForHang(_ life: inout Life) {
        guard let promised = life.page.promised, !life.wasKilled else { return }
        let stall = life.meter.look(at: promised, now: .now)
        guard stall >= Self.hangLimit else { return }
        life.wasKilled = true
        log("the heart has not moved for \(stall.milliseconds) ms: the daemon is killed")
        life.process.kill(SIGKILL)
    }

    private func hear(_ life: inout Life) {
        let (messages, isOpen) = GuardianLink.read(from: life.link.raw)
        life.linkIsOpen = isOpen
        for message in messages {
            switch message {
            case .ready:
                life.isReady = true
                if !wasEverReady { succession.succeed(log) }
                wasEverReady = true
                supervisor.ready()
                let owed = life.owedSignals
                life.owedSignals = []
                for signal in owed { pass(signal, to: &life) }
            case .alive:
                supervisor.alive()
            }
        }
    }

    private func pass(_ signal: Int32, to life: inout Life) {
        let isStop = signal == SIGTERM || signal == SIGINT
        guard isStop || life.isReady else { return life.owedSignals.append(signal) }
        switch signal {
        case SIGHUP, SIGUSR2:
            supervisor.reloading()
            life.process.kill(SIGHUP)
            return supervisor.ready()
        case SIGTTOU, SIGTTIN: return life.process.kill(signal)
        case SIGUSR1:
            softStopIsAsked = true
            return life.process.kill(signal)
        default: break
        }
        if stopAskedAt == nil {
            stopAskedAt = .now
            supervisor.stopping()
        }
        life.process.kill(SIGTERM)
    }

    /// - Parameters:
    ///   - isOver: asked each second, and when `descriptor` becomes readable
    ///   - endsByReload: whether a request to reload ends the pause
    /// - Returns: `false` if a request to stop came meanwhile.
    func pause(
        _ delay: Duration,
        watching descriptor: Int32 = -1,
        endsByReload: Bool = false,
        until isOver: () -> Bool = { false }
    ) -> Bool {
        let end = Instant.now + delay
        while Instant.now < end, !isOver() {
            let left = Int32(clamping: max(1, (end - Instant.now).milliseconds))
            var entries = [descriptor, signals.raw].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            _ = unsafe poll(&entries, 2, min(left, 1000))
            // The guardian itself is well; systemd must not end it for its daemon's crash loop.
            supervisor.alive()
            let taken = takeSignals()
            if taken.contains(where: { [SIGTERM, SIGINT, SIGUSR1].contains($0) }) {
                stopAskedAt = .now
                supervisor.stopping()
                return false
            }
            if endsByReload, taken.contains(where: { [SIGHUP, SIGUSR2].contains($0) }) {
                return true
            }
        }
        return true
    }

    private func waitForNews(_ pidfd: Int32, _ link: Int32) {
        var entries = [pidfd, link, signals.raw].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        let limit = stopAskedAt == nil ? Self.rhythm : .milliseconds(100)
        _ = unsafe poll(&entries, 3, Int32(clamping: limit.milliseconds))
    }

    private func takeSignals() -> [Int32] {
        var taken: [Int32] = []
        while case let signal = hb_read_signal(signals.raw), signal != 0 { taken.append(signal) }
        return taken
    }
}
