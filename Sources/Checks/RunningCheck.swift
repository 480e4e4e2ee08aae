internal import BalancerCore
internal import NIOCore
internal import Primitives

/// A check under way. Belongs to the event loop.
protocol RunningCheck: AnyObject {
    var ticket: CheckTicket { get }
    var startedAt: Instant { get }

    /// Begins the check. `report` is called once, unless the check is cancelled before its outcome.
    func start(_ report: @escaping (CheckOutcome) -> Void)

    /// Ends the check without an outcome. The future: what it had open is closed; `nil` where that
    /// is somebody else's business.
    func cancel() -> EventLoopFuture<Void>?
}
