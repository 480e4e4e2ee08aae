internal import BalancerCore
internal import LinuxIO
internal import NIOCore
internal import Primitives

/// When which server is checked. Belongs to the event loop.
final class CheckSchedule {
    /// The first checks of all servers begin within this time: until then they get no traffic.
    private static let firstWindow = Duration.milliseconds(50)
    /// How often a server in maintenance is looked at again.
    private static let pausedLook = Duration.milliseconds(100)
    /// Between the end of a check and the next, also when the check took its whole interval.
    private static let shortestPause = Duration.milliseconds(5)

    private struct Key: Hashable {
        let backend: ObjectIdentifier
        let server: ServerID
        let role: CheckRole
    }

    private let eventLoop: any EventLoop
    private let sourceAddress: IPAddress?
    private let deliver: @Sendable (Backend, ServerOutcome) -> Void
    private let programs = ExternalPrograms()
    private var targets: [Key: CheckTarget] = [:]
    private var isStopped = false

    init(
        eventLoop: any EventLoop,
        sourceAddress: IPAddress?,
        deliver: @escaping @Sendable (Backend, ServerOutcome) -> Void
    ) {
        self.eventLoop = eventLoop
        self.sourceAddress = sourceAddress
        self.deliver = deliver
    }

    func reconfigure(_ backends: [Backend]) {
        guard !isStopped else { return }
        var due: [CheckTarget] = []
        var kept: [Key: CheckTarget] = [:]
        for backend in backends {
            for server in backend.snapshot(now: .now).servers {
                let wanted = [
                    (CheckRole.health, server.check), (.agent, server.agent?.definition),
                ]
                for (role, definition) in wanted {
                    guard let definition else { continue }
                    let key = Key(
                        backend: ObjectIdentifier(backend),
                        server: server.id,
                        role: role
                    )
                    let target =
                        targets.removeValue(forKey: key) ?? CheckTarget(backend, server.id, role)
                    if target.isOutdated(by: definition) {
                        target.cancel()
                        due.append(target)
                    }
                    target.definition = definition
                    kept[key] = target
                }
            }
        }
        for target in targets.values { target.cancel() }
        targets = kept
        spread(due)
    }

    /// Begins the first checks evenly over a short window, and lets the second ones drift apart
    /// over the whole interval, so that the checks do not come in one beat for ever.
    private func spread(_ due: [CheckTarget]) {
        let window = due.compactMap(\.definition?.interval).min().map { min($0, Self.firstWindow) }
        for (index, target) in due.enumerated() {
            target.share = Double(index + 1) / Double(due.count)
            arm(target, after: (window ?? .zero) * Double(index) / Double(due.count))
        }
    }

    private func arm(_ target: CheckTarget, after delay: Duration) {
        let plan = target.nextPlan()
        target.due = .now + delay
        target.timer = eventLoop.assumeIsolated().scheduleTask(
            in: .nanoseconds(delay.nanoseconds)
        ) { [self] in
            // A timer that was due in the same turn of the loop as its cancellation still fires.
            if target.plan == plan { begin(target) }
        }
    }

    private func begin(_ target: CheckTarget) {
        guard let ticket = target.backend.checkStarted(target.server, target.role) else {
            return arm(target, after: Self.pausedLook)
        }
        let run = run(ticket)
        target.run = run
        run.start { [self] outcome in finish(target, run, outcome) }
    }

    private func run(_ ticket: CheckTicket) -> any RunningCheck {
        if case .external(let check) = ticket.definition.kind {
            return ExternalCheckRun(ticket, check, programs, eventLoop: eventLoop)
        }
        return CheckRun(ticket, eventLoop: eventLoop, sourceAddress: sourceAddress)
    }

    private func finish(_ target: CheckTarget, _ run: any RunningCheck, _ outcome: CheckOutcome) {
        guard target.run === run else { return }
        let now = Instant.now
        deliver(target.backend, target.backend.checkFinished(run.ticket, outcome, now: now))
        // A check that a reload or maintenance overtook is made anew at once.
        let delay =
            target.backend.isCurrent(run.ticket)
            ? target.backend.checkDelay(target.server, target.role) ?? Self.pausedLook : .zero
        let next = run.startedAt + delay * target.takeShare()
        arm(target, after: max(next - now, Self.shortestPause))
    }

    func weigh(_ evidence: ConnectEvidence, of backend: Backend) {
        deliver(backend, backend.weigh(evidence, now: .now))
        hurry(
            Key(backend: ObjectIdentifier(backend), server: evidence.server, role: .health)
        )
    }

    /// The next check comes after `fastinter` at the latest.
    private func hurry(_ key: Key) {
        guard let target = targets[key], let pause = target.definition?.fastInterval,
            let timer = target.timer, target.due > .now + pause
        else { return }
        timer.cancel()
        arm(target, after: pause)
    }

    func stop() -> EventLoopFuture<Void> {
        isStopped = true
        let closings = targets.values.compactMap { $0.cancel() }
        targets = [:]
        programs.stop()
        return EventLoopFuture.andAllComplete(closings, on: eventLoop)
    }
}
