internal import Configuration
internal import ControlPlane
internal import Glibc
internal import Heart
internal import LinuxIO
internal import PairControl
internal import Primitives
internal import Relay
internal import Synchronization

/// What signals ask of the daemon, HAProxy's among them. Belongs to the main thread.
struct SignalDesk {
    /// How long the pair may take to say goodbye.
    private static let goodbyeLimit: Duration = .seconds(3)
    /// How often a soft stop looks whether the last session has ended.
    private static let softStopRhythm: Duration = .milliseconds(100)
    /// The last word of a script that was given `takeOver`, SIGUSR1, comes within.
    private static let waiver: Duration = .seconds(60)

    private let daemon: Daemon
    /// When to end at the latest.
    private(set) var stopBy = Instant.distantFuture
    /// It ends when the last session has.
    private var isSoftStop = false
    private var softStopIsWaivedUntil = Instant.zero

    init(_ daemon: Daemon) { self.daemon = daemon }

    /// When it wants to be looked at again; `nil`: it waits for news only.
    var patience: Duration? {
        let left = stopBy == .distantFuture ? nil : stopBy - .now
        guard isSoftStop else { return left }
        return min(left ?? Self.softStopRhythm, Self.softStopRhythm)
    }

    /// The daemon has to end.
    func isOver() -> Bool {
        if Instant.now >= stopBy {
            let sessions = daemon.engine.statistics().sessions
            if isSoftStop, sessions > 0 {
                daemon.log.line(.warning, "soft stop: \(sessions) sessions are ended")
            }
            return true
        }
        guard isSoftStop, daemon.engine.statistics().sessions == 0 else { return false }
        daemon.log.line(.notice, "soft stop: the last session has ended")
        return true
    }

    mutating func take(_ signal: Int32) {
        switch signal {
        case SIGHUP, SIGUSR2: _ = daemon.reload()
        case SIGTTOU: pause()
        case SIGTTIN: if !isSoftStop { resume() }
        case SIGUSR1: beginSoftStop()
        default: stop()
        }
    }

    /// In order: the other node of a pair takes the virtual IP.
    mutating func stop() {
        daemon.log.line(.notice, "stopping")
        guard let heart = daemon.heart else { return stopBy = .now }
        _ = heart.give(Order(id: daemon.orders.newID(), kind: .stop))
        stopBy = min(stopBy, .now + Self.goodbyeLimit)
    }

    /// Connections are refused, sessions go on. Another process may listen instead.
    private func pause() {
        guard !daemon.engine.isPaused else { return }
        do {
            try daemon.engine.pause()
            daemon.log.line(.warning, "paused: nothing listens any more, until SIGTTIN")
        } catch {
            daemon.log.line(.alert, "cannot pause: \(error)")
        }
    }

    private func resume() {
        guard daemon.engine.isPaused else { return }
        do {
            try daemon.engine.resume()
            daemon.log.line(.warning, "resumed: listening again")
        } catch {
            daemon.log.line(.alert, "cannot resume, SIGTTIN tries again: \(error)")
        }
    }

    /// A second start, by a script of HAProxy's kind that has paused this process, wants its place
    /// for a new configuration: this process takes that one over instead.
    mutating func takeOver() -> CommandResult {
        let result = daemon.reload()
        guard case .done = result, daemon.engine.isPaused else { return result }
        resume()
        guard !daemon.engine.isPaused else {
            return .refused("it cannot listen again, see its log")
        }
        softStopIsWaivedUntil = .now + Self.waiver
        return result
    }

    private mutating func beginSoftStop() {
        guard Instant.now >= softStopIsWaivedUntil else {
            softStopIsWaivedUntil = .zero
            daemon.log.line(
                .notice,
                "SIGUSR1 is not obeyed: this process serves the new configuration itself, with "
                    + "all sessions"
            )
            return
        }
        // The virtual IP goes to the other node: no session of it could go on here.
        guard daemon.heart == nil else { return stop() }
        do {
            try daemon.engine.pause()
        } catch {
            daemon.log.line(.alert, "cannot stop listening: \(error)")
        }
        isSoftStop = true
        let limit = daemon.parts.withLock { $0.configuration.global.hardStopAfter }
        if let limit { stopBy = min(stopBy, .now + limit) }
        let rest = limit.map { ", for \($0.milliseconds) ms at the most" } ?? ""
        let count = daemon.engine.statistics().sessions
        daemon.log.line(
            .notice,
            "soft stop: nothing listens any more, \(count) sessions go on\(rest)"
        )
    }
}
