internal import Glibc
internal import LinuxIO
internal import Primitives
internal import Synchronization

/// Runs the programs of `option external-check`, many at once, on a thread of its own that begins
/// with the first of them.
final class ExternalPrograms: Sendable {
    enum Outcome: Sendable {
        case ended(ExitStatus)
        /// It was killed, with what it had started.
        case timedOut
        case notStarted(SystemError)
    }

    struct Job: Sendable {
        var number: UInt64
        var command: String
        var arguments: [String]
        var environment: [String: String]
        var deadline: Instant
        /// Told the outcome, on the thread of the programs.
        var tell: @Sendable (Outcome) -> Void
    }

    private enum Order: Sendable {
        case start(Job)
        /// Kills it; nobody is told.
        case cancel(UInt64)
        case end
    }

    private struct Running {
        let job: Job
        let process: ChildProcess
    }

    private struct Service: ~Copyable {
        let orders: Mailbox<Order>
        let thread: Thread
    }

    /// It comes with the first program.
    private let service = Mutex<Service?>(nil)
    private let lastNumber = Atomic<UInt64>(0)

    /// Any thread.
    /// - Returns: what `cancel` takes
    func run(
        _ command: String,
        _ arguments: [String],
        environment: [String: String],
        until deadline: Instant,
        _ tell: @escaping @Sendable (Outcome) -> Void
    ) throws(SystemError) -> UInt64 {
        let job = Job(
            number: lastNumber.add(1, ordering: .relaxed).newValue,
            command: command,
            arguments: arguments,
            environment: environment,
            deadline: deadline,
            tell: tell
        )
        guard try orders().put(.start(job)) else {
            throw SystemError("external-check", "too many at once", errno: EAGAIN)
        }
        return job.number
    }

    private func orders() throws(SystemError) -> Mailbox<Order> {
        try service.withLock { service throws(SystemError) in
            if let orders = service?.orders { return orders }
            let orders = try Mailbox<Order>(capacity: 1 << 16)
            let thread = try Thread.start(name: "programs") { Self.serve(orders) }
            service = Service(orders: orders, thread: thread)
            return orders
        }
    }

    /// Any thread.
    func cancel(_ number: UInt64) {
        service.withLock { $0?.orders }?.putWhenFree(.cancel(number))
    }

    /// Kills all and ends the thread.
    func stop() {
        guard let service = service.withLock({ $0.take() }) else { return }
        service.orders.putWhenFree(.end)
        service.thread.join()
    }

    // MARK: on the thread

    private static func serve(_ orders: Mailbox<Order>) {
        var running: [Running] = []
        while true {
            Poll.wait(
                of: [orders.descriptor] + running.map(\.process.pidfd),
                until: running.map(\.job.deadline).min()
            )
            for order in orders.takeAll() {
                switch order {
                case .start(let job): if let one = start(job) { running.append(one) }
                case .cancel(let number):
                    for one in running where one.job.number == number { kill(one.process) }
                    running.removeAll { $0.job.number == number }
                case .end:
                    for one in running { kill(one.process) }
                    return
                }
            }
            running.removeAll { isOver($0, now: .now) }
        }
    }

    private static func start(_ job: Job) -> Running? {
        do {
            let process = try ChildProcess.spawnUnprivileged(
                job.command,
                job.arguments,
                environment: job.environment
            )
            return Running(job: job, process: process)
        } catch {
            job.tell(.notStarted(error))
            return nil
        }
    }

    private static func isOver(_ one: Running, now: Instant) -> Bool {
        if let status = one.process.tryWait() {
            one.job.tell(.ended(status))
            return true
        }
        guard now >= one.job.deadline else { return false }
        kill(one.process)
        one.job.tell(.timedOut)
        return true
    }

    private static func kill(_ process: ChildProcess) {
        process.killGroup(SIGKILL)
        process.wait()
    }
}
