internal import Configuration
internal import ControlPlane
internal import Glibc
internal import Heartbeat
package import LinuxIO
internal import PairControl
internal import Primitives
internal import Synchronization

/// Calls the operator's `on-change` program, one call after the other, in the order of what
/// happened.
///
/// A thread of its own: a program that takes its time delays its own later calls and nothing else.
package final class ChangeHook: Sendable {
    /// One change, as the program is told of it: four arguments, and the same in its environment.
    package struct Call: Sendable, Equatable {
        package var node: String
        package var role: String
        package var epoch: UInt64
        package var reason: String

        package init(node: String, role: String, epoch: UInt64, reason: String) {
            self.node = node
            self.role = role
            self.epoch = epoch
            self.reason = reason
        }
    }

    /// The program, as the configuration in force names it.
    package struct Program: Sendable, Equatable {
        package var path: String
        package var timeout: Duration

        package init(path: String, timeout: Duration) {
            self.path = path
            self.timeout = timeout
        }
    }

    private enum Job: Sendable {
        case call(Program, Call)
        case end
    }

    /// Calls that may wait for those before them.
    private static let capacity = 64
    /// What ends a program that is not done when the daemon ends.
    private static let patienceAtEnd: Duration = .seconds(1)

    private let jobs: Mailbox<Job>
    private let warn: @Sendable (String) -> Void
    private let isEnding = Atomic(false)
    private let thread = Mutex<Thread?>(nil)

    /// - Parameter warn: told of a program that fails, is killed, or cannot be started; called on
    ///   any thread.
    package init(warn: @escaping @Sendable (String) -> Void) throws(SystemError) {
        jobs = try Mailbox(capacity: Self.capacity)
        self.warn = warn
    }

    package func start() throws(SystemError) {
        try thread.withLock { thread throws(SystemError) in
            thread = try Thread.start(name: "hook") { [self] in run() }
        }
    }

    /// Does not wait. Beyond the limit the newest call is lost, and the log says so.
    package func call(_ program: Program, _ call: Call) {
        guard !jobs.put(.call(program, call)) else { return }
        warn("on-change: \(Self.capacity) calls wait for \(program.path), one was not made")
    }

    /// Ends the thread; calls that wait are still made, each for a moment at most.
    package func end() {
        guard let running = thread.withLock({ $0.take() }) else { return }
        isEnding.store(true, ordering: .relaxed)
        jobs.putWhenFree(.end)
        running.join()
    }

    private func run() {
        do throws(SystemError) {
            try jobs.serve { job in
                guard case .call(let program, let call) = job else { return false }
                carryOut(program, call)
                return true
            }
        } catch {
            warn("on-change: \(error): no more calls are made")
        }
    }

    private func carryOut(_ program: Program, _ call: Call) {
        let child: ChildProcess
        do {
            child = try ChildProcess.spawn(
                program.path,
                [call.node, call.role, "\(call.epoch)", call.reason],
                environment: [
                    "HA_BALANCER_NODE": call.node, "HA_BALANCER_ROLE": call.role,
                    "HA_BALANCER_EPOCH": "\(call.epoch)", "HA_BALANCER_REASON": call.reason,
                ],
                newProcessGroup: true
            )
        } catch {
            return warn("on-change: \(program.path) cannot be started: \(error.reason)")
        }
        guard let status = wait(for: child, program.timeout) else {
            child.killGroup(SIGKILL)
            child.wait()
            return warn(
                "on-change: \(program.path) was killed: not done after "
                    + "\(program.timeout.milliseconds) ms (\(call.role), epoch \(call.epoch))"
            )
        }
        if !status.isSuccess {
            warn("on-change: \(program.path) \(status) (\(call.role), epoch \(call.epoch))")
        }
    }

    /// The status, or `nil` when its time is over; that comes sooner while the daemon ends.
    private func wait(for child: ChildProcess, _ timeout: Duration) -> ExitStatus? {
        let limit = Instant.now + timeout
        var endLimit: Instant?
        while true {
            let now = Instant.now
            if isEnding.load(ordering: .relaxed), endLimit == nil {
                endLimit = now + Self.patienceAtEnd
            }
            let left = min(limit, endLimit ?? limit) - now
            guard left > .zero else { return nil }
            if let status = child.wait(timeout: min(left, .milliseconds(100))) { return status }
        }
    }
}
