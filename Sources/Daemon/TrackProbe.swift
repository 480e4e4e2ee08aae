internal import Configuration
internal import Glibc
internal import LinuxIO
internal import PairControl
internal import Primitives

/// One thing that is tracked: when it is tried, and what came of it. Of the tracker's thread.
final class TrackProbe {
    let settings: TrackSettings
    private(set) var health: TrackHealth
    private var nextAt: Instant
    private var limit = Instant.distantFuture
    private var child: ChildProcess?
    private var echo: Echo?
    private var sequence: UInt16 = 0

    private final class Echo {
        let probe: EchoProbe

        init(_ probe: consuming EchoProbe) { self.probe = probe }
    }

    init(_ settings: TrackSettings, now: Instant) {
        self.settings = settings
        health = TrackHealth(fall: settings.fall, rise: settings.rise)
        nextAt = now
    }

    private var isTrying: Bool { child != nil || echo != nil }

    /// Readable when a try has something to say; -1 between tries.
    var descriptor: Int32 { child?.pidfd ?? echo?.probe.descriptor ?? -1 }

    /// When `proceed` is to be called at the latest.
    var deadline: Instant { isTrying ? limit : nextAt }

    /// Begins a try that is due, or looks after the one that runs.
    func proceed(now: Instant) {
        if isTrying { look(now: now) }
        guard !isTrying, now >= nextAt else { return }
        // A late try makes no burst.
        nextAt = max(nextAt + settings.interval, now)
        limit = now + settings.timeout
        begin()
    }

    /// Gives up what runs.
    func stop() {
        if let child {
            child.killGroup(SIGKILL)
            child.wait()
        }
        child = nil
        echo = nil
    }

    private func begin() {
        do {
            switch settings.subject {
            case .gateway(let address):
                sequence &+= 1
                echo = Echo(try EchoProbe(to: address, sequence: sequence))
            case .script(let path):
                if let complaint = TrackedScript.complaint(path) {
                    return health.take("cannot be run: \(complaint)")
                }
                child = try ChildProcess.spawnUnprivileged(
                    path,
                    environment: ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"]
                )
            case .interface: break
            }
        } catch {
            health.take("cannot be tried: \(error.reason)")
        }
    }

    private func look(now: Instant) {
        if let child, let status = child.tryWait() {
            self.child = nil
            return health.take(status.isSuccess ? nil : "failed: \(status)")
        }
        if let echo {
            do {
                guard try !echo.probe.isAnswered() else {
                    self.echo = nil
                    return health.take(nil)
                }
            } catch {
                self.echo = nil
                return health.take("does not answer: \(error.reason)")
            }
        }
        guard now >= limit else { return }
        let isScript = child != nil
        stop()
        let time = "\(settings.timeout.milliseconds) ms"
        health.take(isScript ? "was killed: not done after \(time)" : "does not answer in \(time)")
    }
}
