package import LinuxIO
package import Primitives
package import VIPManager

/// Keeps the virtual addresses of this host as they should be: the shell of `AddressReconciler`.
///
/// It belongs to one thread, which adds `descriptor` to its epoll (level-triggered), calls
/// `readable` when it is, and `tick` at `nextDeadline`. No call waits: rtnetlink answers before the
/// call that asks returns. The one thing that can delay it is the kernel's own lock of the network
/// configuration (RTNL), held by another change.
package final class VIPDriver {
    /// Datagrams read per call; epoll reports what is left.
    private static let datagramLimit = 256

    private var reconciler: AddressReconciler
    private var commands: NetlinkCommands
    private var events: NetlinkEvents
    private let announcements: AnnouncementSocket

    /// Opens the sockets in the network namespace of the calling thread. Changes nothing yet.
    /// - Parameter addresses: at least one, no two alike.
    package init(
        addresses: [VirtualAddress],
        settings: AddressReconciler.Settings = .init()
    ) throws(SystemError) {
        reconciler = AddressReconciler(addresses: addresses, settings: settings)
        commands = try NetlinkCommands(tag: settings.tag)
        events = try NetlinkEvents()
        announcements = try AnnouncementSocket()
    }

    package var descriptor: Int32 { events.descriptor }

    package var nextDeadline: Instant { reconciler.nextDeadline }

    package var phase: AddressReconciler.Phase { reconciler.phase }

    /// The kernel's links and addresses as last told: MAC, carrier, and what is really there.
    package var view: KernelView { reconciler.view }

    /// Reads the kernel's tables and removes what an earlier life left behind. To be called once,
    /// before anything else, and only by the one daemon of this node.
    package func start(now: Instant) -> [VIPEvent] { perform(reconciler.start(now: now), now: now) }

    /// Adds and announces the virtual addresses. `.held` may come with a later call.
    package func hold(now: Instant) -> [VIPEvent] { perform(reconciler.hold(now: now), now: now) }

    /// Removes the virtual addresses. `.released` is among what is returned, unless a copy could
    /// not be removed (`.failed`); then it comes with a later call.
    package func release(now: Instant) -> [VIPEvent] {
        perform(reconciler.release(now: now), now: now)
    }

    /// Announces the addresses anew, for any sign of a second holder.
    package func announceAnew(now: Instant) -> [VIPEvent] {
        perform(reconciler.announceAnew(now: now), now: now)
    }

    package func readable(now: Instant) -> [VIPEvent] { perform([], now: now) }

    /// At `nextDeadline`; earlier is harmless.
    package func tick(now: Instant) -> [VIPEvent] {
        perform(reconciler.handle(.tick, now: now), now: now)
    }

    /// Carries the directives out, then takes in what the kernel has to say about it.
    private func perform(_ directives: [ReconcilerDirective], now: Instant) -> [VIPEvent] {
        var reports: [VIPEvent] = []
        carryOut(directives, now: now, &reports)
        for _ in 0..<Self.datagramLimit {
            guard let told = events.receive() else { return reports }
            for event in told { carryOut(reconciler.handle(event, now: now), now: now, &reports) }
        }
        return reports
    }

    private func carryOut(
        _ directives: [ReconcilerDirective],
        now: Instant,
        _ reports: inout [VIPEvent]
    ) {
        // Outcomes lead to further directives. They end: what fails waits for the next audit.
        var queue = directives
        var position = 0
        while position < queue.count {
            let directive = queue[position]
            position += 1
            switch directive {
            case .report(let event): reports.append(event)
            case .apply(let operation):
                let result = commands.execute(operation)
                queue += reconciler.handle(.operationFinished(operation, result), now: now)
            case .dump(let table):
                guard !events.requestDump(table) else { continue }
                queue += reconciler.handle(.dumpRefused, now: now)
            case .announce(let announcement):
                queue += reconciler.handle(send(announcement), now: now)
            }
        }
    }

    private func send(_ announcement: Announcement) -> ReconcilerEvent {
        do {
            return .announced(announcement, frames: try announcements.send(announcement))
        } catch {
            return .announcementFailed(announcement, error)
        }
    }
}
