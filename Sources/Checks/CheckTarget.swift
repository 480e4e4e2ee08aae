internal import BalancerCore
internal import NIOCore
internal import Primitives

/// A server in the schedule. Belongs to the event loop.
final class CheckTarget {
    let backend: Backend
    let server: ServerID
    let role: CheckRole
    /// What the schedule last knew of its check.
    var definition: CheckDefinition?
    /// The next check; or the one under way, or the last one, which may still be closing.
    var timer: Scheduled<Void>?
    var run: (any RunningCheck)?
    /// When the next check is due.
    var due = Instant.zero
    /// Counts what was planned and cancelled, so that a timer knows whether it still counts.
    private(set) var plan = 0
    /// The part of the first pause that the second check waits.
    var share = 1.0

    init(_ backend: Backend, _ server: ServerID, _ role: CheckRole) {
        self.backend = backend
        self.server = server
        self.role = role
    }

    /// Whether the target is new, its check is another one now, or what it is doing does not count
    /// any more: then it is due at once.
    func isOutdated(by definition: CheckDefinition) -> Bool {
        guard definition == self.definition, let run else { return true }
        return !backend.isCurrent(run.ticket)
    }

    func nextPlan() -> Int {
        plan += 1
        return plan
    }

    func takeShare() -> Double {
        defer { share = 1 }
        return share
    }

    /// Ends what is planned and what is under way. The future: the descriptor is closed.
    @discardableResult
    func cancel() -> EventLoopFuture<Void>? {
        plan += 1
        timer?.cancel()
        timer = nil
        defer { run = nil }
        return run?.cancel()
    }
}
