package import BalancerCore
package import NIOCore
package import Primitives

/// Runs the health checks of all servers on one event loop and tells each backend what they found.
///
/// Any thread may call it; everything happens on the loop. A server has at most one check at a
/// time, every check ends within its limits with a named outcome, and its descriptor is closed.
package final class CheckScheduler: Sendable {
    private let eventLoop: any EventLoop
    private let schedule: NIOLoopBoundBox<CheckSchedule>

    /// `sourceAddress` is the node's own address, from which the checks of servers of the same
    /// address family are made; `nil` leaves it to the kernel. `deliver` gets what each
    /// check brought about, on the loop.
    package init(
        eventLoop: any EventLoop,
        sourceAddress: IPAddress?,
        deliver: @escaping @Sendable (Backend, ServerOutcome) -> Void
    ) {
        self.eventLoop = eventLoop
        schedule = .makeBoxSendingValue(
            CheckSchedule(eventLoop: eventLoop, sourceAddress: sourceAddress, deliver: deliver),
            eventLoop: eventLoop
        )
    }

    /// The backends to check from now on: at the start, and after each reload, when they have their
    /// new definitions. Servers that were never checked are checked at once, within 50 ms.
    package func reconfigure(_ backends: [Backend]) {
        eventLoop.execute { [schedule] in schedule.value.reconfigure(backends) }
    }

    /// Lets what the connects of sessions say count for a server's health.
    package func weigh(_ evidence: ConnectEvidence, of backend: Backend) {
        eventLoop.execute { [schedule] in schedule.value.weigh(evidence, of: backend) }
    }

    /// Ends all checks, for good. The future is fulfilled when their descriptors are closed.
    package func stop() -> EventLoopFuture<Void> {
        eventLoop.flatSubmit { [schedule] in schedule.value.stop() }
    }
}
