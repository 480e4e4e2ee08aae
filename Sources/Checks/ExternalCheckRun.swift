internal import BalancerCore
internal import Glibc
internal import LinuxIO
internal import NIOCore
internal import Primitives

/// One check by a program. Belongs to the event loop.
final class ExternalCheckRun: RunningCheck {
    let ticket: CheckTicket
    let startedAt = Instant.now
    private let check: ExternalCheck
    private let programs: ExternalPrograms
    private let eventLoop: any EventLoop
    private var report: ((CheckOutcome) -> Void)?
    private var number: UInt64?

    init(
        _ ticket: CheckTicket,
        _ check: ExternalCheck,
        _ programs: ExternalPrograms,
        eventLoop: any EventLoop
    ) {
        self.ticket = ticket
        self.check = check
        self.programs = programs
        self.eventLoop = eventLoop
    }

    /// See `RunningCheck`.
    func start(_ report: @escaping (CheckOutcome) -> Void) {
        self.report = report
        var environment = check.environment
        environment["HAPROXY_SERVER_CURCONN"] = "\(ticket.sessions)"
        let run = NIOLoopBound(self, eventLoop: eventLoop)
        do throws(SystemError) {
            number = try programs.run(
                check.command,
                check.arguments,
                environment: environment,
                until: startedAt + (ticket.definition.readTimeout ?? ticket.definition.interval)
            ) { [eventLoop] outcome in
                eventLoop.execute { run.value.finish(outcome) }
            }
        } catch {
            finish(.notStarted(error))
        }
    }

    /// See `RunningCheck`.
    func cancel() -> EventLoopFuture<Void>? {
        report = nil
        if let number { programs.cancel(number) }
        return nil
    }

    private func finish(_ result: ExternalPrograms.Outcome) {
        guard let report else { return }
        self.report = nil
        report(outcome(result))
    }

    private func outcome(_ result: ExternalPrograms.Outcome) -> CheckOutcome {
        let duration = Instant.now - startedAt
        switch result {
        case .ended(.exited(0)): return CheckOutcome(.externalOK, duration: duration)
        case .ended(.exited(let status)):
            return CheckOutcome(.externalError, status: Int(status), duration: duration)
        case .ended(.signaled(let signal)):
            // -1 is HAProxy's.
            return CheckOutcome(
                .externalError,
                status: -1,
                duration: duration,
                info: "killed by signal \(signal)"
            )
        case .timedOut: return CheckOutcome(.externalTimeout, duration: duration)
        case .notStarted(let error):
            // 255 is HAProxy's.
            return CheckOutcome(
                .externalError,
                status: 255,
                duration: duration,
                info: "\(check.command) cannot be run: \(error.reason)"
            )
        }
    }
}
